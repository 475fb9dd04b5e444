using Microsoft.EntityFrameworkCore;
using VenvBuild.Packaging;

namespace VenvBuild.Server;

/// <summary>What lists and overviews on pages ask the database.</summary>
internal sealed class SiteQueries(CatalogFactory catalogs)
{
    private const int MaxRanges = 50;
    private const int MaxUsers = 200;

    /// <summary>What there is, and what is under way.</summary>
    public async Task<Overview> OverviewAsync(CancellationToken cancellationToken)
    {
        await using var catalog = catalogs.Open();
        var states = await catalog.Builds.GroupBy(build => build.State).Select(group => new { State = group.Key, Count = group.Count() }).ToListAsync(cancellationToken);
        return new(
            await catalog.Environments.CountAsync(cancellationToken),
            await catalog.Locks.CountAsync(cancellationToken),
            await catalog.Distributions.CountAsync(cancellationToken),
            await catalog.Subscriptions.CountAsync(cancellationToken),
            await catalog.Layers.CountAsync(cancellationToken),
            await catalog.Layers.SumAsync(layer => layer.Size, cancellationToken),
            states.ToDictionary(state => state.State, state => state.Count),
            await catalog.Builds.Where(build => build.State == BuildState.Queued).MinAsync(build => (long?)build.Asked, cancellationToken),
            await catalog.Builds.AsNoTracking().OrderByDescending(build => build.Changed).Take(8).ToListAsync(cancellationToken));
    }

    /// <summary>Environments, the newest first.</summary>
    /// <param name="package">A distribution that they hold, in versions of a set; null for any.</param>
    /// <param name="platform">The runtime identifier; null for any.</param>
    /// <param name="python">The minor; null for any.</param>
    /// <param name="page">The page, from 1.</param>
    /// <param name="cancellationToken">Stops the query.</param>
    public async Task<(int Total, IReadOnlyList<EnvironmentRow> Rows)> EnvironmentsAsync(
        (PackageName Name, VersionSpecifiers Specifiers)? package, string? platform, string? python, int page, CancellationToken cancellationToken)
    {
        await using var catalog = catalogs.Open();
        var found = catalog.Environments.AsNoTracking();
        if (platform is not null)
            found = found.Where(row => row.Platform == platform);
        if (python is not null)
            found = found.Where(row => row.Python == python);
        if (package is var (name, specifiers))
        {
            var holders = Holders(catalog, name.Value, specifiers);
            found = found.Where(row => holders.Contains(row.Key));
        }

        var total = await found.CountAsync(cancellationToken);
        var rows = await found.OrderByDescending(row => row.Made).ThenBy(row => row.Key).Skip((page - 1) * Pager.Size).Take(Pager.Size)
            .Select(row => new EnvironmentRow(row.Key, row.Platform, row.Python, row.LockDigest, row.Packages, row.Size, row.Made)).ToListAsync(cancellationToken);
        return (total, rows);
    }

