using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>
/// The wheels of this machine in installed form, each once: <c>layers/v1/ab/abcd.../</c> by the wheel's digest. A layer is made in
/// a staging folder and renamed into place, so what is visible is whole; a crash leaves staging that the next run wipes. Safe
/// between threads and processes.
/// </summary>
public sealed class LayerStore
{
    private const long MaxWheelBytes = 8L << 30;

    // Unpacking keeps cores busy: more at once would only take turns, and hold up the downloads.
    private static readonly SemaphoreSlim Cores = new(Environment.ProcessorCount);

    private readonly string _root;
    private readonly string _staging;
    private readonly string _locks;
    private readonly WheelLimits _limits;

    /// <summary>Uses the store below a cache folder; nothing is made before it is needed.</summary>
    public LayerStore(string cacheFolder, WheelLimits? limits = null)
    {
        _root = Path.Combine(Path.GetFullPath(cacheFolder), "layers", "v1");
        _staging = Path.Combine(_root, ".staging");
        _locks = Path.Combine(_root, ".locks");
        _limits = limits ?? WheelLimits.Default;
    }

    /// <summary>
    /// The layer of the wheel with this digest, or null when it is not in the store. It counts as used now; who works with it for longer holds
    /// a <see cref="StoreLease"/> for it, or pruning may take it away meanwhile.
    /// </summary>
    public Layer? Find(Sha256Digest digest)
    {
        var folder = FolderOf(digest);
        var layer = UseStamp.ReadAndRenew(Path.Combine(folder, LayerManifest.FileName)) is { } bytes ? LayerManifest.Read(bytes, folder) : null;
        return layer?.Digest == digest ? layer : null;
    }

