using System.Diagnostics;
using System.Threading.Channels;
using VenvBuild.Environments;
using VenvBuild.Packaging;

namespace VenvBuild.Server;

/// <summary>Runs one attempt at a build, from the claim to whatever becomes of it.</summary>
internal sealed class BuildRunner(BuildStore builds, LockStore locks, BuildQuestionReader reader, EnvironmentMaker maker, ServerSettings settings, ServerMetrics metrics, TimeProvider clock, ILogger<BuildRunner> log)
{
    private const int LastLines = 10;

    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(500);
    private static readonly Action<ILogger, string, int, Exception?> Begins =
        LoggerMessage.Define<string, int>(LogLevel.Information, new(9, nameof(Begins)), "Begins {Key}, attempt {Attempt}");

    private static readonly Action<ILogger, string, Exception?> Made = LoggerMessage.Define<string>(LogLevel.Information, new(10, nameof(Made)), "Made the environment {Key}");
    private static readonly Action<ILogger, string, Exception?> Broken = LoggerMessage.Define<string>(LogLevel.Error, new(12, nameof(Broken)), "An attempt at {Key} failed");
    private static readonly Action<ILogger, string, string, Exception?> NotMade =
        LoggerMessage.Define<string, string>(LogLevel.Warning, new(11, nameof(NotMade)), "The environment {Key} was not made: {Reason}");

    private int _running;

    /// <summary>How many builds are worked on now.</summary>
    public int Running => Volatile.Read(ref _running);

    /// <summary>Works on a build.</summary>
    /// <returns>Whether another attempt is wanted, after a pause.</returns>
    /// <exception cref="OperationCanceledException">The worker stops; the attempt was given back.</exception>
    public async Task<bool> RunAsync(string key, CancellationToken stop)
    {
        var token = Guid.NewGuid().ToString("N");
        if (await builds.ClaimAsync(key, token, stop) is not { } build)
            return false;
        Begins(log, key, build.Attempts, null);
        if (build.Attempts == 1)
            metrics.Began(clock.GetUtcNow() - DateTimeOffset.FromUnixTimeMilliseconds(build.Asked));
        var (begin, outcome) = (Stopwatch.GetTimestamp(), "lost");
        using var trace = ServerMetrics.Traces.StartActivity("build");
        trace?.SetTag("venvbuild.build", key).SetTag("venvbuild.platform", build.Platform).SetTag("venvbuild.attempt", build.Attempts);
        Interlocked.Increment(ref _running);
        using var work = CancellationTokenSource.CreateLinkedTokenSource(stop);
        work.CancelAfter(settings.BuildTime);
        var lines = Channel.CreateBounded<string>(new BoundedChannelOptions(1000) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
        var writing = WriteLinesAsync(key, token, lines.Reader);
        var looking = LookAsync(key, token, work);
        try
        {
            var manifest = await maker.MakeAsync(
                await QuestionAsync(build, work.Token), line => lines.Writer.TryWrite(Plain(line)), found => builds.NoteFindingsAsync(key, token, StatusWriter.WriteChecks(found), CancellationToken.None), work.Token);
            lines.Writer.Complete();
            await writing;
            if (await builds.PublishAsync(key, token, manifest, CancellationToken.None))
            {
                outcome = "ready";
                Made(log, key, null);
            }
            else
            {
                outcome = "overtaken";
                NotMade(log, key, "it was stopped, or another worker has taken over", null);
            }

            return false;
        }
        catch (OperationCanceledException) when (work.IsCancellationRequested)
        {
            if ((await builds.FindAsync(key, CancellationToken.None))?.Attempt != token)
            {
                outcome = "overtaken";
                NotMade(log, key, "it was stopped, or another worker has taken over", null);
                return false;
            }

            if (stop.IsCancellationRequested)
            {
                await builds.ReleaseAsync(key, token, CancellationToken.None);
                throw;
            }

            return await FailAsync(FormattableString.Invariant($"It took longer than {settings.BuildTime.TotalSeconds:0.#} s, which is all it may."), mayPass: true);
        }
        catch (DiagnosticException failure)
        {
            // A network's or an index's failure may pass; what is wrong with a lock stays wrong.
            return await FailAsync(Plain(string.Join('\n', failure.Diagnostics.Select(Say))), failure.ExitCode == ExitCode.Integrity);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Broken(log, key, e);
            return await FailAsync("The server failed. Its log says why.", mayPass: true);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
            metrics.Built(outcome, build.Platform.Split(' ')[0], Stopwatch.GetElapsedTime(begin));
            trace?.SetTag("venvbuild.outcome", outcome);
            lines.Writer.TryComplete();
            await work.CancelAsync();
            await looking;
        }

        async Task<bool> FailAsync(string reason, bool mayPass)
        {
            outcome = mayPass ? "failed-for-now" : "failed";
            NotMade(log, key, reason, null);
            // What was said before belongs before the end.
            lines.Writer.TryComplete();
            await writing;
            return await builds.FailAsync(key, token, reason, mayPass, CancellationToken.None);
        }
    }

    /// <summary>A message; of a wheel's build its last words too, for they say why.</summary>
    private static string Say(Diagnostic diagnostic)
    {
        if (diagnostic is not { Code: WheelBuilder.BuildFailedCode, Detail: { Length: > 0 } detail })
            return diagnostic.Message;
        var lines = detail.Split('\n');
        return string.Join('\n', lines.Skip(Math.Max(0, lines.Length - LastLines)).Prepend(diagnostic.Message));
    }

    /// <summary>Where this server keeps its files concerns nobody.</summary>
    private string Plain(string text) => text.Replace(settings.Data, "...", StringComparison.Ordinal);

    private async Task<BuildQuestion> QuestionAsync(Build build, CancellationToken cancellationToken)
    {
        var content = await locks.ReadAsync(build.LockDigest, cancellationToken);
        var question = content is null ? null : reader.Read(build, content).Question;
        // Settings may have changed since it was asked: another allow-list, another layout.
        return question?.BuildKey == build.Key
            ? question with { AskedBy = build.AskedBy }
            : throw new DiagnosticException(ExitCode.Usage, Diagnostic.Error(ServerCodes.NotServed, "This server does not make that environment any more.", remedy: "Ask for it again; lock anew if that is refused, too."));
    }

    /// <summary>Stops the work when the attempt is not the one that may write any more.</summary>
    private async Task LookAsync(string key, string token, CancellationTokenSource work)
    {
        try
        {
            while (true)
            {
                await Task.Delay(LookInterval, work.Token);
                try
                {
                    if ((await builds.FindAsync(key, work.Token))?.Attempt != token)
                        await work.CancelAsync();
                }
                catch (Exception e) when (CatalogFactory.IsDatabase(e))
                {
                    // A database that is away for a moment; whether we still may is asked again, at the latest by what is written.
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The work has ended.
        }
    }

    private async Task WriteLinesAsync(string key, string token, ChannelReader<string> lines)
    {
        await foreach (var line in lines.ReadAllAsync())
        {
            try
            {
                await builds.LogAsync(key, token, line, CancellationToken.None);
            }
            catch (Exception e) when (CatalogFactory.IsDatabase(e))
            {
                // A line less; the build is what matters.
            }
        }
    }
}
