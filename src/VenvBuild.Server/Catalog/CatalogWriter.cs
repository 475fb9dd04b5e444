using Microsoft.EntityFrameworkCore;
using VenvBuild.Packaging;
using VenvBuild.Resolver;

namespace VenvBuild.Server;

/// <summary>Brings releases, files and dependencies into the catalog. What is there stays as it is; what is new is added.</summary>
internal sealed class CatalogWriter(CatalogFactory catalogs)
{
    public async Task WriteAsync(Observation observation, CancellationToken cancellationToken)
    {
        await using var catalog = catalogs.Open();
        catalog.ChangeTracker.AutoDetectChangesEnabled = false;
        await using var transaction = await catalog.Database.BeginTransactionAsync(cancellationToken);
        var lists = observation.Lists.Where(list => list.Releases.Count > 0 && list.Releases.All(release => release.Files.All(file => !file.Url.IsFile))).ToList();
        var names = lists.Select(list => list.Name).Concat(observation.Metadata.SelectMany(read => read.Metadata.RequiresDist).Select(requirement => requirement.Name));
        var distributions = await DistributionsAsync(catalog, names, cancellationToken);
        foreach (var list in lists)
            await AddReleasesAsync(catalog, distributions[list.Name.Value], list, cancellationToken);
        var told = lists.Select(list => list.Name).ToHashSet();
        foreach (var (release, metadata) in observation.Metadata.Where(read => told.Contains(read.Release.Name)))
            await AddDependenciesAsync(catalog, distributions, release, metadata, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private static async Task<Dictionary<string, long>> DistributionsAsync(CatalogContext catalog, IEnumerable<PackageName> names, CancellationToken cancellationToken)
    {
        var wanted = names.Select(name => name.Value).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        var known = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var some in wanted.Chunk(500))
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

    private static async Task AddReleasesAsync(CatalogContext catalog, long distribution, ReleaseList list, CancellationToken cancellationToken)
    {
        var known = await catalog.Releases.Where(row => row.DistributionId == distribution).ToDictionaryAsync(row => (row.SortKey, row.Origin), cancellationToken);
        var added = new List<(CatalogRelease Row, Release Release)>();
        foreach (var release in list.Releases)
        {
            var isYanked = release.Files.All(file => file.IsYanked);
            if (known.TryGetValue((release.Version.SortKey, OriginOf(release)), out var row))
            {
                if (row.IsYanked != isYanked)
                {
                    row.IsYanked = isYanked;
                    catalog.Entry(row).State = EntityState.Modified;
                }

                continue;
            }

            row = new()
            {
                DistributionId = distribution,
                Origin = OriginOf(release),
                Version = release.Version.ToString(),
                SortKey = release.Version.SortKey,
                IsPreRelease = release.Version.IsPreRelease,
                IsYanked = isYanked,
            };
            added.Add((row, release));
        }

        catalog.Releases.AddRange(added.Select(pair => pair.Row));
        await catalog.SaveChangesAsync(cancellationToken);
        foreach (var (row, release) in added)
        {
            catalog.Files.AddRange(release.Files.Select(file => new CatalogFile
            {
                ReleaseId = row.Id,
                Name = file.FileName,
                Sha256 = file.Sha256?.ToString(),
                Size = file.Size,
                Url = file.Url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped),
            }));
        }

        await catalog.SaveChangesAsync(cancellationToken);
        catalog.ChangeTracker.Clear();
    }

    private static async Task AddDependenciesAsync(
        CatalogContext catalog, Dictionary<string, long> distributions, Release release, CoreMetadata metadata, CancellationToken cancellationToken)
    {
        var (distribution, origin, key) = (distributions[release.Name.Value], OriginOf(release), release.Version.SortKey);
        var row = await catalog.Releases.FirstOrDefaultAsync(row => row.DistributionId == distribution && row.SortKey == key && row.Origin == origin, cancellationToken);
        if (row is null or { HasMetadata: true })
            return;
        (row.HasMetadata, row.RequiresPython) = (true, metadata.RequiresPython?.ToString());
        catalog.Entry(row).State = EntityState.Modified;
        var dependencies = metadata.RequiresDist.Where(requirement => requirement.Url is null).Select(requirement => (requirement, Row: new Dependency
        {
            ReleaseId = row.Id,
            TargetId = distributions[requirement.Name.Value],
            Specifiers = requirement.Specifiers.ToString(),
            Marker = requirement.Marker?.ToString(),
            NeedsExtra = requirement.Marker?.ToString().Contains("extra", StringComparison.Ordinal) == true,
        })).ToList();
        catalog.Dependencies.AddRange(dependencies.Select(pair => pair.Row));
        await catalog.SaveChangesAsync(cancellationToken);
        foreach (var (requirement, dependency) in dependencies)
        {
            catalog.Ranges.AddRange(requirement.Specifiers.Set.SortKeyRanges.Select(range =>
                new DependencyRange { DependencyId = dependency.Id, FromKey = range.From, ToKey = range.To }));
        }

        await catalog.SaveChangesAsync(cancellationToken);
        catalog.ChangeTracker.Clear();
    }

    private static string OriginOf(Release release) => release.Index?.AbsoluteUri ?? "";
}
