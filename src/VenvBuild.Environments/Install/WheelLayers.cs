using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>Layers made here from the wheels of a plan, and bytecode compiled here.</summary>
internal sealed class WheelLayers(EnvironmentPlan plan, Interpreter? interpreter, string cacheFolder, IWheelSource source, SyncOptions options) : IEnvironmentLayers
{
    private readonly LayerStore _layers = new(cacheFolder);
    private readonly BytecodeStore _bytecode = new(cacheFolder);

    public async Task<(IReadOnlyList<Layer> Layers, IReadOnlyDictionary<Sha256Digest, Layer> Bytecode, int Fetched)> GetAsync(
        IProgress<SyncProgress>? progress, CancellationToken cancellationToken)
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

        var all = Array.ConvertAll(layers, layer => layer!);
        var bytecode = plan.HasBytecode && interpreter is not null
            ? await _bytecode.GetOrAddAsync(all, interpreter, progress, cancellationToken).ConfigureAwait(false)
            : [];
        return (all, bytecode, missing.Count);
    }

    public Task RemoveAsync(Layer layer, CancellationToken cancellationToken)
    {
        if (layer.Bytecode is null)
            return _layers.RepairAsync(layer, cancellationToken);
        BytecodeStore.Remove(layer);
        return Task.CompletedTask;
    }
}
