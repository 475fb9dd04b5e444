using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>A folder with the archives of layers, <c>ab/abcd....tar.zst</c> by digest: a share, a static tree, a builder's shelf.</summary>
/// <param name="root">The folder; it is made when the first layer is added.</param>
public sealed class LayerFolder(string root) : ILayerSource
{
    private readonly string _root = Path.GetFullPath(root);

    /// <inheritdoc/>
    public string Name => _root;

    /// <summary>Where the archive of a layer is or would be, relative to the folder, with <c>/</c>.</summary>
    public static string PlaceOf(Sha256Digest digest)
    {
        var hex = digest.ToString();
        return $"{hex.AsSpan(0, 2)}/{hex}{LayerArchive.FileSuffix}";
    }

    /// <summary>Adds the archive of a layer, unless it is there. What is visible is whole.</summary>
    /// <exception cref="DiagnosticException">The layer is not the one that is named, or damaged, or the disk fails.</exception>
    public async Task AddAsync(LayerReference reference, Layer layer, CancellationToken cancellationToken = default)
    {
        var path = PathOf(reference.Digest);
        if (File.Exists(path))
            return;
        var sibling = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            var file = new FileStream(sibling, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
            await using (file.ConfigureAwait(false))
            {
                var (digest, _) = await LayerArchive.WriteAsync(layer, file, cancellationToken).ConfigureAwait(false);
                if (digest != reference.Digest)
                    throw LayerRefusal.Of(reference, $"the layer at '{layer.Folder}' is sha256:{digest}");
            }

            File.Move(sibling, path, overwrite: true);
        }
        catch (Exception e) when (StorageFault.IsStorage(e))
        {
            throw StorageFault.Explain(e, path);
        }
        finally
        {
            File.Delete(sibling);
        }
    }

    /// <inheritdoc/>
    public Task<IReadOnlySet<Sha256Digest>> FindAsync(IReadOnlyCollection<LayerReference> layers, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlySet<Sha256Digest>>(layers.Select(layer => layer.Digest).Where(digest => File.Exists(PathOf(digest))).ToHashSet());

    /// <inheritdoc/>
    public Task<LayerContent?> OpenAsync(LayerReference layer, CancellationToken cancellationToken)
    {
        try
        {
            var file = new FileStream(PathOf(layer.Digest), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0, FileOptions.SequentialScan);
            return Task.FromResult<LayerContent?>(new(file, file.Length));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return Task.FromResult<LayerContent?>(null);
        }
        catch (Exception e) when (StorageFault.IsStorage(e))
        {
            throw StorageFault.Explain(e, PathOf(layer.Digest));
        }
    }

    private string PathOf(Sha256Digest digest) => Path.Combine(_root, PlaceOf(digest));
}
