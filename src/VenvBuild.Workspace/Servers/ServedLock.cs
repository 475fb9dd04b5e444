using System.Text;
using NuGet.Versioning;
using VenvBuild.Packaging;
using VenvBuild.Remote;

namespace VenvBuild.Workspace;

/// <summary>
/// Has a resolver server make a manifest's lock. Whatever goes wrong with it is said once, as a warning, and the work is done here: the
/// server saves time, it decides nothing.
/// </summary>
internal sealed class ServedLock(WorkspaceContext context, Manifest manifest, string lockPath)
{
    // A server learns what it lacks a project at a time; one that never has enough does not hold a run up.
    private const int MaxRounds = 8;
    private const string Rollback = SeenLocks.Code;

    /// <summary>The lock, checked; null where no server is to be asked or it did not serve.</summary>
    public async Task<LockDocument?> TryMakeAsync(LockDocument? previous, LockOptions options, CancellationToken cancellationToken)
    {
        if (context.WithoutServer || context.IsOffline || (context.Server ?? manifest.Server) is not { IsFile: false } server || context.FailedServers.Contains(server))
            return null;
        if (AsksByAddress())
        {
            context.Report(Diagnostic.Verbose(WorkspaceCodes.WithoutServer, "The manifest asks for files by their addresses, which only this machine reads: the lock is made here."));
            return null;
        }

        try
        {
            if (await AskAsync(server, previous, options, cancellationToken).ConfigureAwait(false) is not { } document)
            {
                context.Report(Diagnostic.Verbose(WorkspaceCodes.WithoutServer, $"{Credentials.Strip(server.OriginalString)} holds files only, and none that answers: the lock is made here."));
                return null;
            }

            CheckFreshness(server, document, options.Upgrade ? null : previous);
            context.Report(Diagnostic.Verbose(WorkspaceCodes.ServedLock, $"The lock comes from {Credentials.Strip(server.OriginalString)} and answers the manifest."));
            return document;
        }
        catch (ServerFailureException failure) when (failure.Problem?.Type == ServerProblemTypes.Unsatisfiable)
        {
            // A refusal cannot be checked, and the server's indexes may be older than ours.
            context.Report(Diagnostic.Verbose(
                WorkspaceCodes.WithoutServer, $"The resolver server {Credentials.Strip(server.OriginalString)} finds no lock; looked for again here."));
            return null;
        }
        catch (DiagnosticException failure) when (failure is ServerFailureException || failure.Diagnostics[0].Code is WorkspaceCodes.WrongServerLock or Rollback)
        {
            if (context.FailedServers.Add(server))
            {
                var why = failure.Diagnostics[0];
                context.Report(Diagnostic.Warning(WorkspaceCodes.WithoutServer, $"{why.Message} The lock is made here.", remedy: why.Remedy));
            }

            return null;
        }
    }

    /// <summary>A lock that is older than one that came from the same server for the same requests is warned about, or refused where the manifest says so.</summary>
    private void CheckFreshness(Uri server, LockDocument document, LockDocument? kept)
    {
        var seen = new SeenLocks(Index.CacheFolder.Default().Root);
        var (source, path) = (Credentials.Strip(server.OriginalString), manifest.Location.Path);
        if (seen.Objection(source, path, document, kept) is { } why)
        {
            var rollback = Diagnostic.Error(
                Rollback, $"The lock that {source} offers is older than the one that it offered before: {why}.",
                remedy: "If a release was yanked meanwhile, this is as it should be; else somebody may be holding back what was mended since: lock with --no-server and compare.");
            if (manifest.Trust.RefusesRollback)
                throw new DiagnosticException(ExitCode.Integrity, rollback);
            context.Report(rollback with { Severity = DiagnosticSeverity.Warning });
        }
        else
        {
            seen.Note(source, path, document);
        }
    }

    private bool AsksByAddress() => manifest.Requirements.Concat(manifest.Overrides).Concat(manifest.Groups.SelectMany(group => group.Requirements))
        .Any(requirement => requirement.Requirement.Url is not null);

