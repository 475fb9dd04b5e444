using VenvBuild.Environments;
using VenvBuild.Packaging;
using VenvBuild.Remote;

namespace VenvBuild.Workspace;

/// <summary><c>push</c>: makes the environment of the lock and publishes it, signed where a key is named.</summary>
public static class PushVerb
{
    /// <summary>Builds, signs and publishes.</summary>
    /// <exception cref="DiagnosticException">The lock is stale, the environment cannot be made, the key cannot be used, or the place cannot be written.</exception>
    public static async Task<PushOutcome> RunAsync(WorkspaceContext context, PushOptions options, CancellationToken cancellationToken)
    {
        var prepared = await SyncVerb.PrepareAsync(context, options.Environment with { Locked = !options.Environment.Frozen }, cancellationToken).ConfigureAwait(false);
        using var places = new EnvironmentPlaces(context, prepared.Manifest, prepared.Cache.Root);
        var store = places.Store(options.To);
        if (context.IsOffline && store.IsRemote)
        {
            throw new DiagnosticException(ExitCode.Usage, Diagnostic.Error(
                WorkspaceCodes.BadOption, $"{store.Name} needs the network, which --offline excludes.", remedy: "Publish to a folder, or leave --offline out."));
        }

        // The key first: a passphrase that is wrong should be known before the work.
        using var key = options.Sign is { } name ? SigningKey.Load(KeyPath(context, name), options.Passphrase) : null;
        using var build = await BuildAsync(prepared, cancellationToken).ConfigureAwait(false);
        var manifest = build.Manifest;
        context.Progress?.Report($"Publishing {prepared.Manifest.Name}");
        var builder = options.Builder ?? Builder(context);
        var published = await store.PublishAsync(
            new(manifest, new BuiltLayers(build.Layers), key is null ? null : there => DsseEnvelope.Sign(
                DsseEnvelope.InTotoPayloadType, StatementOfEnvironment.Of(there, builder, DateTimeOffset.UtcNow, PublisherProof.PublishersOf(prepared.Document)).Write(), key)),
            cancellationToken).ConfigureAwait(false);
        return new(
            manifest.Key.ToString(), manifest.Target.ToString(), store.Name, published.IsUnchanged, manifest.Layers.Count, published.LayersMoved, published.BytesMoved, key?.Id);
    }

    private static async Task<EnvironmentBuild> BuildAsync(PreparedEnvironment prepared, CancellationToken cancellationToken)
    {
        var index = ManifestIndexes.Open(prepared.Context, prepared.Manifest, DateTimeOffset.UtcNow);
        await using (index.ConfigureAwait(false))
        {
            var build = await new EnvironmentBuilder(prepared.Cache.Root)
                .BuildAsync(prepared.Plan, prepared.Interpreter, prepared.Wheels(index), prepared.InstallOptions, prepared.Progress, cancellationToken).ConfigureAwait(false);
            var manifest = new EnvironmentManifest(prepared.Plan, build.Manifest.Layers)
            {
                Lock = Sha256Digest.Of(await File.ReadAllBytesAsync(prepared.Lock.Path, cancellationToken).ConfigureAwait(false)),
                Provenance = new()
                {
                    Builder = $"dotnet-pyenv {prepared.Context.ToolVersion}",
                    Indexes = [.. prepared.Manifest.Indexes.Select(place => place.Url)],
                    Created = DateTimeOffset.UtcNow,
                },
            };
            return build with { Manifest = manifest };
        }
    }

    private static string KeyPath(WorkspaceContext context, string nameOrFile)
    {
        var path = Path.GetFullPath(nameOrFile, context.WorkingDirectory);
        return File.Exists(path) ? path : KeyRing.Default().PrivatePathOf(nameOrFile);
    }

    /// <summary>The workflow, where one runs this (GITHUB_WORKFLOW_REF names its file and the commit's ref); else this tool.</summary>
    private static string Builder(WorkspaceContext context) =>
        Environment.GetEnvironmentVariable("GITHUB_ACTIONS") == "true"
            && Environment.GetEnvironmentVariable("GITHUB_SERVER_URL") is { Length: > 0 } server
            && Environment.GetEnvironmentVariable("GITHUB_WORKFLOW_REF") is { Length: > 0 } workflow
            ? $"{server}/{workflow}"
            : $"dotnet-pyenv {context.ToolVersion}";
}
