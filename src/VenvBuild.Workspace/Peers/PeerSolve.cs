using VenvBuild.Index;
using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>
/// Has a peer solve, and makes the lock from nothing of its answer but the versions: files, digests, markers and dependencies are what the
/// manifest's own indexes and each pin's own metadata say. The lock is then proven like one from a stranger.
/// </summary>
/// <param name="context">Who asks, and what takes the place of the manifest's indexes.</param>
/// <param name="manifest">What is asked.</param>
/// <param name="index">Where packages come from.</param>
/// <param name="lockPath">Where the lock will be, for the names of local files.</param>
/// <param name="choice">The peer.</param>
public sealed class PeerSolve(WorkspaceContext context, Manifest manifest, PackageIndex index, string lockPath, ResolverChoice choice) : ILockResolver
{
    /// <inheritdoc/>
    public async Task<LockDocument> RunAsync(LockDocument? previous, LockOptions options, CancellationToken cancellationToken)
    {
        var environments = ServedEnvironments.Of(manifest);
        var walk = new PeerWalk(context, manifest, index, lockPath);
        IPeer peer = choice == ResolverChoice.Uv ? new UvPeer() : new PipPeer(walk.LackingAsync);
        var folder = Directory.CreateTempSubdirectory("venvbuild-peer-").FullName;
        try
        {
            context.Progress?.Report($"{peer.Name} solves {manifest.Name}");
            var pins = await peer.AskAsync(new(manifest, context, environments, folder), cancellationToken).ConfigureAwait(false);
            var resolution = await walk.ResolutionOfAsync(pins, environments, cancellationToken).ConfigureAwait(false);
            var document = await new LockAssembly(manifest, LockSolve.RelativeTo(lockPath), index).AssembleAsync(resolution, cancellationToken).ConfigureAwait(false);
            await ProveAsync(peer, document, cancellationToken).ConfigureAwait(false);
            return document;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Sees that a peer can be started here.</summary>
    /// <exception cref="DiagnosticException">It cannot.</exception>
    public static async Task CheckAsync(ResolverChoice choice, CancellationToken cancellationToken)
    {
        if (choice == ResolverChoice.Builtin)
            return;
        var name = choice == ResolverChoice.Uv ? "uv" : "pip";
        var (exitCode, _, error) = await PeerProcess.RunAsync(
            name, PeerProcess.Program(name, name), ["--version"], new Dictionary<string, string?>(StringComparer.Ordinal), Path.GetTempPath(), cancellationToken).ConfigureAwait(false);
        if (exitCode != 0)
        {
            throw new DiagnosticException(ExitCode.Usage, Diagnostic.Error(
                WorkspaceCodes.MissingPeer, $"{name} is there and does not run: {error.Trim()}", remedy: $"Install {name} anew, or choose another resolver."));
        }
    }

    private async Task ProveAsync(IPeer peer, LockDocument document, CancellationToken cancellationToken)
    {
        var proof = await LockVerification.ProveAsync(context, manifest, document, lockPath, new(), index, index, cancellationToken).ConfigureAwait(false);
        if (proof.IsProven)
            return;
        var refusal = Diagnostic.Error(
            WorkspaceCodes.PeerAnswerRefused,
            $"What {peer.Name} answers does not do for the manifest; no lock was written.",
            remedy: "The findings below say why. Leave out --resolver, or change the requests.");
        throw new DiagnosticException(ExitCode.CheckFailed, [refusal, .. proof.Findings.Select(finding => finding.ToDiagnostic() with { Location = null })]);
    }
}
