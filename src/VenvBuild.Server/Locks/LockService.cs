using System.Diagnostics;
using VenvBuild.Index;
using VenvBuild.Packaging;
using VenvBuild.Workspace;

namespace VenvBuild.Server;

/// <summary>Answers questions: from what was answered before, by joining who asks the same right now, or by solving.</summary>
internal sealed class LockService(ServerSettings settings, LockStore store, CatalogQueue queue, CatalogFactory catalogs, IndexPolicy policy, IndexCredentials credentials, AddressPolicy addresses, SourceBuilds builds, TimeProvider clock, ServerMetrics metrics, ILogger<LockService> log) : IDisposable
{
    private static readonly Action<ILogger, string, int, Exception?> Solved =
        LoggerMessage.Define<string, int>(LogLevel.Information, new(1, nameof(Solved)), "Solved {Key}: {Packages} pins");

    private readonly SolveFlights<LockAnswerBytes> _flights = new();
    private readonly SemaphoreSlim _turns = new(settings.ConcurrentSolves);
    private int _waiting;

    /// <summary>How many solves were made, for tests.</summary>
    internal int Solves { get; private set; }

    /// <summary>The lock, and whether it was known or somebody else's question.</summary>
    /// <param name="question">What is asked.</param>
    /// <param name="admit">Called where it has to be solved; it may refuse.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="DiagnosticException">There is no such lock, or an index failed.</exception>
    /// <exception cref="ServerBusyException">Too much waits, or the solve took too long.</exception>
    public async Task<(LockAnswerBytes Answer, bool WasKnown)> AnswerAsync(LockQuestion question, Func<Task> admit, CancellationToken cancellationToken)
    {
        if (await store.AnswerAsync(question.Key, cancellationToken) is { } known)
        {
            metrics.Answered("database");
            return (known, true);
        }

        await admit();
        metrics.Answered("solve");
        return (await _flights.JoinAsync(question.Key, stop => SolveAsync(question, stop), cancellationToken), false);
    }

    private static WorkspaceContext Peers(LockQuestion question) => new()
    {
        WorkingDirectory = Path.GetTempPath(),
        ToolVersion = LockQuestionReader.Version.ToNormalizedString(),
        WithoutServer = true,
        IndexUrl = question.Mirror,
    };

    public void Dispose() => _turns.Dispose();

    private async Task<LockAnswerBytes> SolveAsync(LockQuestion question, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(settings.SolveTime);
        try
        {
            if (Interlocked.Increment(ref _waiting) > settings.WaitingSolves + settings.ConcurrentSolves)
                throw new ServerBusyException("Too many solves wait for their turn.");
            await _turns.WaitAsync(patience.Token);
            try
            {
                return await InTurnAsync(question, patience.Token);
            }
            finally
            {
                _turns.Release();
            }
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ServerBusyException($"The solve took longer than {settings.SolveTime.TotalSeconds:0.#} s, which is all it may.", e);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    private async Task<LockAnswerBytes> InTurnAsync(LockQuestion question, CancellationToken cancellationToken)
    {
        Solves++;
        var begin = Stopwatch.GetTimestamp();
        using var trace = ServerMetrics.Traces.StartActivity("solve");
        trace?.SetTag("venvbuild.question", question.Key);
        var outcome = "failed";
        var memory = new CatalogMemory(catalogs, policy, clock, metrics);
        LockDocument document;
        try
        {
            // It ends before what it learnt is looked at: what runs ahead of the solve reaches the cache as long as it lives.
            var options = question.IndexesFor(credentials) with
            {
                Cache = new CacheFolder(settings.CacheFolder),
                Memory = memory,
                MayConnect = addresses.MayConnect,
                // The answer's own freshness decides; pages are asked again by condition, which costs little.
                Refresh = question.Freshness < TimeSpan.FromMinutes(1),
            };
            await using var index = new PackageIndex(options with { SdistMetadata = new SolveBuilds(builds, question, options with { Memory = null }) });
            ILockResolver solve = question.Resolver == ResolverChoice.Builtin
                ? new LockSolve(question.Manifest, index, url => question.LocalPaths[url.AbsoluteUri]) { Source = new BoundedSource(index, settings.Projects) }
                : new PeerSolve(Peers(question), question.Manifest, index, question.Manifest.Location.LockPath, question.Resolver);
            // The solver computes long between waits.
            document = await Task.Run(() => solve.RunAsync(question.Previous, question.Options, cancellationToken), cancellationToken);
            outcome = "solved";
        }
        catch (DiagnosticException refusal) when (refusal.ExitCode == ExitCode.Unsatisfiable)
        {
            outcome = "unsatisfiable";
            throw;
        }
        catch (OperationCanceledException)
        {
            outcome = "given-up";
            throw;
        }
        finally
        {
            metrics.Solved(outcome, Stopwatch.GetElapsedTime(begin));
            trace?.SetTag("venvbuild.outcome", outcome);
            queue.Add(memory.ToObservation());
        }

        var content = LockWriter.Write(document);
        // What rests on a page that was remembered is fresh as long as the page is.
        var until = clock.GetUtcNow() + question.Freshness;
        until = memory.FreshUntil < until ? memory.FreshUntil : until;
        await store.WriteAsync(question.Key, document, content, until, cancellationToken);
        Solved(log, question.Key, document.Packages.Count, null);
        return new(content, until);
    }
}
