using System.Data.Common;
using VenvBuild.Packaging;
using VenvBuild.Server;

namespace VenvBuild.Load;

/// <summary>
/// Fills a catalog with releases that nobody made: projects of 20 releases, which need others of their neighbourhood and, one in four, of the
/// fifty that everybody needs. So what a release would pull in is as much in a large catalog as in a small one.
/// </summary>
internal sealed class CatalogGenerator(CatalogFactory catalogs)
{
    private const int ReleasesEach = 20, Neighbours = 200, Core = 50, RowsAtOnce = 200;

    private static readonly PackageVersion[] Versions =
        [.. Enumerable.Range(0, ReleasesEach).Select(i => PackageVersion.Parse(FormattableString.Invariant($"{1 + i / 8}.{i % 8}.0{(i == ReleasesEach - 1 ? "rc1" : "")}")))];

    private static readonly (string Text, IReadOnlyList<(string From, string To)> Ranges)[] Specifiers =
        [.. new[] { "", ">=1.2", "<3", ">=1.4,<3", "!=2.0.0", "~=2.1", ">=2,!=2.3.0,<3" }.Select(text => (text, (IReadOnlyList<(string, string)>)[.. VersionSpecifiers.Parse(text).Set.SortKeyRanges]))];

    private readonly Random _random = new(20261124);

    /// <summary>Fills an empty catalog.</summary>
    public async Task FillAsync(int releases, CancellationToken cancellationToken)
    {
        await using var catalog = catalogs.Open();
        await Microsoft.EntityFrameworkCore.RelationalDatabaseFacadeExtensions.OpenConnectionAsync(catalog.Database, cancellationToken);
        var connection = Microsoft.EntityFrameworkCore.RelationalDatabaseFacadeExtensions.GetDbConnection(catalog.Database);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var projects = releases / ReleasesEach;
        var rows = new Rows(connection, transaction, cancellationToken);
        await rows.AddAsync("distributions (id, name)", Enumerable.Range(1, projects).Select(project => new object[] { (long)project, Name(project) }));
        await rows.AddAsync(
            "releases (id, distribution_id, origin, version, sort_key, is_pre_release, is_yanked, has_metadata)",
            Enumerable.Range(0, projects * ReleasesEach).Select(i => new object[]
            {
                i + 1L, i / ReleasesEach + 1L, "https://index.example/simple", Versions[i % ReleasesEach].ToString(), Versions[i % ReleasesEach].SortKey,
                Versions[i % ReleasesEach].IsPreRelease, i % 97 == 0, true,
            }));
        var dependencies = Dependencies(projects).ToList();
        await rows.AddAsync(
            "dependencies (id, release_id, target_id, specifiers, needs_extra)",
            dependencies.Select((need, i) => new object[] { i + 1L, need.Release, need.Target, Specifiers[need.Specifier].Text, i % 10 == 0 }));
        await rows.AddAsync(
            "dependency_ranges (dependency_id, from_key, to_key)",
            dependencies.SelectMany((need, i) => Specifiers[need.Specifier].Ranges.Select(range => new object[] { i + 1L, range.From, range.To })));
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Some releases whose closures are asked for.</summary>
    public static IEnumerable<(PackageName Name, PackageVersion Version)> Roots(int releases, int count, int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < count; i++)
            yield return (PackageName.Parse(Name(random.Next(releases / ReleasesEach) + 1)), Versions[random.Next(ReleasesEach)]);
    }

    private static string Name(int project) => FormattableString.Invariant($"project-{project}");

    private IEnumerable<(long Release, long Target, int Specifier)> Dependencies(int projects)
    {
        for (var project = 1; project <= projects; project++)
        {
            var first = project <= Core ? 1 : Core + 1 + (project - Core - 1) / Neighbours * Neighbours;
            for (var version = 0; version < ReleasesEach; version++)
            {
                var release = (project - 1L) * ReleasesEach + version + 1;
                for (var i = _random.Next(5); i > 0; i--)
                {
                    var isCore = project > Core && _random.Next(4) == 0;
                    var (from, to) = isCore ? (1, Core + 1) : (first, project);
                    if (from < to)
                        yield return (release, _random.Next(from, to), _random.Next(Specifiers.Length));
                }
            }
        }
    }

    /// <summary>Many rows in few statements, on both databases.</summary>
    private sealed class Rows(DbConnection connection, DbTransaction transaction, CancellationToken cancellationToken)
    {
        public async Task AddAsync(string into, IEnumerable<object[]> rows)
        {
            DbCommand? command = null;
            foreach (var some in rows.Chunk(RowsAtOnce))
            {
                if (command?.Parameters.Count != some.Length * some[0].Length)
                {
                    if (command is not null)
                        await command.DisposeAsync();
                    command = Command(into, some.Length, some[0].Length);
                }

                var at = 0;
                foreach (var value in some.SelectMany(row => row))
                    command.Parameters[at++].Value = value;
                await command.ExecuteNonQueryAsync(cancellationToken);
            }

            if (command is not null)
                await command.DisposeAsync();
        }

        private DbCommand Command(string into, int rows, int columns)
        {
            var command = connection.CreateCommand();
            command.Transaction = transaction;
            var number = 0;
            var values = string.Join(", ", Enumerable.Range(0, rows).Select(_ => $"({string.Join(", ", Enumerable.Range(0, columns).Select(_ => FormattableString.Invariant($"@p{number++}")))})"));
#pragma warning disable CA2100 // Made of constants and parameters' names.
            command.CommandText = $"INSERT INTO {into} VALUES {values}";
#pragma warning restore CA2100
            for (var i = 0; i < number; i++)
            {
                var parameter = command.CreateParameter();
                parameter.ParameterName = FormattableString.Invariant($"@p{i}");
                command.Parameters.Add(parameter);
            }

            return command;
        }
    }
}
