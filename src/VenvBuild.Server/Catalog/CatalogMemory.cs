using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using VenvBuild.Index;
using VenvBuild.Packaging;

namespace VenvBuild.Server;

/// <summary>
/// The catalog as what a solve asks before the indexes, for as long as each index's answers count as fresh; one for each solve. It keeps
/// what the solve learnt besides, for the catalog. Where the database does not answer, the indexes do.
/// </summary>
internal sealed class CatalogMemory(CatalogFactory catalogs, IndexPolicy policy, TimeProvider clock, ServerMetrics metrics) : IIndexMemory
{
    // Whoever has just published a first release does not want to wait for it.
    private static readonly TimeSpan AbsentFreshness = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<(Uri Origin, PackageName Name), SeenPage> _pages = new();
    private readonly ConcurrentDictionary<string, SeenMetadata> _metadata = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<PackageName, Lazy<Task<Dictionary<string, byte[]>>>> _known = new();
    private readonly Lock _lock = new();
    private DateTimeOffset _freshUntil = DateTimeOffset.MaxValue;

    /// <summary>How long all that was remembered counts as fresh.</summary>
    public DateTimeOffset FreshUntil
    {
        get
        {
            lock (_lock)
                return _freshUntil;
        }
    }

    public Observation ToObservation() => new([.. _pages.Values], [.. _metadata.Values]);

    public async ValueTask<IndexPage?> FindPageAsync(IndexLocation index, PackageName name, CancellationToken cancellationToken)
    {
        var freshness = policy.FreshnessOf(index.Url);
        if (freshness <= TimeSpan.Zero)
            return null;
        try
        {
            var origin = index.Url.AbsoluteUri;
            await using var catalog = catalogs.Open();
            var row = await (from page in catalog.Pages.AsNoTracking()
                             join distribution in catalog.Distributions on page.DistributionId equals distribution.Id
                             where distribution.Name == name.Value && page.Origin == origin
                             select page).FirstOrDefaultAsync(cancellationToken);
            if (row is null)
                return null;
            var until = DateTimeOffset.FromUnixTimeMilliseconds(row.Checked) + (row.IsAbsent && freshness > AbsentFreshness ? AbsentFreshness : freshness);
            if (until <= clock.GetUtcNow())
                return null;
            var files = row.IsAbsent ? [] : await FilesAsync(catalog, row, name, cancellationToken);
            if (files is null)
                return null;
            lock (_lock)
                _freshUntil = until < _freshUntil ? until : _freshUntil;
            metrics.Asked("page", "catalog");
            return new(row.IsAbsent, row.Status, row.StatusReason, files);
        }
        catch (Exception e) when (CatalogFactory.IsDatabase(e))
        {
            return null;
        }
    }

    public async ValueTask<ReadOnlyMemory<byte>?> FindMetadataAsync(IndexFile file, CancellationToken cancellationToken)
    {
        // All of a project at once: a solve that asks for one release asks for others.
        var known = await _known.GetOrAdd(file.Name, name => new(() => MetadataAsync(name))).Value.WaitAsync(cancellationToken);
        if (!known.TryGetValue(KeyOf(file), out var content))
            return null;
        metrics.Asked("metadata", "catalog");
        return content;
    }

    public void NotePage(IndexLocation index, PackageName name, IndexPage page, bool isConfirmed)
    {
        metrics.Asked("page", isConfirmed ? "index" : "cache");
        _pages[(index.Url, name)] = new(index.Url, name, page, isConfirmed ? clock.GetUtcNow().ToUnixTimeMilliseconds() : 0);
    }

    public void NoteMetadata(IndexFile file, ReadOnlyMemory<byte> content, bool isConfirmed)
    {
        metrics.Asked("metadata", isConfirmed ? "index" : "cache");
        _metadata[KeyOf(file)] = new(file, content);
    }

    /// <summary>The key of a file's metadata: by address and digest, so that what one index says of a wheel does not speak for another's.</summary>
    public static string KeyOf(IndexFile file) => CacheFolder.KeyOf(file.Url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped), file.Sha256.ToString()!);

    private static async Task<List<IndexFile>?> FilesAsync(CatalogContext catalog, CatalogPage page, PackageName name, CancellationToken cancellationToken)
    {
        var rows = await (from file in catalog.Files.AsNoTracking()
                          join release in catalog.Releases on file.ReleaseId equals release.Id
                          where release.DistributionId == page.DistributionId && release.Origin == page.Origin
                          select file).ToListAsync(cancellationToken);
        rows.Sort((one, other) => one.Position.CompareTo(other.Position));
        var files = new List<IndexFile>(rows.Count);
        foreach (var row in rows)
        {
            if (CatalogFileText.ToFile(row, name) is not { } file)
                return null;
            files.Add(file);
        }

        return files;
    }

    private async Task<Dictionary<string, byte[]>> MetadataAsync(PackageName name)
    {
        try
        {
            await using var catalog = catalogs.Open();
            var rows = await (from metadata in catalog.Metadata.AsNoTracking()
                              join distribution in catalog.Distributions on metadata.DistributionId equals distribution.Id
                              where distribution.Name == name.Value
                              select metadata).ToListAsync();
            return rows.ToDictionary(row => row.Key, row => row.Content, StringComparer.Ordinal);
        }
        catch (Exception e) when (CatalogFactory.IsDatabase(e))
        {
            return [];
        }
    }
}
