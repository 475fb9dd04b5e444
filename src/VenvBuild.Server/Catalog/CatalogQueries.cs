using System.Data.Common;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using VenvBuild.Packaging;

namespace VenvBuild.Server;

/// <summary>
/// Questions that the database answers by itself, with the same text on both: what a release would pull in, who depends on a project, which
/// version is the newest that a specifier takes.
/// </summary>
internal sealed class CatalogQueries(CatalogFactory catalogs)
{
    // Specifiers of people have a handful of ranges; each is two parameters.
    private const int MaxRanges = 200;
    private const int MaxRows = 1_000;

    /// <summary>
    /// Of the releases that each step needs, the newest that every range admits, finals first; requirements of extras are left out, markers
    /// are not looked at: it is what could be pulled in on any platform.
    /// </summary>
    internal const string ClosureSql =
        """
        WITH RECURSIVE closure(id) AS (
            SELECT CAST(@root AS bigint)
            UNION
            SELECT COALESCE(
                (SELECT r.id FROM dependency_ranges g
                    JOIN releases r ON r.distribution_id = d.target_id AND r.sort_key >= g.from_key AND r.sort_key < g.to_key
                    WHERE g.dependency_id = d.id AND NOT r.is_yanked AND NOT r.is_pre_release ORDER BY r.sort_key DESC LIMIT 1),
                (SELECT r.id FROM dependency_ranges g
                    JOIN releases r ON r.distribution_id = d.target_id AND r.sort_key >= g.from_key AND r.sort_key < g.to_key
                    WHERE g.dependency_id = d.id AND NOT r.is_yanked ORDER BY r.sort_key DESC LIMIT 1))
            FROM closure c JOIN dependencies d ON d.release_id = c.id AND NOT d.needs_extra
        )
        SELECT n.name, r.version, r.has_metadata FROM closure c JOIN releases r ON r.id = c.id JOIN distributions n ON n.id = r.distribution_id
        ORDER BY n.name, r.sort_key
        """;

    /// <summary>What a release would pull in, itself included; null when it is not known.</summary>
    public async Task<IReadOnlyList<PulledRelease>?> ClosureAsync(PackageName name, PackageVersion version, CancellationToken cancellationToken)
    {
        await using var catalog = catalogs.Open();
        var root = await (from release in catalog.Releases
                          join distribution in catalog.Distributions on release.DistributionId equals distribution.Id
                          where distribution.Name == name.Value && release.SortKey == version.SortKey
                          orderby release.HasMetadata descending, release.Id
                          select (long?)release.Id).FirstOrDefaultAsync(cancellationToken);
        return root is null
            ? null
            : await ReadAsync(catalog, ClosureSql, [("@root", root)], row => new PulledRelease(row.GetString(0), row.GetString(1), row.GetBoolean(2)), cancellationToken);
    }

    /// <summary>The newest version that a specifier takes: a final, unless it names a pre-release or takes no final; null for none.</summary>
    public async Task<string?> NewestAsync(PackageName name, VersionSpecifiers specifiers, CancellationToken cancellationToken)
    {
        var ranges = specifiers.Set.SortKeyRanges.Take(MaxRanges).ToList();
        if (ranges.Count == 0)
            return null;
        var parameters = new List<(string, object?)> { ("@name", name.Value) };
        var within = Within("r.sort_key", ranges, parameters);
        var sql = $"""
            SELECT r.version FROM releases r JOIN distributions n ON n.id = r.distribution_id
            WHERE n.name = @name AND NOT r.is_yanked AND ({within})
            ORDER BY {(specifiers.NamesPreRelease ? "" : "r.is_pre_release, ")}r.sort_key DESC LIMIT 1
            """;
        await using var catalog = catalogs.Open();
        return (await ReadAsync(catalog, sql, parameters, row => row.GetString(0), cancellationToken)).FirstOrDefault();
    }

    /// <summary>The releases whose requirements name a project, newest of each first, and the locks that hold it in versions of a set.</summary>
    public async Task<Dependents> DependentsAsync(PackageName name, VersionSpecifiers specifiers, CancellationToken cancellationToken)
    {
        await using var catalog = catalogs.Open();
        var releases = await (from dependency in catalog.Dependencies
                              join target in catalog.Distributions on dependency.TargetId equals target.Id
                              join release in catalog.Releases on dependency.ReleaseId equals release.Id
                              join distribution in catalog.Distributions on release.DistributionId equals distribution.Id
                              where target.Name == name.Value
                              orderby distribution.Name, release.SortKey descending
                              select new DependentRelease(distribution.Name, release.Version, dependency.Specifiers, dependency.Marker))
            .Take(MaxRows).ToListAsync(cancellationToken);
        var ranges = specifiers.Set.SortKeyRanges.Take(MaxRanges).ToList();
        if (ranges.Count == 0)
            return new(releases, []);
        var parameters = new List<(string, object?)> { ("@name", name.Value) };
        var locks = await ReadAsync(
            catalog,
            $"SELECT p.lock_digest, p.version FROM lock_pins p WHERE p.name = @name AND ({Within("p.sort_key", ranges, parameters)}) ORDER BY p.lock_digest, p.sort_key LIMIT {MaxRows}",
            parameters,
            row => new DependentLock($"sha256:{row.GetString(0)}", row.GetString(1)),
            cancellationToken);
        return new(releases, locks);
    }

    private static string Within(string column, List<(string From, string To)> ranges, List<(string, object?)> parameters)
    {
        var clauses = new List<string>();
        foreach (var (from, to) in ranges)
        {
            var number = clauses.Count.ToString(CultureInfo.InvariantCulture);
            clauses.Add($"({column} >= @from{number} AND {column} < @to{number})");
            parameters.Add(($"@from{number}", from));
            parameters.Add(($"@to{number}", to));
        }

        return string.Join(" OR ", clauses);
    }

    private static async Task<List<T>> ReadAsync<T>(
        CatalogContext catalog, string sql, IReadOnlyList<(string Name, object? Value)> parameters, Func<DbDataReader, T> read, CancellationToken cancellationToken)
    {
        await catalog.Database.OpenConnectionAsync(cancellationToken);
        await using var command = catalog.Database.GetDbConnection().CreateCommand();
#pragma warning disable CA2100 // The text is made of constants and parameters' names.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var (name, value) in parameters)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            command.Parameters.Add(parameter);
        }

        var rows = new List<T>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            rows.Add(read(reader));
        return rows;
    }
}
