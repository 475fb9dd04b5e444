using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>Makes the environment at a place be the planned one: from the store, whole or not at all.</summary>
public sealed class EnvironmentInstaller
{
    private const int MaxRepairs = 3;

    private readonly EnvironmentRegister _register;
    private readonly string _cacheFolder;

    /// <summary>Uses the store below a cache folder.</summary>
    public EnvironmentInstaller(string cacheFolder)
    {
        _register = new(cacheFolder);
        _cacheFolder = cacheFolder;
    }

    /// <summary>Whether the environment at <paramref name="path"/> is the planned one and looks whole. Reads one small file and starts nothing.</summary>
    public static bool IsUpToDate(EnvironmentPlan plan, Interpreter interpreter, string path)
    {
        var state = EnvironmentState.Read(path);
        return state is not null && state.Key == plan.Key.ToString() && state.Executable == interpreter.Executable && state.IsWhole(path);
    }

    /// <summary>
    /// Makes the environment at <paramref name="path"/> the planned one. Nothing is done when it is already. Else a new one is made
    /// beside it and put in its place in one step; whatever fails before that, or stops the process, leaves the old one untouched.
    /// </summary>
    /// <exception cref="DiagnosticException">The place is taken, a wheel is refused, wheels conflict, or the disk fails.</exception>
    public async Task<SyncResult> SyncAsync(
        EnvironmentPlan plan, Interpreter interpreter, string path, IWheelSource source, SyncOptions? options = null,
        IProgress<SyncProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        options ??= new();
        InterpreterFit.Check(plan, interpreter);
        var layers = new WheelLayers(plan, interpreter, _cacheFolder, source, options);
        return await MakeAsync(plan, interpreter, path, layers, options, progress, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Makes the environment at <paramref name="path"/> the described one, in the same way as from a plan. Layers that this machine lacks
    /// are fetched, each verified before it is visible in the store; bytecode that this interpreter does not take is compiled here.
    /// </summary>
    /// <exception cref="DiagnosticException">
    /// The interpreter or this system does not fit, the place is taken, a layer cannot be had or is refused, or the disk fails.
    /// </exception>
    public async Task<SyncResult> InstallAsync(
        EnvironmentManifest manifest, Interpreter interpreter, string path, ILayerSource source, SyncOptions? options = null,
        IProgress<SyncProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        options ??= new();
        InterpreterFit.Check(manifest, interpreter);
        var layers = new ManifestLayers(manifest, interpreter, _cacheFolder, source, options);
        return await MakeAsync(manifest.ToPlan(), interpreter, path, layers, options, progress, cancellationToken).ConfigureAwait(false);
    }

    private async Task<SyncResult> MakeAsync(
        EnvironmentPlan plan, Interpreter interpreter, string path, IEnvironmentLayers layers, SyncOptions options,
        IProgress<SyncProgress>? progress, CancellationToken cancellationToken)
    {
        var folder = new EnvironmentFolder(path);
        try
        {
            if (IsUpToDate(plan, interpreter, folder.Path) && !folder.HasDebris)
                return new(folder.Path, plan.Key, HasChanged: false, 0, null);
            using var held = await ProcessLock.AcquireAsync(_register.Locks, EnvironmentRegister.NameOf(folder.Path), () => progress?.Report(new(SyncPhase.Waiting, 0, 1, folder.Path)), cancellationToken).ConfigureAwait(false);
            folder.Recover();
            folder.CheckPlace();
            if (IsUpToDate(plan, interpreter, folder.Path))
                return new(folder.Path, plan.Key, HasChanged: false, 0, null);
            // Noted before there is anything, so that pruning finds what a kill leaves.
            _register.Add(folder.Path);
            var digests = plan.Wheels.Select(wheel => wheel.Sha256);
            if (ManagedPythonStore.Use(_cacheFolder, interpreter.Executable) is { } python)
                digests = digests.Append(python);
            using var lease = await StoreLease.AcquireAsync(_cacheFolder, digests, cancellationToken).ConfigureAwait(false);
            return await MakeAsync(plan, interpreter, folder, layers, options, progress, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (StorageFault.IsStorage(e))
        {
            throw StorageFault.Explain(e, folder.Path);
        }
    }

    private static async Task<SyncResult> MakeAsync(
        EnvironmentPlan plan, Interpreter interpreter, EnvironmentFolder folder, IEnvironmentLayers source, SyncOptions options,
        IProgress<SyncProgress>? progress, CancellationToken cancellationToken)
    {
        var fetched = 0;
        for (var repairs = 0; ; repairs++)
        {
            var (layers, bytecode, missing) = await source.GetAsync(progress, cancellationToken).ConfigureAwait(false);
            fetched += missing;
            var linker = new FileLinker(options.Link);
            try
            {
                await WriteAsync(plan, interpreter, folder, layers, bytecode, linker, options, progress, cancellationToken).ConfigureAwait(false);
                options.Remark?.Invoke(Diagnostic.Verbose(
                    EnvironmentCodes.Remark, $"'{folder.Path}' was made of {layers.Count} wheels, {fetched} of them fetched; link: {linker.Mode.ToString().ToLowerInvariant()}{linker.Reason}."));
                return new(folder.Path, plan.Key, HasChanged: true, fetched, linker.Mode);
            }
            catch (DamagedLayerException e) when (repairs < MaxRepairs)
            {
                options.Remark?.Invoke(Diagnostic.Warning(
                    EnvironmentCodes.LayerDamaged, $"The store's copy of {e.Layer.FileName} was changed at '{e.File.Path}' and is put right.",
                    remedy: "Edit packages in an environment made with link: copy, or in their own checkout."));
                await source.RemoveAsync(e.Layer, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static async Task WriteAsync(
        EnvironmentPlan plan, Interpreter interpreter, EnvironmentFolder folder, IReadOnlyList<Layer> layers, IReadOnlyDictionary<Sha256Digest, Layer> bytecode,
        FileLinker linker, SyncOptions options, IProgress<SyncProgress>? progress, CancellationToken cancellationToken)
    {
        var staging = folder.NewStaging();
        try
        {
            var frame = EnvironmentFrame.Of(interpreter);
            new EnvironmentWriter(staging, frame, layers, bytecode, linker).WriteAll(options.Prompt, progress, cancellationToken);
            await EnvironmentCheck.RunAsync(options.Checks, staging, frame.Layout, options.Remark, cancellationToken).ConfigureAwait(false);
            // Last, as it remembers what the folders look like: a check may have left something in them.
            EnvironmentState.Write(staging, plan, interpreter, linker.Mode, [frame.Layout.SitePackages, frame.Layout.Scripts, "pyvenv.cfg"]);
            folder.Publish(staging);
        }
        catch
        {
            FolderRemoval.TryRemove(staging);
            throw;
        }
    }
}
