using VenvBuild.Environments;
using VenvBuild.Index;
using VenvBuild.Packaging;
using VenvBuild.Remote;

namespace VenvBuild.Workspace;

/// <summary>
/// <c>unpack</c>: makes the environment that a bundle holds. It needs no manifest, no lock and no network; a manifest that lies around is
/// asked only whose bundles are taken.
/// </summary>
public static class UnpackVerb
{
    /// <summary>Unpacks.</summary>
    /// <exception cref="DiagnosticException">The bundle is refused, no interpreter fits, or the place is taken.</exception>
    public static async Task<SyncOutcome> RunAsync(WorkspaceContext context, UnpackOptions options, CancellationToken cancellationToken)
    {
        using var bundle = BundleReader.Open(Path.GetFullPath(options.Bundle, context.WorkingDirectory));
        var signatures = EnvironmentSigning.ReadBeside(bundle.Name);
        if (await PolicyAsync(context, options, cancellationToken).ConfigureAwait(false) is { } policy)
            Check(policy, bundle.Manifest, signatures);
        var cache = CacheFolder.Default();
        var target = bundle.Manifest.Target;
        // Held from before it is there: a pruning between its arrival and the environment's would take it away.
        using var lease = bundle.Manifest.Interpreter is { } carried ? await StoreLease.AcquireAsync(cache.Root, [carried.WheelSha256], cancellationToken).ConfigureAwait(false) : null;
        // A bundle that carries its interpreter means that one, unless a person means another.
        var python = options.Python ?? await new CarriedInterpreter(cache.Root).UnpackAsync(bundle.Manifest, bundle, cancellationToken).ConfigureAwait(false);
        var interpreter = await InterpreterAsync(context, new(cache.Root), target, python, cancellationToken).ConfigureAwait(false);
        var settings = new Environments.SyncOptions { Remark = context.Report, Signatures = signatures };
        var progress = context.Progress is { } lines ? new SyncProgressLines(lines) : null;
        var path = Path.GetFullPath(options.Path, context.WorkingDirectory);
        var result = await new EnvironmentInstaller(cache.Root)
            .InstallAsync(bundle.Manifest, interpreter, path, bundle, settings, progress, cancellationToken).ConfigureAwait(false);
        var layout = VenvLayout.Of(interpreter);
        return new(
            result.Path, Path.Combine(result.Path, layout.Executable), Path.Combine(result.Path, layout.SitePackages), interpreter.Version.ToString(),
            result.Key.ToString(), !result.HasChanged, bundle.Manifest.ToPlan().Wheels.Count, null);
    }

    private static async Task<TrustPolicy?> PolicyAsync(WorkspaceContext context, UnpackOptions options, CancellationToken cancellationToken) =>
        ManifestPolicy.Of(options.Keys, context)
        ?? (await ManifestLock.OpenIfThereAsync(context, cancellationToken).ConfigureAwait(false) is { } around ? ManifestPolicy.Of(around.Manifest) : null);

    /// <summary>Nothing of a bundle is unpacked, its interpreter neither, before it is found that those have signed its description who must.</summary>
    private static void Check(TrustPolicy policy, EnvironmentManifest manifest, ReadOnlyMemory<byte>? signatures) =>
        policy.Check(
            new()
            {
                Key = manifest.Key.Digest,
                Target = manifest.Target,
                Manifest = Sha256Digest.Of(manifest.ToUtf8Bytes()),
                Layers = [.. manifest.Layers.Select(layer => layer.Digest)],
            },
            signatures,
            DateTimeOffset.UtcNow);

    private static async Task<Interpreter> InterpreterAsync(
        WorkspaceContext context, InterpreterFinder finder, Target target, string? python, CancellationToken cancellationToken)
    {
        if (target.IsFreeThreaded && python is null
            && (await finder.ListAsync(null, cancellationToken).ConfigureAwait(false)).FirstOrDefault(found => found.IsFreeThreaded && Minor(found) == target.Python) is { } free)
        {
            return free;
        }

        return await finder.FindAsync(VersionSpecifiers.Parse($"=={target.Python}.*"), python, context.Report, cancellationToken).ConfigureAwait(false);

        static PythonMinor Minor(Interpreter found) => new(found.Major, found.Minor);
    }
}
