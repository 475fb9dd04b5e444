using System.Collections.Concurrent;
using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>
/// Layers that an environment's description names by digest: those that this machine made from the same wheels and that came out the
/// same, those that it received before, and the rest from a source.
/// </summary>
internal sealed class ManifestLayers(EnvironmentManifest manifest, Interpreter interpreter, string cacheFolder, ILayerSource source, SyncOptions options) : IEnvironmentLayers
{
    private readonly LayerStore _layers = new(cacheFolder);
    private readonly BytecodeStore _bytecode = new(cacheFolder);
    private readonly ReceivedLayerStore _received = new(cacheFolder);
    private readonly LayerDigests _digests = new(cacheFolder);
    private readonly ConcurrentDictionary<Layer, LayerReference> _references = new(ReferenceEqualityComparer.Instance);

    public async Task<(IReadOnlyList<Layer> Layers, IReadOnlyDictionary<Sha256Digest, Layer> Bytecode, int Fetched)> GetAsync(
        IProgress<SyncProgress>? progress, CancellationToken cancellationToken)
    {
        var found = new Layer?[manifest.Layers.Count];
        await Parallel.ForAsync(0, found.Length, cancellationToken, async (i, token) => found[i] = await FindAsync(manifest.Layers[i], token).ConfigureAwait(false)).ConfigureAwait(false);
        var missing = Enumerable.Range(0, found.Length).Where(i => found[i] is null).OrderByDescending(i => manifest.Layers[i].Size).ToArray();
        var done = 0;
        if (missing.Length > 0)
            progress?.Report(new(SyncPhase.Fetching, 0, missing.Length));
        var width = new ParallelOptions { MaxDegreeOfParallelism = options.MaxDownloads, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(missing, width, async (i, token) =>
        {
            found[i] = await FetchAsync(manifest.Layers[i], token).ConfigureAwait(false);
            progress?.Report(new(SyncPhase.Fetching, Interlocked.Increment(ref done), missing.Length, manifest.Layers[i].Wheel.Name.Value));
        }).ConfigureAwait(false);
        for (var i = 0; i < found.Length; i++)
            _references[found[i]!] = manifest.Layers[i];
        var wheels = found.Where(layer => layer!.Bytecode is null).Select(layer => layer!).ToArray();
        return (wheels, await BytecodeAsync(wheels, found, progress, cancellationToken).ConfigureAwait(false), missing.Length);
    }

    public Task RemoveAsync(Layer layer, CancellationToken cancellationToken)
    {
        if (IsReceived(layer))
            return _received.RemoveAsync(_references[layer], cancellationToken);
        if (layer.Bytecode is null)
            return _layers.RepairAsync(layer, cancellationToken);
        BytecodeStore.Remove(layer);
        return Task.CompletedTask;
    }

    /// <summary>The bytecode that came, as far as this interpreter takes it; the rest is compiled.</summary>
    private async Task<Dictionary<Sha256Digest, Layer>> BytecodeAsync(
        Layer[] wheels, Layer?[] found, IProgress<SyncProgress>? progress, CancellationToken cancellationToken)
    {
        if (!manifest.HasBytecode)
            return [];
        var format = BytecodeFormat.Of(interpreter);
        var bytecode = found.Where(layer => layer!.Bytecode == format).ToDictionary(layer => layer!.Digest, layer => layer!);
        var lacking = wheels.Where(layer => !bytecode.ContainsKey(layer.Digest)).ToArray();
        foreach (var (digest, compiled) in await _bytecode.GetOrAddAsync(lacking, interpreter, progress, cancellationToken).ConfigureAwait(false))
            bytecode.Add(digest, compiled);
        return bytecode;
    }

    private async Task<Layer?> FindAsync(LayerReference asked, CancellationToken cancellationToken)
    {
        if (_received.Find(asked) is { } received)
            return received;
        var own = asked.Kind == LayerKind.Wheel ? _layers.Find(asked.WheelSha256) : _bytecode.Find(asked.WheelSha256, interpreter);
        if (own is null)
            return null;
        try
        {
            return (await _digests.GetAsync(own, cancellationToken).ConfigureAwait(false)).Digest == asked.Digest ? own : null;
        }
        catch (DiagnosticException)
        {
            // A damaged layer is not the one that is asked for; who syncs from wheels repairs it.
            return null;
        }
    }

    private async Task<Layer> FetchAsync(LayerReference asked, CancellationToken cancellationToken)
    {
        var content = await source.OpenAsync(asked, cancellationToken).ConfigureAwait(false) ?? throw new DiagnosticException(ExitCode.Integrity, Diagnostic.Error(
            EnvironmentCodes.LayerNotFound, $"{source.Name} has not got {asked} (sha256:{asked.Digest}), which the environment needs.",
            remedy: "Fetch the environment from where it is whole, or make it here: dotnet pyenv sync."));
        await using (content.ConfigureAwait(false))
            return await _received.AddFromArchiveAsync(asked, content.Archive, cancellationToken).ConfigureAwait(false);
    }

    private bool IsReceived(Layer layer) => _references.TryGetValue(layer, out var reference) && _received.Find(reference)?.Folder == layer.Folder;
}
