using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary><c>verify</c>: proves that the lock answers the manifest, from what the pins themselves say and without solving.</summary>
public static class VerifyVerb
{
    /// <summary>Proves the manifest's lock.</summary>
    /// <exception cref="DiagnosticException">The manifest is in error, there is no lock, or an index failed.</exception>
    public static async Task<VerifyOutcome> RunAsync(WorkspaceContext context, VerifyOptions options, CancellationToken cancellationToken)
    {
        if (options.Online && context.IsOffline)
            throw new DiagnosticException(ExitCode.Usage, Diagnostic.Error(WorkspaceCodes.BadOption, "--online and --offline exclude each other."));
        var manifestLock = await ManifestLock.OpenAsync(context, options.LockPath, cancellationToken).ConfigureAwait(false);
        var path = manifestLock.Path;
        if (!File.Exists(path))
            throw new DiagnosticException(ExitCode.CheckFailed, ManifestLock.Explain(manifestLock.Judge(null)));
        if (new FileInfo(path).Length > LockReader.MaxBytes)
            await LockReader.LoadAsync(path, cancellationToken).ConfigureAwait(false);
        context.Progress?.Report($"Proving {Path.GetFileName(path)}");
        var text = await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false);
        var proof = await LockVerification
            .RunAsync(context, manifestLock.Manifest, text, path, new() { Online = options.Online }, cancellationToken)
            .ConfigureAwait(false);
        var publishers = new PublisherProof(manifestLock.Manifest);
        return new(manifestLock.Manifest.Location.Path, path, proof.IsProven, proof.Pins, proof.Targets, proof.Findings)
        {
            AttestedPins = proof.IsProven ? proof.Document!.Packages.Count(pin => publishers.DemandedOf(pin.Name) is not null) : 0,
            IsSigningLogged = manifestLock.Manifest.Trust.AttestationLogs is not null,
        };
    }
}
