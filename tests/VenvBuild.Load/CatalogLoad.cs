using System.Diagnostics;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using VenvBuild.Packaging;
using VenvBuild.Server;
using VenvBuild.Server.Tests;
using VenvBuild.Testing;

namespace VenvBuild.Load;

/// <summary>How long closures take in a small catalog and in a large one.</summary>
internal static class CatalogLoad
{
    private const int Small = 10_000, Samples = 400;

    public static async Task RunAsync(LoadOptions options, CancellationToken cancellationToken)
    {
        Console.WriteLine("| database | releases | filled in, s | closure p50, ms | p99, ms | rows, mean | newest p50, ms | p99, ms |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|");
        var plans = new List<string>();
        await using var cluster = await PostgresCluster.StartAsync();
        foreach (var isPostgres in new[] { false, true })
        {
            var p99 = new List<double>();
            foreach (var releases in new[] { Small, options.Releases })
            {
                using var folder = new TestFolder();
                var settings = new ServerSettings { Data = folder.Path, Postgres = isPostgres ? await DatabaseAsync(cluster, releases) : null };
                p99.Add(await MeasureAsync(settings, releases, plans, cancellationToken));
                Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
            }

            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {(isPostgres ? "PostgreSQL" : "SQLite")}: p99 of the large : of the small | {p99[1] / p99[0]:F2} | | | | | | |"));
        }

        Console.WriteLine();
        foreach (var plan in plans)
            Console.WriteLine(plan);
    }

    private static async Task<double> MeasureAsync(ServerSettings settings, int releases, List<string> plans, CancellationToken cancellationToken)
    {
        var catalogs = new CatalogFactory(settings);
        await catalogs.PrepareAsync(cancellationToken);
        var filling = Stopwatch.StartNew();
        await new CatalogGenerator(catalogs).FillAsync(releases, cancellationToken);
        await using (var catalog = catalogs.Open())
            await catalog.Database.ExecuteSqlRawAsync("ANALYZE", cancellationToken);
        var filled = filling.Elapsed.TotalSeconds;
        var queries = new CatalogQueries(catalogs);
        await ClosuresAsync(queries, CatalogGenerator.Roots(releases, Samples * 2, seed: 1), cancellationToken);
        var (closures, rows) = await ClosuresAsync(queries, CatalogGenerator.Roots(releases, Samples, seed: 2), cancellationToken);
        var newest = new List<double>();
        foreach (var (name, _) in CatalogGenerator.Roots(releases, Samples, seed: 3))
        {
            var begin = Stopwatch.GetTimestamp();
            await queries.NewestAsync(name, VersionSpecifiers.Parse(">=1.2,!=2.0.0,<3"), cancellationToken);
            newest.Add(Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
        }

        var p99 = Figures.Percentile(closures, 0.99);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {(settings.Postgres is null ? "SQLite" : "PostgreSQL")} | {releases:N0} | {filled:F1} | {Figures.Median(closures):F2} | {p99:F2} | {rows:F1} | {Figures.Median(newest):F2} | {Figures.Percentile(newest, 0.99):F2} |"));
        if (releases > Small)
            plans.Add(await PlansAsync(catalogs, cancellationToken));
        return p99;
    }

    private static async Task<(List<double> Times, double Rows)> ClosuresAsync(
        CatalogQueries queries, IEnumerable<(PackageName Name, PackageVersion Version)> roots, CancellationToken cancellationToken)
    {
        var (times, rows) = (new List<double>(), 0L);
        foreach (var (name, version) in roots)
        {
            var begin = Stopwatch.GetTimestamp();
            var closure = await queries.ClosureAsync(name, version, cancellationToken) ?? throw new InvalidOperationException($"{name} {version} is not there.");
            times.Add(Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
            rows += closure.Count;
        }

        return (times, (double)rows / times.Count);
    }

    private static async Task<string> PlansAsync(CatalogFactory catalogs, CancellationToken cancellationToken)
    {
        var plans = new List<string>();
        await using var catalog = catalogs.Open();
        await catalog.Database.OpenConnectionAsync(cancellationToken);
        foreach (var (what, sql) in new[] { ("closure", CatalogQueries.ClosureSql), ("newest", NewestSql) })
        {
            await using var command = catalog.Database.GetDbConnection().CreateCommand();
#pragma warning disable CA2100 // Constants.
            command.CommandText = (catalogs.IsPostgres ? "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) " : "EXPLAIN QUERY PLAN ") + sql;
#pragma warning restore CA2100
            foreach (var (name, value) in new (string, object)[] { ("@root", 8_995L), ("@name", "project-451"), ("@from", "a0a1"), ("@to", "a0a3") })
            {
                if (!sql.Contains(name, StringComparison.Ordinal))
                    continue;
                var parameter = command.CreateParameter();
                (parameter.ParameterName, parameter.Value) = (name, value);
                command.Parameters.Add(parameter);
            }

            var lines = new List<string>();
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
                lines.Add(catalogs.IsPostgres ? reader.GetString(0) : $"{reader.GetInt64(1),4} {reader.GetString(3)}");
            plans.Add($"{(catalogs.IsPostgres ? "PostgreSQL" : "SQLite")}, {what}:\n\n    {string.Join("\n    ", lines)}\n");
        }

        return string.Join('\n', plans);
    }

    private const string NewestSql =
        """
        SELECT r.version FROM releases r JOIN distributions n ON n.id = r.distribution_id
        WHERE n.name = @name AND NOT r.is_yanked AND ((r.sort_key >= @from AND r.sort_key < @to))
        ORDER BY r.is_pre_release, r.sort_key DESC LIMIT 1
        """;

    private static async Task<string> DatabaseAsync(PostgresCluster cluster, int releases)
    {
        var name = FormattableString.Invariant($"catalog{releases}");
        await using var connection = new Npgsql.NpgsqlConnection(cluster.Connection);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The name is made here.
        command.CommandText = $"CREATE DATABASE {name}";
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
        return cluster.Connection.Replace("Database=postgres", $"Database={name}", StringComparison.Ordinal);
    }
}
