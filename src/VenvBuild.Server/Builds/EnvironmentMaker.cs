using VenvBuild.Environments;
using VenvBuild.Index;
using VenvBuild.Packaging;
using VenvBuild.Remote;

namespace VenvBuild.Server;

/// <summary>
/// Makes the layers of a plan and puts their archives where clients find them. Wheels come from allowed indexes only, found there by name
/// and digest: what addresses a lock names is not followed. Nothing of a wheel is run, but by checks and by builds of what is no wheel yet, in
/// their sandboxes.
/// </summary>
internal sealed class EnvironmentMaker(ServerSettings settings, WorkFolder work, IndexCredentials credentials, AddressPolicy addresses, LayerShelf shelf, WorkerBuilds builds, CheckRunner checks)
{
    /// <summary>The description; its layers are on the shelf.</summary>
    /// <exception cref="DiagnosticException">A wheel cannot be had or is refused, or the disk fails.</exception>
    public Task<EnvironmentManifest> MakeAsync(BuildQuestion question, Action<string> log, CancellationToken cancellationToken) =>
        MakeAsync(question, log, _ => Task.CompletedTask, cancellationToken);

    /// <summary>The same, with the question's checks, of which <paramref name="found"/> is told.</summary>
    /// <exception cref="DiagnosticException">As above, or a check failed: then nothing is on the shelf that was not there before.</exception>
    public async Task<EnvironmentManifest> MakeAsync(
        BuildQuestion question, Action<string> log, Func<IReadOnlyList<EnvironmentStatusCheck>, Task> found, CancellationToken cancellationToken)
    {
        var (wheels, sources) = (question.Plan.Wheels, question.Sources);
        var roots = wheels.Select(wheel => wheel.Index).Concat(sources.Select(source => source.Package.Index)).OfType<Uri>().Distinct().ToList();
        if (roots.Count == 0 || wheels.Any(wheel => wheel is { Index: null, IsDirect: false }) || sources.Any(source => source.Package.Index is null))
            roots.AddRange(settings.AllowedIndexes.Where(root => root != "*").Select(root => new Uri(root)).Where(root => !roots.Contains(root)));
        await using var index = new PackageIndex(new()
        {
            Indexes = [.. roots.Select((root, i) => credentials.With(new(FormattableString.Invariant($"index{i}"), root)))],
            UsesVariables = false,
            Cache = new CacheFolder(work.Path),
            MayConnect = addresses.MayConnect,
            // The lock may be newer than the pages that this worker has; asking by condition costs little.
            Refresh = true,
        });
        var (plan, built) = await builds.CompleteAsync(question, index, log, cancellationToken);
        question = question with { Plan = plan, Sources = [] };
        using var lease = await StoreLease.AcquireAsync(work.Path, plan.Wheels.Select(wheel => wheel.Sha256), cancellationToken);
        var source = new IndexWheelSource(index, work.Path, LockedAddresses.None);
        using var build = await new EnvironmentBuilder(work.Path).BuildAsync(plan, null, source, null, new ProgressLog(log), cancellationToken);
        if (question.Checks.Count > 0)
            await CheckAsync(question, source, log, found, cancellationToken);
        var packed = 0;
        await Parallel.ForEachAsync(
            build.Layers.OrderByDescending(layer => layer.Reference.Size),
            new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, Environment.ProcessorCount / 2), CancellationToken = cancellationToken },
            async (layer, token) =>
            {
                await shelf.AddAsync(layer.Reference, layer.Layer, question.AskedBy, token);
                log(FormattableString.Invariant($"Packed {layer.Reference.Wheel.Text} ({Interlocked.Increment(ref packed)} of {build.Layers.Count})"));
            });
        return new(plan, build.Manifest.Layers)
        {
            Lock = question.LockDigest,
            Provenance = new() { Builder = $"venvbuild-server {LockQuestionReader.Version.ToNormalizedString()}", Indexes = roots, Built = built },
        };
    }

    private async Task CheckAsync(
        BuildQuestion question, IWheelSource source, Action<string> log, Func<IReadOnlyList<EnvironmentStatusCheck>, Task> found, CancellationToken cancellationToken)
    {
        var results = await checks.RunAsync(question, source, log, cancellationToken);
        await found(results);
        var failures = results.Where(result => !result.Passed).ToList();
        if (failures.Count > 0)
        {
            throw new DiagnosticException(ExitCode.BuildFailed, [.. failures.Select(failure => Diagnostic.Error(
                ServerCodes.Checks, $"The check '{failure.Command}' failed: {failure.Reason}. Nothing was published.", detail: failure.Output))]);
        }
    }

    private sealed class ProgressLog(Action<string> log) : IProgress<SyncProgress>
    {
        public void Report(SyncProgress value)
        {
            if (value is { Phase: SyncPhase.Fetching, Item: { } item })
                log(FormattableString.Invariant($"Fetched {item} ({value.Done} of {value.Total})"));
        }
    }
}
