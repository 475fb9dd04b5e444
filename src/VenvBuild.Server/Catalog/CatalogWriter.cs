using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using VenvBuild.Packaging;

namespace VenvBuild.Server;

/// <summary>Brings what indexes say into the catalog: what is new is added, what has changed is changed, what is gone is removed.</summary>
internal sealed class CatalogWriter(CatalogFactory catalogs)
{
    private const int RowsAtOnce = 500;

    public async Task WriteAsync(Observation observation, CancellationToken cancellationToken)
    {
        await using var catalog = catalogs.Open();
        catalog.ChangeTracker.AutoDetectChangesEnabled = false;
        var distributions = await DistributionsAsync(
            catalog, observation.Pages.Select(page => page.Name).Concat(observation.Metadata.Select(seen => seen.File.Name)), cancellationToken);
        // Each in a transaction of its own: others write too, and on SQLite they wait.
        foreach (var page in observation.Pages)
            await WritePageAsync(catalog, page, distributions[page.Name.Value], cancellationToken);
        foreach (var project in observation.Metadata.GroupBy(seen => seen.File.Name))
            await WriteMetadataAsync(catalog, project.Key, [.. project], distributions[project.Key.Value], cancellationToken);
    }

    private static async Task<Dictionary<string, long>> DistributionsAsync(CatalogContext catalog, IEnumerable<PackageName> names, CancellationToken cancellationToken)
    {
        var wanted = names.Select(name => name.Value).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        var known = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var some in wanted.Chunk(RowsAtOnce))
        {
            foreach (var row in await catalog.Distributions.AsNoTracking().Where(row => some.Contains(row.Name)).ToListAsync(cancellationToken))
                known[row.Name] = row.Id;
        }

