using Microsoft.EntityFrameworkCore;
using VenvBuild.Environments;
using VenvBuild.Packaging;

namespace VenvBuild.Server;

/// <summary>
/// The archives of layers, packed, each once: in a storage, and a row for each that is whole. Servers that share a database share the
/// storage too.
/// </summary>
internal sealed class LayerShelf(ILayerStorage storage, ServerSettings settings, CatalogFactory catalogs, TimeProvider clock) : ILayerSource
{
    private const int Attempts = 3;

    public string Name => "this server";

    /// <summary>The size of the unpacked archive, by the row; null when the layer is not here.</summary>
    public async Task<long?> FindSizeAsync(Sha256Digest digest, CancellationToken cancellationToken)
    {
        var hex = digest.ToString();
        await using var catalog = catalogs.Open();
        return await catalog.Layers.Where(row => row.Digest == hex).Select(row => (long?)row.Size).FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>Which of these layers are here, by rows and by the storage itself.</summary>
    public async Task<IReadOnlySet<Sha256Digest>> FindAsync(IReadOnlyCollection<Sha256Digest> digests, CancellationToken cancellationToken)
    {
        var known = new HashSet<Sha256Digest>();
        await using (var catalog = catalogs.Open())
        {
            foreach (var part in digests.Select(digest => digest.ToString()).Chunk(500))
                known.UnionWith((await catalog.Layers.Where(row => part.Contains(row.Digest)).Select(row => row.Digest).ToListAsync(cancellationToken)).Select(Sha256Digest.Parse));
        }

        return await storage.FindAsync(known, cancellationToken);
    }

    public Task<IReadOnlySet<Sha256Digest>> FindAsync(IReadOnlyCollection<LayerReference> layers, CancellationToken cancellationToken) =>
        FindAsync([.. layers.Select(layer => layer.Digest)], cancellationToken);

    public async Task<LayerContent?> OpenAsync(LayerReference layer, CancellationToken cancellationToken) =>
        await storage.OpenAsync(layer.Digest, cancellationToken) is { } packed ? new(packed, packed.Length) : null;

    /// <summary>The packed archive, which can be read from any place in it; null when it is not here.</summary>
    public Task<Stream?> OpenAsync(Sha256Digest digest, CancellationToken cancellationToken) => storage.OpenAsync(digest, cancellationToken);

    /// <summary>An address at which a client gets the packed archive itself; null where it gets it from here.</summary>
    public Task<Uri?> LinkAsync(Sha256Digest digest, bool isHead) => storage.LinkAsync(digest, isHead);

    /// <summary>Packs a layer of the store and puts it here, unless it is here.</summary>
    /// <exception cref="DiagnosticException">The layer is damaged, or the storage fails.</exception>
    public async Task AddAsync(LayerReference reference, Layer layer, string? owner, CancellationToken cancellationToken)
    {
        if ((await FindAsync([reference.Digest], cancellationToken)).Count > 0)
        {
            // It will be needed: nobody takes it out before the environment that needs it is there.
            if (await NoteAsync(reference.Digest, reference.Size, owner, cancellationToken))
                return;
        }

        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            await AddArchiveAsync(reference, layer, cancellationToken);
            if (await NoteAsync(reference.Digest, reference.Size, owner, cancellationToken))
                return;
        }

        throw Vanished(reference.Digest);
    }

    private async Task AddArchiveAsync(LayerReference reference, Layer layer, CancellationToken cancellationToken) =>
        await storage.AddAsync(
            reference.Digest,
            async packed =>
            {
                var (digest, _) = await LayerArchive.WriteAsync(layer, packed, cancellationToken);
                return digest == reference.Digest ? digest : throw new DiagnosticException(ExitCode.Integrity, Diagnostic.Error(
                    ServerCodes.Storage, $"{reference} is sha256:{digest} in this worker's store, and sha256:{reference.Digest} is asked for."));
            },
            cancellationToken);

    /// <summary>Takes an archive in, packed or not, and holds it against its digest as it comes; nothing of a wrong one is kept.</summary>
    /// <exception cref="LayerUploadException">It is not that layer, cannot be unpacked, or is too large.</exception>
    public async Task PutAsync(Sha256Digest digest, Stream body, string? owner, CancellationToken cancellationToken)
    {
        var size = await storage.AddAsync(digest, packed => new LayerUpload(digest, settings.LayerBytes).CopyAsync(body, packed, cancellationToken), cancellationToken);
        if (!await NoteAsync(digest, size, owner, cancellationToken))
            throw Vanished(digest);
    }

    private static DiagnosticException Vanished(Sha256Digest digest) => new(ExitCode.Integrity, Diagnostic.Error(
        ServerCodes.Storage, $"The layer sha256:{digest} was taken out of the store as soon as it was there.", remedy: "See who else removes from it; then ask again."));

    /// <summary>Writes the row of a layer that was put here.</summary>
    /// <returns>Whether the bytes are still here, as garbage may have been collected at this moment. From now on they stay for the lease.</returns>
    private async Task<bool> NoteAsync(Sha256Digest digest, long size, string? owner, CancellationToken cancellationToken)
    {
        var (hex, now) = (digest.ToString(), clock.GetUtcNow().ToUnixTimeMilliseconds());
        await using var catalog = catalogs.Open();
        await catalog.Database.ExecuteSqlAsync(
            $"INSERT INTO layers (digest, size, made, used, owner) VALUES ({hex}, {size}, {now}, {now}, {owner}) ON CONFLICT (digest) DO UPDATE SET used = {now}", cancellationToken);
        return (await storage.FindAsync([digest], cancellationToken)).Count > 0;
    }
}
