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

    /// <summary>
    /// Whether the environment at <paramref name="path"/> is the planned one, made as it would be now, and looks whole. Reads one small file and
    /// starts nothing.
    /// </summary>
    public static bool IsUpToDate(EnvironmentPlan plan, Interpreter interpreter, string path, SyncOptions? options = null) =>
        Current(plan, interpreter, path, options ?? new()) is not null;

    private static EnvironmentState? Current(EnvironmentPlan plan, Interpreter interpreter, string path, SyncOptions options)
    {
        var state = EnvironmentState.Read(path);
        return state is not null && state.Key == plan.Key.ToString() && state.Executable == interpreter.Executable && state.Form == options.Form && state.IsWhole(path)
            ? state
            : null;
    }

    /// <summary>
    /// Makes the environment at <paramref name="path"/> the planned one. Nothing is done when it is already. Where only some of its layers are
    /// others, those are put in; else a new one is made beside it and put in its place. What is visible is whole at any moment; whatever fails, or
    /// stops the process, leaves the old one, or the new one, or one that the next run puts back.
    /// </summary>
    /// <exception cref="DiagnosticException">The place is taken, a wheel is refused, wheels conflict, or the disk fails.</exception>
    public async Task<SyncResult> SyncAsync(
        EnvironmentPlan plan, Interpreter interpreter, string path, IWheelSource source, SyncOptions? options = null,
        IProgress<SyncProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        options ??= new();
        InterpreterFit.Check(plan, interpreter);
        var layers = new WheelLayers(plan, interpreter, _cacheFolder, source, options);
        return await MakeAsync(plan, null, interpreter, path, layers, options, progress, cancellationToken).ConfigureAwait(false);
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
        return await MakeAsync(manifest.ToPlan(), manifest, interpreter, path, layers, options, progress, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Puts back an environment that a killed run left aside, for who looks at it without making it. Nothing is done where one is there, or where
    /// nothing was left.
    /// </summary>
    /// <exception cref="DiagnosticException">The disk fails.</exception>
    public async Task RecoverAsync(string path, CancellationToken cancellationToken = default)
    {
        var folder = new EnvironmentFolder(path);
        try
        {
            if (Directory.Exists(folder.Path) || !folder.HasDebris)
                return;
            using var held = await ProcessLock.AcquireAsync(_register.Locks, EnvironmentRegister.NameOf(folder.Path), waiting: null, cancellationToken).ConfigureAwait(false);
            folder.Recover();
        }
        catch (Exception e) when (StorageFault.IsStorage(e))
        {
            throw StorageFault.Explain(e, folder.Path);
        }
    }

    private async Task<SyncResult> MakeAsync(
        EnvironmentPlan plan, EnvironmentManifest? manifest, Interpreter interpreter, string path, IEnvironmentLayers layers, SyncOptions options,
        IProgress<SyncProgress>? progress, CancellationToken cancellationToken)
    {
        var folder = new EnvironmentFolder(path);
        try
        {
            if (Current(plan, interpreter, folder.Path, options) is { } there && HasChecked(there, options) && !folder.HasDebris)
            {
                // It may have been moved here: pruning must not take what it leads to.
                _register.TryAdd(folder.Path);
                return new(folder.Path, plan.Key, HasChanged: false, 0, null);
            }

            using var held = await ProcessLock.AcquireAsync(_register.Locks, EnvironmentRegister.NameOf(folder.Path), () => progress?.Report(new(SyncPhase.Waiting, 0, 1, folder.Path)), cancellationToken).ConfigureAwait(false);
            folder.Recover();
            folder.CheckPlace();
            if (Current(plan, interpreter, folder.Path, options) is { } state)
            {
                if (!HasChecked(state, options))
                    await CheckAgainAsync(plan, interpreter, folder.Path, layers, options, cancellationToken).ConfigureAwait(false);
                return new(folder.Path, plan.Key, HasChanged: false, 0, null);
            }

            // Noted before there is anything, so that pruning finds what a kill leaves.
            _register.Add(folder.Path);
            using var lease = await StoreLease.AcquireAsync(_cacheFolder, plan, interpreter, cancellationToken).ConfigureAwait(false);
            return await MakeAsync(plan, manifest, interpreter, folder, layers, options, progress, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (StorageFault.IsStorage(e))
        {
            throw StorageFault.Explain(e, folder.Path);
        }
    }

    private static bool HasChecked(EnvironmentState state, SyncOptions options) =>
        EnvironmentCheck.DigestOf(options.Checks) is not { } checks || state.Checks == checks;

    /// <summary>Other checks than those that went well: they run in the environment as it is.</summary>
    private async Task CheckAgainAsync(
        EnvironmentPlan plan, Interpreter interpreter, string path, IEnvironmentLayers source, SyncOptions options, CancellationToken cancellationToken)
    {
        if (options.RequiresLibraries)
        {
            var (layers, _, _) = await source.GetAsync(progress: null, cancellationToken).ConfigureAwait(false);
            EnvironmentLibraries.Check(NativeSystem.Of(interpreter), layers, VenvLayout.Of(interpreter), _cacheFolder, options);
        }

        var link = EnvironmentUse.Of(path)?.Link ?? LinkMode.Symlink;
        await Checks(options).RunAsync(path, VenvLayout.Of(interpreter), isNew: false, cancellationToken).ConfigureAwait(false);
        EnvironmentState.Write(path, plan, interpreter, link, options, ownSince: 0);
    }

    private EnvironmentCheckRun Checks(SyncOptions options) => new(options.Checks, Path.Combine(_cacheFolder, "logs-v1"), options.Remark);

    private async Task<SyncResult> MakeAsync(
        EnvironmentPlan plan, EnvironmentManifest? manifest, Interpreter interpreter, EnvironmentFolder folder, IEnvironmentLayers source, SyncOptions options,
        IProgress<SyncProgress>? progress, CancellationToken cancellationToken)
    {
        var fetched = 0;
        for (var repairs = 0; ; repairs++)
        {
            var (layers, bytecode, missing) = await source.GetAsync(progress, cancellationToken).ConfigureAwait(false);
            fetched += missing;
            EnvironmentConsistency.Check(layers, interpreter.Markers, options);
            EnvironmentLibraries.Check(NativeSystem.Of(interpreter), layers, VenvLayout.Of(interpreter), _cacheFolder, options);
            EnvironmentLibraries.CheckPython(interpreter, _cacheFolder, options);
            var linker = new FileLinker(options.WithPython ? LinkMode.Copy : options.Link);
            try
            {
                if (EnvironmentChange.Of(folder, plan, manifest, interpreter, _cacheFolder, options) is { } change
                    && change.TryMake(layers, bytecode, new(options.Link), progress, cancellationToken) is { } changed)
                {
                    options.Remark?.Invoke(Diagnostic.Verbose(
                        EnvironmentCodes.Remark, $"'{folder.Path}' was changed: {changed} of {layers.Count} wheels were put in, {fetched} of them fetched; link: {change.Link.ToString().ToLowerInvariant()}."));
                    return new(folder.Path, plan.Key, HasChanged: true, fetched, change.Link);
                }

                await WriteAsync(plan, manifest, interpreter, folder, layers, bytecode, linker, options, progress, cancellationToken).ConfigureAwait(false);
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

    private async Task WriteAsync(
        EnvironmentPlan plan, EnvironmentManifest? manifest, Interpreter interpreter, EnvironmentFolder folder, IReadOnlyList<Layer> layers, IReadOnlyDictionary<Sha256Digest, Layer> bytecode,
        FileLinker linker, SyncOptions options, IProgress<SyncProgress>? progress, CancellationToken cancellationToken)
    {
        var staging = folder.NewStaging();
        try
        {
            var frame = EnvironmentFrame.Of(interpreter);
            var python = options.WithPython ? await new CarriedInterpreter(_cacheFolder) { Remark = options.Remark }.MakeAsync(interpreter, cancellationToken).ConfigureAwait(false) : default;
            using (python.Making)
            {
                new EnvironmentWriter(staging, frame with { Python = python.Layer }, layers, bytecode, linker) { LeavesOutTests = options.WithoutTests, Origins = options.Origins }
                    .WriteAll(options.Prompt, progress, cancellationToken);
            }

            if (manifest is not null)
                EnvironmentRecord.WriteDescription(staging, manifest, options.Signatures);
            await Checks(options).RunAsync(staging, frame.Layout, isNew: true, cancellationToken).ConfigureAwait(false);
            // Last, as it remembers what the folders look like: a check may have left something in them.
            EnvironmentState.Write(staging, plan, interpreter, linker.Mode, options, EnvironmentCheck.HasCommands(options.Checks) ? 0 : EnvironmentState.Now);
            folder.Publish(staging);
        }
        catch
        {
            FolderRemoval.TryRemove(staging);
            throw;
        }
    }
}