        var rows = wanted.Where(name => !known.ContainsKey(name)).Select(name => new Distribution { Name = name }).ToList();
        catalog.Distributions.AddRange(rows);
        await catalog.SaveChangesAsync(cancellationToken);
        foreach (var row in rows)
            known[row.Name] = row.Id;
        catalog.ChangeTracker.Clear();
        return known;
    }

    private static async Task WritePageAsync(CatalogContext catalog, SeenPage seen, long distribution, CancellationToken cancellationToken)
    {
        var origin = seen.Origin.AbsoluteUri;
        var row = await catalog.Pages.AsNoTracking().FirstOrDefaultAsync(page => page.Origin == origin && page.DistributionId == distribution, cancellationToken);
        if (row is not null && seen.Checked <= row.Checked)
            return;
        var page = seen.Page;
        await using var transaction = await catalog.Database.BeginTransactionAsync(cancellationToken);
        var digest = DigestOf(page.Files);
        if (row?.Digest != digest)
            await WriteReleasesAsync(catalog, origin, distribution, page.Files, cancellationToken);
        var written = new CatalogPage
        {
            Origin = origin,
            DistributionId = distribution,
            Checked = seen.Checked,
            IsAbsent = page.IsAbsent,
            Status = page.Status,
            StatusReason = page.StatusReason,
            Digest = digest,
        };
        // What cannot be kept whole must not answer in the index's place.
        if (page.Files.All(CatalogFileText.CanKeep))
            catalog.Entry(written).State = row is null ? EntityState.Added : EntityState.Modified;
        else if (row is not null)
            catalog.Entry(written).State = EntityState.Deleted;
        await catalog.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        catalog.ChangeTracker.Clear();
    }

    private static async Task WriteReleasesAsync(CatalogContext catalog, string origin, long distribution, IReadOnlyList<IndexFile> files, CancellationToken cancellationToken)
    {
        var releases = await catalog.Releases.AsNoTracking().Where(row => row.DistributionId == distribution && row.Origin == origin)
            .ToDictionaryAsync(row => row.SortKey, StringComparer.Ordinal, cancellationToken);
        var known = (await (from file in catalog.Files.AsNoTracking()
                            join release in catalog.Releases on file.ReleaseId equals release.Id
                            where release.DistributionId == distribution && release.Origin == origin
                            select file).ToListAsync(cancellationToken)).ToLookup(file => file.ReleaseId);
        var groups = files.GroupBy(file => file.Version.SortKey, StringComparer.Ordinal).ToList();
        var gone = releases.Keys.Except(groups.Select(group => group.Key), StringComparer.Ordinal).Select(key => releases[key].Id).ToList();
        foreach (var some in gone.Chunk(RowsAtOnce))
            await RemoveAsync(catalog, some, cancellationToken);

        var added = new List<CatalogRelease>();
        foreach (var group in groups)
        {
            var isYanked = group.All(file => file.IsYanked);
            if (!releases.TryGetValue(group.Key, out var row))
            {
                var version = group.First().Version;
                row = releases[group.Key] = new()
                {
                    DistributionId = distribution,
                    Origin = origin,
                    Version = version.ToString(),
                    SortKey = group.Key,
                    IsPreRelease = version.IsPreRelease,
                    IsYanked = isYanked,
                };
                added.Add(row);
            }
            else if (row.IsYanked != isYanked)
            {
                row.IsYanked = isYanked;
                catalog.Entry(row).State = EntityState.Modified;
            }
        }

        catalog.Releases.AddRange(added);
        await catalog.SaveChangesAsync(cancellationToken);
        foreach (var group in groups)
        {
            var release = releases[group.Key].Id;
            var stale = known[release].ToDictionary(file => (file.Name, file.Position));
            foreach (var row in group.Select((file, i) => CatalogFileText.ToRow(file, release, i)))
            {
                if (stale.TryGetValue((row.Name, row.Position), out var same) && CatalogFileText.IsSame(same, row))
                    stale.Remove((row.Name, row.Position));
                else
                    catalog.Files.Add(row);
            }

            catalog.Files.RemoveRange(stale.Values);
        }

        await catalog.SaveChangesAsync(cancellationToken);
        catalog.ChangeTracker.Clear();
    }

    private static async Task RemoveAsync(CatalogContext catalog, long[] releases, CancellationToken cancellationToken)
    {
        await catalog.Ranges.Where(range => catalog.Dependencies.Any(row => row.Id == range.DependencyId && releases.Contains(row.ReleaseId))).ExecuteDeleteAsync(cancellationToken);
        await catalog.Dependencies.Where(row => releases.Contains(row.ReleaseId)).ExecuteDeleteAsync(cancellationToken);
        await catalog.Files.Where(row => releases.Contains(row.ReleaseId)).ExecuteDeleteAsync(cancellationToken);
        await catalog.Releases.Where(row => releases.Contains(row.Id)).ExecuteDeleteAsync(cancellationToken);
    }

    private static async Task WriteMetadataAsync(CatalogContext catalog, PackageName name, IReadOnlyList<SeenMetadata> seen, long distribution, CancellationToken cancellationToken)
    {
        var keys = seen.Select(read => CatalogMemory.KeyOf(read.File)).ToList();
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (var some in keys.Chunk(RowsAtOnce))
            known.UnionWith(await catalog.Metadata.Where(row => some.Contains(row.Key)).Select(row => row.Key).ToListAsync(cancellationToken));
        var news = seen.Where((_, i) => !known.Contains(keys[i])).ToList();
        if (news.Count == 0)
            return;
        await using var transaction = await catalog.Database.BeginTransactionAsync(cancellationToken);
        catalog.Metadata.AddRange(news.Select(read => new FileMetadata
        {
            Key = CatalogMemory.KeyOf(read.File),
            DistributionId = distribution,
            Content = read.Content.ToArray(),
        }));
        await catalog.SaveChangesAsync(cancellationToken);
        catalog.ChangeTracker.Clear();
        await WriteDependenciesAsync(catalog, name, news, distribution, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>What releases need, by the first of their files whose metadata was read.</summary>
    private static async Task WriteDependenciesAsync(
        CatalogContext catalog, PackageName name, IReadOnlyList<SeenMetadata> news, long distribution, CancellationToken cancellationToken)
    {
        var read = news.Select(seen => (seen.File, Metadata: Parse(seen.Content.Span))).Where(pair => pair.Metadata is not null && pair.Metadata.Name == name).ToList();
        var targets = await DistributionsAsync(catalog, read.SelectMany(pair => pair.Metadata!.RequiresDist).Select(requirement => requirement.Name), cancellationToken);
        var pending = new List<(Requirement Requirement, Dependency Row)>();
        var done = new HashSet<long>();
        foreach (var (file, metadata) in read)
        {
            var (key, sha) = (file.Version.SortKey, file.Sha256.ToString());
            var rows = await (from release in catalog.Releases.AsNoTracking()
                              where release.DistributionId == distribution && release.SortKey == key && !release.HasMetadata
                                  && catalog.Files.Any(other => other.ReleaseId == release.Id && other.Sha256 == sha && other.Name == file.FileName)
                              select release).ToListAsync(cancellationToken);
            foreach (var row in rows.Where(row => done.Add(row.Id)))
            {
                (row.HasMetadata, row.RequiresPython) = (true, metadata!.RequiresPython?.ToString());
                catalog.Entry(row).State = EntityState.Modified;
                pending.AddRange(metadata.RequiresDist.Where(requirement => requirement.Url is null).Select(requirement => (requirement, new Dependency
                {
                    ReleaseId = row.Id,
                    TargetId = targets[requirement.Name.Value],
                    Specifiers = requirement.Specifiers.ToString(),
                    Marker = requirement.Marker?.ToString(),
                    NeedsExtra = requirement.Marker?.ToString().Contains("extra", StringComparison.Ordinal) == true,
                })));
            }
        }

        catalog.Dependencies.AddRange(pending.Select(pair => pair.Row));
        await catalog.SaveChangesAsync(cancellationToken);
        foreach (var (requirement, dependency) in pending)
        {
            catalog.Ranges.AddRange(requirement.Specifiers.Set.SortKeyRanges.Select(range =>
                new DependencyRange { DependencyId = dependency.Id, FromKey = range.From, ToKey = range.To }));
        }

        await catalog.SaveChangesAsync(cancellationToken);
        catalog.ChangeTracker.Clear();
    }

    private static CoreMetadata? Parse(ReadOnlySpan<byte> content)
    {
        try
        {
            return content is [(byte)'!', ..] ? null : CoreMetadata.Parse(content);
        }
        catch (PackagingFormatException)
        {
            return null;
        }
    }

    private static string DigestOf(IReadOnlyList<IndexFile> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in files)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(FormattableString.Invariant(
                $"{file.FileName}\n{file.Address}\n{file.Sha256}\n{file.Size}\n{file.RequiresPython}\n{file.UploadTime?.UtcTicks}\n{file.IsYanked}\n{file.YankedReason?.ReplaceLineEndings(" ")}\n{file.HasCoreMetadata}\n{file.CoreMetadataSha256}\n\n")));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