    /// <summary>The wheel's layer: from the store, or fetched, verified and unpacked.</summary>
    /// <exception cref="DiagnosticException">The wheel cannot be had or is refused, or the disk fails.</exception>
    public async Task<Layer> GetOrAddAsync(PlannedWheel wheel, IWheelSource source, CancellationToken cancellationToken = default)
    {
        if (Find(wheel.Sha256) is { } found)
            return found;
        try
        {
            using var held = await ProcessLock.AcquireAsync(_locks, wheel.Sha256.ToString(), waiting: null, cancellationToken).ConfigureAwait(false);
            return Find(wheel.Sha256) ?? await AddAsync(wheel, source, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (StorageFault.IsStorage(e))
        {
            throw StorageFault.Explain(e, _root);
        }
    }

    /// <summary>
    /// Puts a damaged layer right: files that bear another time or mode and have the right bytes are put in anew, under an inode of their own, so
    /// that an environment keeps the one it changed. Where bytes are wrong, the layer is taken out and the next run makes it again.
    /// </summary>
    /// <exception cref="DiagnosticException">The disk fails.</exception>
    internal async Task RepairAsync(Layer layer, CancellationToken cancellationToken = default)
    {
        try
        {
            using var held = await ProcessLock.AcquireAsync(_locks, layer.Digest.ToString(), waiting: null, cancellationToken).ConfigureAwait(false);
            if (!layer.Files.Where(file => !IsIntact(layer, file)).All(file => TryRestore(layer, file)))
                FolderRemoval.RemoveAtOnce(FolderOf(layer.Digest), StagingOf(layer.Digest));
        }
        catch (Exception e) when (StorageFault.IsStorage(e))
        {
            throw StorageFault.Explain(e, _root);
        }
    }

    /// <summary>Takes a layer out, so that the next run makes it again.</summary>
    /// <exception cref="DiagnosticException">The disk fails.</exception>
    public async Task RemoveAsync(Sha256Digest digest, CancellationToken cancellationToken = default)
    {
        try
        {
            using var held = await ProcessLock.AcquireAsync(_locks, digest.ToString(), waiting: null, cancellationToken).ConfigureAwait(false);
            FolderRemoval.RemoveAtOnce(FolderOf(digest), StagingOf(digest));
        }
        catch (Exception e) when (StorageFault.IsStorage(e))
        {
            throw StorageFault.Explain(e, _root);
        }
    }

    /// <summary>Whether a file of a layer has still the size, time and mode that it was stored with. Costs one look at the file's entry.</summary>
    internal static bool IsIntact(Layer layer, LayerFile file) =>
        NativeFiles.Look(layer.PathOf(file)) is { IsFile: true } look && look.Size == file.Size && look.Ticks == LayerUnpacker.Timestamp.Ticks
        && (OperatingSystem.IsWindows() || look.Permissions == Layer.ModeOf(file.IsExecutable));

    /// <summary>Puts a copy of a file in its place if the copy has the right bytes: what may still be written to is not trusted.</summary>
    private bool TryRestore(Layer layer, LayerFile file)
    {
        var path = layer.PathOf(file);
        if (!File.Exists(path) || new FileInfo(path).LinkTarget is not null)
            return false;
        var folder = StagingOf(layer.Digest);
        FolderRemoval.Remove(folder);
        Directory.CreateDirectory(folder);
        var copy = Path.Combine(folder, "file");
        using (var target = LayerUnpacker.Create(copy, file.IsExecutable, size: 0))
        {
            using var source = File.OpenRead(path);
            source.CopyTo(target);
            File.SetLastWriteTimeUtc(target.SafeFileHandle, LayerUnpacker.Timestamp);
        }

        var isRight = FileDigest.Of(copy) == file.Sha256;
        if (isRight)
            File.Move(copy, path, overwrite: true);
        FolderRemoval.Remove(folder);
        return isRight;
    }

    private async Task<Layer> AddAsync(PlannedWheel wheel, IWheelSource source, CancellationToken cancellationToken)
    {
        // Who holds the lock of the digest owns its staging folder, so one that is there was left by a run that died.
        var staging = StagingOf(wheel.Sha256);
        FolderRemoval.Remove(staging);
        try
        {
            Directory.CreateDirectory(staging);
            var archive = Path.Combine(staging, "wheel");
            await FetchAsync(wheel, source, archive, cancellationToken).ConfigureAwait(false);
            var layerFolder = Path.Combine(staging, "layer");
            Directory.CreateDirectory(layerFolder);
            await UnpackAsync(wheel, archive, layerFolder, cancellationToken).ConfigureAwait(false);
            var folder = FolderOf(wheel.Sha256);
            Directory.CreateDirectory(Path.GetDirectoryName(folder)!);
            if (Directory.Exists(folder))
                FolderRemoval.Remove(folder);
            Directory.Move(layerFolder, folder);
            return Find(wheel.Sha256) ?? throw new IOException($"The layer '{folder}' cannot be read back.");
        }
        finally
        {
            FolderRemoval.TryRemove(staging);
        }
    }

    private async Task UnpackAsync(PlannedWheel wheel, string archive, string layerFolder, CancellationToken cancellationToken)
    {
        await Cores.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // A thread of its own: the pool's threads are few, and downloads go on meanwhile.
            await Task.Factory.StartNew(
                () =>
                {
                    using var opened = WheelArchive.Open(archive, wheel.File.Text, _limits);
                    new LayerUnpacker(opened, wheel.Sha256, layerFolder).Unpack(cancellationToken);
                },
                cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
        }
        finally
        {
            Cores.Release();
        }
    }

    private static async Task FetchAsync(PlannedWheel wheel, IWheelSource source, string path, CancellationToken cancellationToken)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0, Options = FileOptions.None };
        await using var file = new FileStream(path, options);
        await using var digest = new DigestStream(file, wheel, MaxWheelBytes);
        await source.DownloadAsync(wheel, digest, cancellationToken).ConfigureAwait(false);
        digest.Check();
    }

    private string FolderOf(Sha256Digest digest)
    {
        var hex = digest.ToString();
        return $"{_root}/{hex.AsSpan(0, 2)}/{hex}";
    }

    private string StagingOf(Sha256Digest digest) => Path.Combine(_staging, digest.ToString());
}