    /// <summary>The platforms and Pythons of all environments.</summary>
    public async Task<(IReadOnlyList<string> Platforms, IReadOnlyList<string> Pythons)> TargetsAsync(CancellationToken cancellationToken)
    {
        await using var catalog = catalogs.Open();
        var pairs = await catalog.Environments.Where(row => row.Platform != "").Select(row => new { row.Platform, row.Python }).Distinct().ToListAsync(cancellationToken);
        return (
            [.. pairs.Select(pair => pair.Platform).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
            [.. pairs.Select(pair => pair.Python).Distinct(StringComparer.Ordinal).OrderBy(python => python.TrimEnd('t') is var minor && PythonMinor.TryParse(minor, out var parsed) ? parsed : default).ThenBy(python => python, StringComparer.Ordinal)]);
    }

    public async Task<EnvironmentRow?> EnvironmentAsync(string key, CancellationToken cancellationToken)
    {
        await using var catalog = catalogs.Open();
        return await catalog.Environments.Where(row => row.Key == key)
            .Select(row => new EnvironmentRow(row.Key, row.Platform, row.Python, row.LockDigest, row.Packages, row.Size, row.Made)).FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>The builds that made an environment, those with checks too.</summary>
    public async Task<IReadOnlyList<Build>> BuildsOfAsync(string environment, CancellationToken cancellationToken)
    {
        await using var catalog = catalogs.Open();
        return await catalog.Builds.AsNoTracking().Where(build => build.EnvironmentKey == environment).OrderByDescending(build => build.Changed).Take(20).ToListAsync(cancellationToken);
    }

    /// <summary>Builds, what changed last first.</summary>
    public async Task<(int Total, IReadOnlyList<Build> Rows)> BuildsAsync(BuildState? state, int page, CancellationToken cancellationToken)
    {
        await using var catalog = catalogs.Open();
        var found = state is { } wanted ? catalog.Builds.AsNoTracking().Where(build => build.State == wanted) : catalog.Builds.AsNoTracking();
        return (
            await found.CountAsync(cancellationToken),
            await found.OrderByDescending(build => build.Changed).ThenBy(build => build.Key).Skip((page - 1) * Pager.Size).Take(Pager.Size).ToListAsync(cancellationToken));
    }

    /// <summary>Locks, the newest first.</summary>
    public async Task<(int Total, IReadOnlyList<LockRow> Rows)> LocksAsync(PackageName? package, int page, CancellationToken cancellationToken)
    {
        await using var catalog = catalogs.Open();
        var found = catalog.Locks.AsQueryable();
        if (package?.Value is { } name)
            found = found.Where(row => catalog.Pins.Any(pin => pin.LockDigest == row.Digest && pin.Name == name));
        var rows = found.OrderByDescending(row => row.Made).ThenBy(row => row.Digest).Skip((page - 1) * Pager.Size).Take(Pager.Size);
        return (await found.CountAsync(cancellationToken), await LockRowsAsync(catalog, rows, cancellationToken));
    }

    /// <summary>What leads on from a lock: its environments, builds and grids.</summary>
    public async Task<LockUse> LockUseAsync(string digest, CancellationToken cancellationToken)
    {
        await using var catalog = catalogs.Open();
        return new(
            await catalog.Locks.Where(row => row.Digest == digest).Select(row => row.Made).FirstOrDefaultAsync(cancellationToken),
            await catalog.Builds.AsNoTracking().Where(build => build.LockDigest == digest).OrderByDescending(build => build.Changed).Take(50).ToListAsync(cancellationToken),
            await catalog.Grids.AsNoTracking().Where(grid => grid.LockDigest == digest).OrderByDescending(grid => grid.Asked).Take(20).ToListAsync(cancellationToken),
            await LockRowsAsync(catalog, catalog.Locks.Where(row => row.Digest != digest).OrderByDescending(row => row.Made).Take(50), cancellationToken));
    }

    /// <summary>Projects whose names hold a text, with how many known releases each has.</summary>
    public async Task<(int Total, IReadOnlyList<PackageRow> Rows)> PackagesAsync(string? text, int page, CancellationToken cancellationToken)
    {
        await using var catalog = catalogs.Open();
        var found = text is null ? catalog.Distributions.AsNoTracking() : catalog.Distributions.AsNoTracking().Where(row => row.Name.Contains(text));
        // What was asked for itself, before what has it in its name.
        var rows = await found.OrderByDescending(row => row.Name == text).ThenBy(row => row.Name).Skip((page - 1) * Pager.Size).Take(Pager.Size)
            .Select(row => new PackageRow(
                row.Name,
                catalog.Releases.Where(release => release.DistributionId == row.Id).Select(release => release.SortKey).Distinct().Count(),
                catalog.Releases.Where(release => release.DistributionId == row.Id && !release.IsYanked).OrderBy(release => release.IsPreRelease).ThenByDescending(release => release.SortKey)
                    .Select(release => release.Version).FirstOrDefault(),
                catalog.EnvironmentPackages.Count(package => package.Name == row.Name)))
            .ToListAsync(cancellationToken);
        return (await found.CountAsync(cancellationToken), rows);
    }

    /// <summary>A project: its releases, the newest first, and who holds it.</summary>
    public async Task<PackageUse> PackageAsync(PackageName name, VersionSpecifiers specifiers, CancellationToken cancellationToken)
    {
        await using var catalog = catalogs.Open();
        var releases = await (from release in catalog.Releases
                              join distribution in catalog.Distributions on release.DistributionId equals distribution.Id
                              where distribution.Name == name.Value
                              orderby release.SortKey descending, release.Origin
                              select new ReleaseRow(release.Version, release.Origin, release.IsYanked, release.RequiresPython, release.HasMetadata)).Take(300).ToListAsync(cancellationToken);
        var holders = Holders(catalog, name.Value, specifiers);
        var environments = await (from stored in catalog.Environments
                                  join package in catalog.EnvironmentPackages on stored.Key equals package.EnvironmentKey
                                  where package.Name == name.Value && holders.Contains(stored.Key)
                                  orderby stored.Made descending, stored.Key
                                  select new HolderRow(stored.Key, stored.LockDigest, package.Version, stored.Platform, stored.Python, stored.Made)).Take(MaxUsers).ToListAsync(cancellationToken);
        return new(releases, environments);
    }

    /// <summary>The keys of environments that hold a project in a set of versions.</summary>
    private static IQueryable<string> Holders(CatalogContext catalog, string name, VersionSpecifiers specifiers)
    {
        var all = catalog.EnvironmentPackages.Where(package => package.Name == name);
        if (specifiers.ToString().Length == 0)
            return all.Select(package => package.EnvironmentKey);
        return specifiers.Set.SortKeyRanges.Take(MaxRanges)
            .Select(range => all.Where(package => string.Compare(package.SortKey, range.From) >= 0 && string.Compare(package.SortKey, range.To) < 0).Select(package => package.EnvironmentKey))
            .Aggregate(all.Where(_ => false).Select(package => package.EnvironmentKey), (some, more) => some.Union(more));
    }

    private static Task<List<LockRow>> LockRowsAsync(CatalogContext catalog, IQueryable<StoredLock> locks, CancellationToken cancellationToken) =>
        locks.Select(row => new LockRow(row.Digest, row.Made, catalog.Pins.Count(pin => pin.LockDigest == row.Digest), catalog.Environments.Count(made => made.LockDigest == row.Digest)))
            .ToListAsync(cancellationToken);
}
