using VenvBuild.Environments;
using VenvBuild.Packaging;
using VenvBuild.Remote;

namespace VenvBuild.Workspace;

/// <summary><c>push</c>: publishes an environment, signed where a key is named: that of the lock for this machine or another, or a bundle that is there.</summary>
public static class PushVerb
{
    /// <summary>Builds, signs and publishes.</summary>
    /// <exception cref="DiagnosticException">The lock is stale, the environment cannot be made, the key cannot be used, or the place cannot be written.</exception>
    public static async Task<PushOutcome> RunAsync(WorkspaceContext context, PushOptions options, CancellationToken cancellationToken)
    {
        if (options is { Bundle: not null, Platform: not null })
            throw new DiagnosticException(ExitCode.Usage, Diagnostic.Error(WorkspaceCodes.BadOption, "A bundle is for the platform that it was made for: --platform and a file exclude each other."));
        if (options.Bundle is { } bundle)
            return await PushBundleAsync(context, options, Path.GetFullPath(bundle, context.WorkingDirectory), isNew: false, cancellationToken).ConfigureAwait(false);
        return options.Platform is not null && options.Platform != Platform.OfThisProcess()?.RuntimeIdentifier
            ? await PushForElsewhereAsync(context, options, cancellationToken).ConfigureAwait(false)
            : await PushForHereAsync(context, options, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<PushOutcome> PushForHereAsync(WorkspaceContext context, PushOptions options, CancellationToken cancellationToken)
    {
        var prepared = await SyncVerb.PrepareAsync(context, options.Environment with { Locked = !options.Environment.Frozen }, cancellationToken).ConfigureAwait(false);
        using var places = new EnvironmentPlaces(context, prepared.Manifest, prepared.Cache.Root);
        var store = Store(places, context, options);
        // The key first: a passphrase that is wrong should be known before the work.
        using var signing = EnvironmentSigning.Open(context, options.Sign, options.Passphrase, options.Builder);
        using var build = await BuildAsync(prepared, cancellationToken).ConfigureAwait(false);
        return await PublishAsync(context, prepared.Manifest, store, build.Manifest, new BuiltLayers(build.Layers), signing, prepared.Document, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>For another machine: a bundle is made of it, which is what is published.</summary>
    private static async Task<PushOutcome> PushForElsewhereAsync(WorkspaceContext context, PushOptions options, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("pyenv-push-");
        try
        {
            var output = Path.Combine(folder.FullName, "environment.bundle");
            var settings = await BuildSettings.OpenAsync(context, options.Environment with { Locked = !options.Environment.Frozen }, cancellationToken).ConfigureAwait(false);
            await using (settings.ConfigureAwait(false))
            {
                var cell = BuildVerb.Cell(settings, new() { Platform = options.Platform, Python = options.Environment.Python, Output = output }, preferred: null) with { IsBundle = true };
                var interpreters = await new InterpreterFinder(settings.Cache.Root).ListAsync(context.Report, cancellationToken).ConfigureAwait(false);
                BuildVerb.ThrowIfNotBuilt(await cell.RunAsync(interpreters, cancellationToken).ConfigureAwait(false));
            }

            return await PushBundleAsync(context, options, output, isNew: true, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Publishes a bundle, each layer held to its digest first. An interpreter in it does not travel along: who pulls has one.</summary>
    private static async Task<PushOutcome> PushBundleAsync(WorkspaceContext context, PushOptions options, string path, bool isNew, CancellationToken cancellationToken)
    {
        using var bundle = BundleReader.Open(path);
        var manifestLock = await SyncVerb.OpenAsync(context, options.Environment, cancellationToken).ConfigureAwait(false);
        var cache = Index.CacheFolder.Default();
        using var places = new EnvironmentPlaces(context, manifestLock.Manifest, cache.Root);
        var store = Store(places, context, options);
        using var signing = EnvironmentSigning.Open(context, options.Sign, options.Passphrase, options.Builder);
        if (!isNew)
        {
            context.Progress?.Report($"Checking {Path.GetFileName(path)}");
            foreach (var layer in bundle.Manifest.Layers)
            {
                var content = await bundle.OpenAsync(layer, cancellationToken).ConfigureAwait(false);
                await using (content!.ConfigureAwait(false))
                    await LayerArchive.CheckAsync(layer, content!.Archive, cancellationToken).ConfigureAwait(false);
            }
        }

        var made = bundle.Manifest;
        var manifest = new EnvironmentManifest(made.ToPlan(), made.Layers)
        {
            Lock = made.Lock,
            Provenance = isNew && made.Provenance is { } provenance ? provenance with { Created = DateTimeOffset.UtcNow } : made.Provenance,
        };
        var document = File.Exists(manifestLock.Path) && made.Lock is { } of && Sha256Digest.Of(await File.ReadAllBytesAsync(manifestLock.Path, cancellationToken).ConfigureAwait(false)) == of
            ? await manifestLock.ReadAsync(cancellationToken).ConfigureAwait(false)
            : null;
        return await PublishAsync(context, manifestLock.Manifest, store, manifest, bundle, signing, document, cancellationToken).ConfigureAwait(false);
    }

    private static IEnvironmentStore Store(EnvironmentPlaces places, WorkspaceContext context, PushOptions options)
    {
        var store = places.Store(options.To);
        return context.IsOffline && store.IsRemote
            ? throw new DiagnosticException(ExitCode.Usage, Diagnostic.Error(
                WorkspaceCodes.BadOption, $"{store.Name} needs the network, which --offline excludes.", remedy: "Publish to a folder, or leave --offline out."))
            : store;
    }

    private static async Task<PushOutcome> PublishAsync(
        WorkspaceContext context, Manifest asked, IEnvironmentStore store, EnvironmentManifest manifest, ILayerSource layers, EnvironmentSigning? signing, LockDocument? document,
        CancellationToken cancellationToken)
    {
        context.Progress?.Report($"Publishing {asked.Name}");
        var publication = new Publication(manifest, layers, signing is null ? null : there => signing.Sign(there, document))
        {
            Progress = new PublishProgressLines(context, asked.Name),
        };
        var published = await store.PublishAsync(publication, cancellationToken).ConfigureAwait(false);
        return new(
            manifest.Key.ToString(), manifest.Target.ToString(), store.Name, published.IsUnchanged, manifest.Layers.Count, published.LayersMoved, published.BytesMoved, signing?.KeyId);
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
}
