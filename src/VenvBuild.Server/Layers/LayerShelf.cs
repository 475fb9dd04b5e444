using Microsoft.EntityFrameworkCore;
using VenvBuild.Environments;
using VenvBuild.Packaging;

namespace VenvBuild.Server;

/// <summary>
/// The archives of layers, packed, each once: files below <c>layers</c> of the server's folder, and a row for each that is whole. Servers
/// that share a database share this folder too.
/// </summary>
internal sealed class LayerShelf(ServerSettings settings, CatalogFactory catalogs, TimeProvider clock) : ILayerSource
{
    private readonly LayerFolder _folder = new(settings.LayersFolder);

    public string Name => "this server";

    /// <summary>Where the packed archive of a layer is.</summary>
    public string PathOf(Sha256Digest digest) => Path.Combine(settings.LayersFolder, LayerFolder.PlaceOf(digest));

    /// <summary>The size of the unpacked archive; null when the layer is not here.</summary>
    public async Task<long?> FindSizeAsync(Sha256Digest digest, CancellationToken cancellationToken)
    {
        var hex = digest.ToString();
        await using var catalog = catalogs.Open();
        var size = await catalog.Layers.Where(row => row.Digest == hex).Select(row => (long?)row.Size).FirstOrDefaultAsync(cancellationToken);
        return size is not null && File.Exists(PathOf(digest)) ? size : null;
    }

    /// <summary>Which of these layers are here.</summary>
    public async Task<IReadOnlySet<Sha256Digest>> FindAsync(IReadOnlyCollection<Sha256Digest> digests, CancellationToken cancellationToken)
    {
        var found = new HashSet<Sha256Digest>();
        await using var catalog = catalogs.Open();
        foreach (var part in digests.Select(digest => digest.ToString()).Chunk(500))
            found.UnionWith((await catalog.Layers.Where(row => part.Contains(row.Digest)).Select(row => row.Digest).ToListAsync(cancellationToken)).Select(Sha256Digest.Parse));
        found.RemoveWhere(digest => !File.Exists(PathOf(digest)));
        return found;
    }

    public Task<IReadOnlySet<Sha256Digest>> FindAsync(IReadOnlyCollection<LayerReference> layers, CancellationToken cancellationToken) =>
        FindAsync([.. layers.Select(layer => layer.Digest)], cancellationToken);

    public Task<LayerContent?> OpenAsync(LayerReference layer, CancellationToken cancellationToken) => _folder.OpenAsync(layer, cancellationToken);

    /// <summary>Packs a layer of the store and puts it here, unless it is here.</summary>
    /// <exception cref="DiagnosticException">The layer is damaged, or the disk fails.</exception>
    public async Task AddAsync(LayerReference reference, Layer layer, CancellationToken cancellationToken)
    {
        if (await FindSizeAsync(reference.Digest, cancellationToken) is not null)
            return;
        await _folder.AddAsync(reference, layer, cancellationToken);
        await NoteAsync(reference.Digest, reference.Size, cancellationToken);
    }

    /// <summary>Takes an archive in, packed or not, and holds it against its digest as it comes; nothing of a wrong one is kept.</summary>
    /// <exception cref="LayerUploadException">It is not that layer, cannot be unpacked, or is too large.</exception>
    public async Task PutAsync(Sha256Digest digest, Stream body, CancellationToken cancellationToken)
    {
        var path = PathOf(digest);
        var sibling = $"{path}.{Guid.NewGuid():N}.tmp";
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        try
        {
            long size;
            await using (var file = new FileStream(sibling, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16))
            {
                size = await new LayerUpload(digest, settings.LayerBytes).CopyAsync(body, file, cancellationToken);
                await file.FlushAsync(cancellationToken);
                RandomAccess.FlushToDisk(file.SafeFileHandle);
            }

            File.Move(sibling, path, overwrite: true);
            await NoteAsync(digest, size, cancellationToken);
        }
        finally
        {
            File.Delete(sibling);
        }
    }

    private async Task NoteAsync(Sha256Digest digest, long size, CancellationToken cancellationToken)
    {
        var (hex, now) = (digest.ToString(), clock.GetUtcNow().ToUnixTimeMilliseconds());
        await using var catalog = catalogs.Open();
        await catalog.Database.ExecuteSqlAsync($"INSERT INTO layers (digest, size, made) VALUES ({hex}, {size}, {now}) ON CONFLICT DO NOTHING", cancellationToken);
    }
}