    private async Task<LockDocument?> AskAsync(Uri server, LockDocument? previous, LockOptions options, CancellationToken cancellationToken)
    {
        // The first digest loads OpenSSL, which takes a while that the server's answer takes, too.
        _ = Task.Run(static () => Sha256Digest.Of([]), CancellationToken.None);
        var text = Credentials.Strip(Encoding.UTF8.GetString(await File.ReadAllBytesAsync(manifest.Location.Path, cancellationToken).ConfigureAwait(false)));
        var sources = new ClientSources(context, manifest, lockPath);
        await sources.AddFoldersAsync(cancellationToken).ConfigureAwait(false);
        var isKept = previous is not null && !options.Upgrade;
        using var client = new ResolverServerClient(server, Environment.GetEnvironmentVariable(ResolverServerClient.TokenVariable)) { Patience = context.ServerPatience };
        for (var round = 1; ; round++)
        {
            var request = new LockRequest
            {
                Manifest = text,
                Lock = isKept ? LockWriter.WriteText(previous!) : null,
                Sources = sources.ToWire(),
                Options = new()
                {
                    Platform = Platform.OfThisProcess()?.RuntimeIdentifier,
                    Tool = NuGetVersion.Parse(context.ToolVersion).ToNormalizedString(),
                    IndexUrl = context.IndexUrl is { } mirror ? Credentials.Strip(mirror.OriginalString) : null,
                    Upgrade = options.Upgrade,
                    UpgradePackages = options.UpgradePackages,
                },
            };
            context.Progress?.Report($"Asking {client.Server.Host} to resolve {manifest.Name}");
            try
            {
                var answer = await client.ResolveAsync(request, cancellationToken).ConfigureAwait(false);
                using var metadata = answer.OffersMetadata ? new ServedMetadata(client, answer.Digest, cancellationToken) : null;
                return await ProveAsync(client.Server, answer, metadata, request, isKept ? previous : null, cancellationToken).ConfigureAwait(false);
            }
            catch (ServerFailureException failure) when (failure.IsForeign)
            {
                if (await client.FindTreeAsync(cancellationToken).ConfigureAwait(false) is not { } tree)
                    throw;
                // A file knows nothing of this run's pins or mirror.
                if (previous is not null || context.IndexUrl is not null || !tree.Locks.TryGetValue(manifest.Requests.Digest, out var hex) || !Sha256Digest.TryParse(hex, out var digest))
                    return null;
                var kept = await client.ReadLockAsync(digest, cancellationToken).ConfigureAwait(false);
                return await ProveAsync(client.Server, kept, null, request, null, cancellationToken).ConfigureAwait(false);
            }
            catch (ServerFailureException failure) when (failure.Problem is { Type: ServerProblemTypes.SourcesNeeded, Needs.Count: > 0 } problem && round < MaxRounds)
            {
                if (!await sources.AddAsync(problem.Needs, cancellationToken).ConfigureAwait(false))
                    throw;
            }
        }
    }

    private async Task<LockDocument> ProveAsync(
        Uri server, ServerLock answer, ServedMetadata? metadata, LockRequest request, LockDocument? previous, CancellationToken cancellationToken)
    {
        var document = ServedLockCheck.Read(answer.Content.Span, server);
        context.Progress?.Report($"Proving the lock from {server.Host}");
        var options = new VerificationOptions { Previous = previous, IsUnattested = true };
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var proving = Task.Run(() => LockVerification.RunAsync(context, manifest, document, lockPath, options, metadata, stop.Token), cancellationToken);
        try
        {
            // While the client's own indexes are asked for the names in it; nothing is written before both are done.
            ServedLockCheck.Check(document, answer.Content.Span, server, manifest, context, request.Sources);
        }
        catch
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await ((Task)proving).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }

        var proof = await proving.ConfigureAwait(false);
        return proof.IsProven ? document : throw ServedLockCheck.Wrong(server, proof.Findings[0]);
    }
}
