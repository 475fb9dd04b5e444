using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>Makes the layers of a plan and describes them: an environment that needs no place yet, for this machine's platform or another.</summary>
/// <param name="cacheFolder">The folder that the store is below.</param>
public sealed class EnvironmentBuilder(string cacheFolder)
{
    private readonly LayerDigests _digests = new(cacheFolder);

    /// <summary>Fetches, verifies and unpacks the wheels that the store lacks, compiles where that is possible, and describes the result.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="interpreter">A Python of the plan's minor, to compile modules with; null where none is here, and whoever installs compiles.</param>
    /// <param name="source">Where wheels come from.</param>
    /// <param name="options">How many wheels are fetched at once.</param>
    /// <param name="progress">Told of each step.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="DiagnosticException">A wheel cannot be had or is refused, or the disk fails.</exception>
    public async Task<EnvironmentBuild> BuildAsync(
        EnvironmentPlan plan, Interpreter? interpreter, IWheelSource source, SyncOptions? options = null,
        IProgress<SyncProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        options ??= new();
        var lease = await StoreLease.AcquireAsync(cacheFolder, plan, interpreter, cancellationToken).ConfigureAwait(false);
        try
        {
            var (wheels, bytecode, fetched) = await new WheelLayers(plan, interpreter, cacheFolder, source, options)
                .GetAsync(progress, cancellationToken).ConfigureAwait(false);
            if (plan.Markers is { } markers)
                EnvironmentConsistency.Check(wheels, markers, options);
            CheckLibraries(plan, wheels, options);
            var described = await DescribeAsync(wheels, bytecode, cancellationToken).ConfigureAwait(false);
            return new(new EnvironmentManifest(plan, described.Select(layer => layer.Reference)), described, fetched) { Lease = lease };
        }
        catch
        {
            lease.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Makes an environment's folder for a machine that is not here. What leads to its interpreter follows that system's convention: where
    /// Python is found after its usual installation, or where <paramref name="home"/> says.
    /// </summary>
    /// <param name="plan">The plan.</param>
    /// <param name="interpreter">A Python of the plan's minor, to compile modules with; null where none is here.</param>
    /// <param name="standardLibraries">Standard libraries of this machine's Pythons: the launchers of Windows commands are in them.</param>
    /// <param name="home">The folder of the interpreter on that machine, or null for the usual one.</param>
    /// <param name="python">An interpreter for that machine: what starts Python on Windows is taken from it, and all of it where the options ask for that. Or null.</param>
    /// <param name="path">The folder to make; an environment that is there is replaced.</param>
    /// <param name="source">Where wheels come from.</param>
    /// <param name="options">How it is made; checks cannot run here and are left out.</param>
    /// <param name="progress">Told of each step.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="DiagnosticException">The place is taken, a wheel cannot be had or is refused, wheels conflict, or the disk fails.</exception>
    public async Task WriteFolderAsync(
        EnvironmentPlan plan, Interpreter? interpreter, IReadOnlyList<string> standardLibraries, string? home, ForeignPython? python, string path, IWheelSource source,
        SyncOptions? options = null, IProgress<SyncProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        options ??= new();
        var folder = new EnvironmentFolder(path);
        try
        {
            var register = new EnvironmentRegister(cacheFolder);
            using var place = await ProcessLock.AcquireAsync(register.Locks, EnvironmentRegister.NameOf(folder.Path), waiting: null, cancellationToken).ConfigureAwait(false);
            folder.Recover();
            folder.CheckPlace();
            using var lease = await StoreLease.AcquireAsync(cacheFolder, plan, interpreter, cancellationToken).ConfigureAwait(false);
            using var held = python is null ? null : await StoreLease.AcquireAsync(cacheFolder, [python.Digest], cancellationToken).ConfigureAwait(false);
            var (wheels, bytecode, _) = await new WheelLayers(plan, interpreter, cacheFolder, source, options).GetAsync(progress, cancellationToken).ConfigureAwait(false);
            if (plan.Markers is { } markers)
                EnvironmentConsistency.Check(wheels, markers, options);
            CheckLibraries(plan, wheels, options);
            var staging = folder.NewStaging();
            try
            {
                var frame = EnvironmentFrame.Of(plan.Target, home, standardLibraries, python);
                // It will leave this machine: nothing in it may be a second name of a file in the store.
                var link = options.Link == LinkMode.Clone ? LinkMode.Clone : LinkMode.Copy;
                var (carried, making) = options.WithPython && python is not null ? new CarriedInterpreter(cacheFolder).Make(python, cancellationToken) : default;
                using (making)
                {
                    new EnvironmentWriter(staging, frame with { Python = carried }, wheels, bytecode, new(link)) { LeavesOutTests = options.WithoutTests }
                        .WriteAll(options.Prompt, progress, cancellationToken);
                }

                // Who checks it where no store has its layers has their digests from the description.
                var described = await DescribeAsync(wheels, bytecode, cancellationToken).ConfigureAwait(false);
                EnvironmentRecord.WriteDescription(staging, new EnvironmentManifest(plan, described.Select(layer => layer.Reference)), null);
                EnvironmentState.WriteForElsewhere(staging, plan, frame with { Python = carried }, link, options);

                folder.Publish(staging);
            }
            catch
            {
                FolderRemoval.TryRemove(staging);
                throw;
            }
        }
        catch (Exception e) when (StorageFault.IsStorage(e))
        {
            throw StorageFault.Explain(e, folder.Path);
        }
        catch (DamagedLayerException e)
        {
            throw new DiagnosticException(ExitCode.Integrity, Diagnostic.Error(
                EnvironmentCodes.LayerDamaged, $"The store's copy of {e.Layer.FileName} was changed at '{e.File.Path}'.",
                remedy: "Take it out with dotnet pyenv cache verify --fix, and build again."));
        }
    }

    /// <summary>The layers as they travel, by digest; one without files is not worth carrying.</summary>
    private async Task<(LayerReference Reference, Layer Layer)[]> DescribeAsync(
        IReadOnlyList<Layer> wheels, IReadOnlyDictionary<Sha256Digest, Layer> bytecode, CancellationToken cancellationToken)
    {
        var layers = wheels.Concat(bytecode.Values.Where(layer => layer.Files.Count > 0)).ToArray();
        var described = new (LayerReference Reference, Layer Layer)[layers.Length];
        await Parallel.ForAsync(0, layers.Length, cancellationToken, async (i, token) =>
            described[i] = (await _digests.GetAsync(layers[i], token).ConfigureAwait(false), layers[i])).ConfigureAwait(false);
        return described;
    }

    private void CheckLibraries(EnvironmentPlan plan, IReadOnlyList<Layer> layers, SyncOptions options) => EnvironmentLibraries.Check(
        NativeSystem.Of(plan.Target), layers, new VenvLayout(plan.Target.Platform.IsWindows, plan.Target.Python.Major, plan.Target.Python.Minor, plan.Target.IsFreeThreaded), cacheFolder, options);
}
