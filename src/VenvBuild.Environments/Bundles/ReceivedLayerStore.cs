using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>
/// Layers that came from elsewhere, each once, below <c>received/v1</c> by the digest of its archive. They are kept apart from the
/// layers that this machine made from wheels (<see cref="LayerStore"/>): only the wheel itself proves what is in it, so what somebody
/// else unpacked serves the environments that name it, and no other.
/// </summary>
public sealed class ReceivedLayerStore
{
    private readonly string _root;
    private readonly string _staging;
    private readonly string _locks;
    private readonly WheelLimits _limits;

    /// <summary>Uses the store below a cache folder; nothing is made before it is needed.</summary>
    public ReceivedLayerStore(string cacheFolder, WheelLimits? limits = null)
        : this(limits ?? WheelLimits.Default, Path.Combine(Path.GetFullPath(cacheFolder), "received", "v1"))
    {
    }

    private ReceivedLayerStore(WheelLimits limits, string root)
    {
        _root = root;
        _staging = Path.Combine(_root, ".staging");
        _locks = Path.Combine(_root, ".locks");
        _limits = limits;
    }

    /// <summary>The interpreters that came with bundles. Environments lead to them by path.</summary>
    internal static ReceivedLayerStore OfInterpreters(string cacheFolder) =>
        new(WheelLimits.Default, CarriedInterpreter.RootOf(cacheFolder));

    /// <summary>The layer, or null when it is not in the store.</summary>
    public Layer? Find(LayerReference layer)
    {
        var folder = FolderOf(layer);
        return UseStamp.ReadAndRenew(Path.Combine(folder, LayerManifest.FileName)) is { } bytes ? LayerManifest.Read(bytes, folder) : null;
    }

    /// <summary>
    /// Takes a layer in from its archive, compressed or not. It is verified whole before it is visible: its digest, its size, its list
    /// against <paramref name="layer"/>, and every file against the list.
    /// </summary>
    /// <exception cref="DiagnosticException">The archive is not the layer's, or the disk fails.</exception>
    public async Task<Layer> AddFromArchiveAsync(LayerReference layer, Stream archive, CancellationToken cancellationToken = default)
    {
        try
        {
            using var held = await ProcessLock.AcquireAsync(_locks, layer.Digest.ToString(), waiting: null, cancellationToken).ConfigureAwait(false);
            return Find(layer) ?? await AddAsync(layer, archive, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (StorageFault.IsStorage(e))
        {
            throw StorageFault.Explain(e, _root);
        }
    }

    /// <summary>Takes a layer out, so that it is fetched again.</summary>
    /// <exception cref="DiagnosticException">The disk fails.</exception>
    public async Task RemoveAsync(LayerReference layer, CancellationToken cancellationToken = default)
    {
        try
        {
            using var held = await ProcessLock.AcquireAsync(_locks, layer.Digest.ToString(), waiting: null, cancellationToken).ConfigureAwait(false);
            FolderRemoval.RemoveAtOnce(FolderOf(layer), StagingOf(layer));
        }
        catch (Exception e) when (StorageFault.IsStorage(e))
        {
            throw StorageFault.Explain(e, _root);
        }
    }

    private async Task<Layer> AddAsync(LayerReference layer, Stream archive, CancellationToken cancellationToken)
    {
        // Who holds the lock of the digest owns its staging folder, so one that is there was left by a run that died.
        var staging = StagingOf(layer);
        FolderRemoval.Remove(staging);
        try
        {
            Directory.CreateDirectory(staging);
            await new LayerArchiveReader(layer, _limits).UnpackAsync(archive, staging, cancellationToken).ConfigureAwait(false);
            var folder = FolderOf(layer);
            Directory.CreateDirectory(Path.GetDirectoryName(folder)!);
            FolderRemoval.Remove(folder);
            Directory.Move(staging, folder);
            return Find(layer) ?? throw new IOException($"The layer '{folder}' cannot be read back.");
        }
        finally
        {
            FolderRemoval.TryRemove(staging);
        }
    }

    private string FolderOf(LayerReference layer)
    {
        var hex = layer.Digest.ToString();
        return $"{_root}/{hex.AsSpan(0, 2)}/{hex}";
    }

    private string StagingOf(LayerReference layer) => Path.Combine(_staging, layer.Digest.ToString());
}
