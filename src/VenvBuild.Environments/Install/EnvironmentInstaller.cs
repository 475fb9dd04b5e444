using System.Text;
using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>Makes the environment at a place be the planned one: from the store, whole or not at all.</summary>
public sealed class EnvironmentInstaller
{
    private const int MaxRepairs = 3;

    private readonly LayerStore _layers;
    private readonly BytecodeStore _bytecode;
    private readonly string _locks;

    /// <summary>Uses the store below a cache folder.</summary>
    public EnvironmentInstaller(string cacheFolder)
    {
        _layers = new(cacheFolder);
        _bytecode = new(cacheFolder);
        _locks = Path.Combine(Path.GetFullPath(cacheFolder), "environments", ".locks");
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
        CheckInterpreter(plan, interpreter);
        var folder = new EnvironmentFolder(path);
        try
        {
            if (IsUpToDate(plan, interpreter, folder.Path) && !folder.HasDebris)
                return new(folder.Path, plan.Key, HasChanged: false, 0, null);
            var name = Sha256Digest.Of(Encoding.UTF8.GetBytes(folder.Path)).ToString();
            using var held = await ProcessLock.AcquireAsync(_locks, name, () => progress?.Report(new(SyncPhase.Waiting, 0, 1, folder.Path)), cancellationToken).ConfigureAwait(false);
            folder.Recover();
            folder.CheckPlace();
            if (IsUpToDate(plan, interpreter, folder.Path))
                return new(folder.Path, plan.Key, HasChanged: false, 0, null);
            return await MakeAsync(plan, interpreter, folder, source, options, progress, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (StorageFault.IsStorage(e))
        {
            throw StorageFault.Explain(e, folder.Path);
        }
    }

    private async Task<SyncResult> MakeAsync(
        EnvironmentPlan plan, Interpreter interpreter, EnvironmentFolder folder, IWheelSource source, SyncOptions options,
        IProgress<SyncProgress>? progress, CancellationToken cancellationToken)
    {
        var fetched = 0;
        for (var repairs = 0; ; repairs++)
        {
            var (layers, missing) = await GetLayersAsync(plan, source, options, progress, cancellationToken).ConfigureAwait(false);
            fetched += missing;
            var bytecode = plan.HasBytecode
                ? await _bytecode.GetOrAddAsync(layers, interpreter, progress, cancellationToken).ConfigureAwait(false)
                : [];
            var linker = new FileLinker(options.Link);
            try
            {
                Write(plan, interpreter, folder, layers, bytecode, linker, options, progress, cancellationToken);
                options.Remark?.Invoke(Diagnostic.Verbose(
                    EnvironmentCodes.Remark, $"'{folder.Path}' was made of {layers.Length} wheels, {fetched} of them fetched; link: {linker.Mode.ToString().ToLowerInvariant()}."));
                return new(folder.Path, plan.Key, HasChanged: true, fetched, linker.Mode);
            }
            catch (DamagedLayerException e) when (repairs < MaxRepairs)
            {
                options.Remark?.Invoke(Diagnostic.Warning(
                    EnvironmentCodes.LayerDamaged, $"The store's copy of {e.Layer.FileName} was changed at '{e.File.Path}' and is made again.",
                    remedy: "Edit packages in an environment made with link: copy, or in their own checkout."));
                if (bytecode.ContainsValue(e.Layer))
                    BytecodeStore.Remove(e.Layer);
                else
                    await _layers.RemoveAsync(e.Layer.Digest, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task<(Layer[] Layers, int Fetched)> GetLayersAsync(
        EnvironmentPlan plan, IWheelSource source, SyncOptions options, IProgress<SyncProgress>? progress, CancellationToken cancellationToken)
    {
        var layers = new Layer?[plan.Wheels.Count];
        var missing = new List<int>();
        Parallel.For(0, layers.Length, i => layers[i] = _layers.Find(plan.Wheels[i].Sha256));
        for (var i = 0; i < layers.Length; i++)
        {
            if (layers[i] is null)
                missing.Add(i);
        }

        if (missing.Count > 0)
        {
            var done = 0;
            progress?.Report(new(SyncPhase.Fetching, 0, missing.Count));
            // Large wheels first, where sizes are known: the longest download should not begin last.
            missing.Sort((a, b) => (plan.Wheels[b].Size ?? 0).CompareTo(plan.Wheels[a].Size ?? 0));
            var width = new ParallelOptions { MaxDegreeOfParallelism = options.MaxDownloads, CancellationToken = cancellationToken };
            await Parallel.ForEachAsync(missing, width, async (i, token) =>
            {
                layers[i] = await _layers.GetOrAddAsync(plan.Wheels[i], source, token).ConfigureAwait(false);
                progress?.Report(new(SyncPhase.Fetching, Interlocked.Increment(ref done), missing.Count, plan.Wheels[i].Name.Value));
            }).ConfigureAwait(false);
        }

        return (Array.ConvertAll(layers, layer => layer!), missing.Count);
    }

    private static void Write(
        EnvironmentPlan plan, Interpreter interpreter, EnvironmentFolder folder, Layer[] layers, Dictionary<Sha256Digest, Layer> bytecode,
        FileLinker linker, SyncOptions options, IProgress<SyncProgress>? progress, CancellationToken cancellationToken)
    {
        var staging = folder.NewStaging();
        var done = 0;
        try
        {
            var writer = new EnvironmentWriter(staging, plan, interpreter, layers, bytecode, linker);
            writer.Write(options.Prompt, name => progress?.Report(new(SyncPhase.Linking, Interlocked.Increment(ref done), layers.Length, name)), cancellationToken);
            folder.Publish(staging);
        }
        catch (AggregateException e)
        {
            FolderRemoval.TryRemove(staging);
            // One cause is enough for a person; damage comes first because it can be repaired.
            var causes = e.Flatten().InnerExceptions;
            var cause = causes.FirstOrDefault(c => c is DamagedLayerException) ?? causes.FirstOrDefault(c => c is DiagnosticException) ?? causes[0];
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(cause);
        }
        catch
        {
            FolderRemoval.TryRemove(staging);
            throw;
        }
    }

    private static void CheckInterpreter(EnvironmentPlan plan, Interpreter interpreter)
    {
        var target = plan.Target;
        if (interpreter.Major == target.Python.Major && interpreter.Minor == target.Python.Minor
            && interpreter.IsFreeThreaded == target.IsFreeThreaded && interpreter.Markers.ImplementationName == target.Implementation)
        {
            return;
        }

        throw new DiagnosticException(ExitCode.Usage, Diagnostic.Error(
            EnvironmentCodes.InterpreterDoesNotFit, $"The environment is planned for {target}, and {interpreter} is another Python.",
            remedy: "Plan for this interpreter, or name one that fits with --python."));
    }
}
