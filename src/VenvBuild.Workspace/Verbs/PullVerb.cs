using VenvBuild.Environments;
using VenvBuild.Packaging;
using VenvBuild.Remote;

namespace VenvBuild.Workspace;

/// <summary><c>pull</c>: takes the environment that a source has ready, and never builds one: installed here, or as a bundle for another machine.</summary>
public static class PullVerb
{
    /// <summary>Looks for the environment of the lock, checks it, and installs it.</summary>
    /// <exception cref="DiagnosticException">The lock is stale, no source has the environment, or what a source has is not taken.</exception>
    public static async Task<SyncOutcome> RunAsync(WorkspaceContext context, PullOptions options, CancellationToken cancellationToken)
    {
        var prepared = await SyncVerb.PrepareAsync(context, options.Environment with { Locked = !options.Environment.Frozen }, cancellationToken).ConfigureAwait(false);
        RequirePlace(prepared.Manifest, options);
        if (await prepared.InstallFoundAsync(options.From, isAskedFor: true, cancellationToken).ConfigureAwait(false) is var (result, found))
            return prepared.Outcome(result, found.Source.Name);
        throw NotPublished(prepared.Plan);
    }

    /// <summary>
    /// Looks for the environment of the lock for a declared platform, checks it, and writes it as a bundle with its signatures beside it: whoever
    /// unpacks it checks both again.
    /// </summary>
    /// <exception cref="DiagnosticException">The lock is stale, no source has the environment, what a source has is not taken, or the file cannot be written.</exception>
    public static async Task<PackOutcome> RunForElsewhereAsync(WorkspaceContext context, PullOptions options, CancellationToken cancellationToken)
    {
        if (options.Output is not { } named)
        {
            throw new DiagnosticException(ExitCode.Usage, Diagnostic.Error(
                WorkspaceCodes.BadOption, $"An environment for {options.Platform} is not installed on this machine.", remedy: "Name the bundle to write with -o, and unpack it there."));
        }

        var output = Path.GetFullPath(named, context.WorkingDirectory);
        var settings = await BuildSettings.OpenAsync(context, options.Environment with { Locked = !options.Environment.Frozen }, cancellationToken).ConfigureAwait(false);
        await using (settings.ConfigureAwait(false))
        {
            RequirePlace(settings.Manifest, options);
            var root = settings.Cache.Root;
            var interpreters = await new InterpreterFinder(root).ListAsync(context.Report, cancellationToken).ConfigureAwait(false);
            var plan = await BuildVerb.Cell(settings, new() { Platform = options.Platform, Python = options.Environment.Python }, preferred: null).PlanAsync(interpreters, cancellationToken).ConfigureAwait(false);
            using var places = new EnvironmentPlaces(context, settings.Manifest, root);
            var search = EnvironmentPlaces.Search(context, settings.Manifest, places.Sources(options.From), root, context.Report);
            var found = await search.FindAsync(plan, mustAnswer: true, cancellationToken).ConfigureAwait(false) ?? throw NotPublished(plan);
            using var lease = await StoreLease.AcquireAsync(root, plan.Wheels.Select(wheel => wheel.Sha256), cancellationToken).ConfigureAwait(false);
            var layers = await FetchAsync(found, root, cancellationToken).ConfigureAwait(false);
            await BundleFile.WriteAsync(new(found.Manifest, layers, layers.Count), output, cancellationToken).ConfigureAwait(false);
            if (found.Offer.Signatures is { } signatures)
                await AtomicFile.WriteAsync(EnvironmentSigning.PathOf(output), signatures, cancellationToken).ConfigureAwait(false);
            search.Note(plan, found);
            return new(output, new FileInfo(output).Length, plan.Key.ToString(), plan.Target.Platform.RuntimeIdentifier, plan.Target.Python.ToString(), plan.Wheels.Count);
        }
    }

    private static async Task<IReadOnlyList<(LayerReference Reference, Layer Layer)>> FetchAsync(FoundEnvironment found, string cacheFolder, CancellationToken cancellationToken)
    {
        var store = new ReceivedLayerStore(cacheFolder);
        var layers = new (LayerReference Reference, Layer Layer)[found.Manifest.Layers.Count];
        var width = new ParallelOptions { MaxDegreeOfParallelism = new Environments.SyncOptions().MaxDownloads, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, layers.Length, width, async (i, token) =>
        {
            var asked = found.Manifest.Layers[i];
            if (store.Find(asked) is not { } layer)
            {
                var content = await found.Source.OpenAsync(asked, token).ConfigureAwait(false) ?? throw new DiagnosticException(ExitCode.Integrity, Diagnostic.Error(
                    WorkspaceCodes.NotPublished, $"{found.Source.Name} has not got {asked} (sha256:{asked.Digest}), which the environment needs.", remedy: "Have it published again."));
                await using (content.ConfigureAwait(false))
                    layer = await store.AddFromArchiveAsync(asked, content.Archive, token).ConfigureAwait(false);
            }

            layers[i] = (asked, layer);
        }).ConfigureAwait(false);
        return layers;
    }

    private static void RequirePlace(Manifest manifest, PullOptions options)
    {
        if (options.From is null && manifest.Sources.Count == 0)
        {
            throw new DiagnosticException(ExitCode.Usage, Diagnostic.Error(
                WorkspaceCodes.BadOption, "Nothing says where environments are looked for.", new(manifest.Location.Path),
                "Name places under 'sources' in the manifest, or one with --from."));
        }
    }

    private static DiagnosticException NotPublished(EnvironmentPlan plan) => new(ExitCode.Integrity, Diagnostic.Error(
        WorkspaceCodes.NotPublished,
        $"No source has the environment {plan.Key} for {plan.Target}.",
        remedy: "Publish it with 'dotnet pyenv push' where it can be built, or build it here with 'dotnet pyenv sync'."));
}
