using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using VenvBuild.Index;
using VenvBuild.Packaging;
using VenvBuild.Testing;

namespace VenvBuild.Server.Tests;

/// <summary>
/// The newest version that a specifier takes, in SQL by ranges of keys, is Packaging's own answer: for each project of the recorded slice
/// of PyPI and each specifier that its releases are asked for with. <c>VENVBUILD_WORKLOADS=all</c> looks at all projects, else some.
/// </summary>
public sealed class NewestVersions(CatalogsOnPostgres.Cluster cluster) : IClassFixture<CatalogsOnPostgres.Cluster>
{
    private const int Some = 15;

    private static readonly string[] Hard = ["==1.*", "~=1.0", "!=1.0", ">1.0", "<2.0", ">=1.0a1", "<1!0", ">0", "==0", "<=1.0.post1", ">1.dev0", ""];

    [Fact]
    public Task Are_on_SQLite_what_Packaging_chooses() => CompareAsync([]);

    [Fact]
    public async Task Are_on_PostgreSQL_what_Packaging_chooses() => await CompareAsync([$"Postgres={await cluster.NewDatabaseAsync()}"]);

    private static async Task CompareAsync(string[] settings)
    {
        await using var slice = await SliceServer.StartAsync("--full");
        await using var server = await TestServer.StartAsync([.. settings, $"Indexes:Allowed:0={slice.Simple}"]);
        var names = await NamesAsync(slice);
        using var folder = new TestFolder();
        var memory = new CatalogMemory(server.Get<CatalogFactory>(), server.Get<IndexPolicy>(), TimeProvider.System, server.Get<ServerMetrics>());
        await using var index = new PackageIndex(new() { Indexes = [new("slice", slice.Simple)], Cache = new CacheFolder(folder.Path), Memory = memory });
        var versions = new Dictionary<PackageName, IReadOnlyList<PackageVersion>>();
        foreach (var name in names)
        {
            var releases = (await index.GetReleasesAsync(name, TestServer.Stop)).Releases;
            versions[name] = [.. releases.Where(release => !release.Files.All(file => file.IsYanked)).Select(release => release.Version)];
            // What others ask of projects: specifiers as people write them.
            if (releases.Count > 0)
                await index.GetMetadataAsync(releases[^1], TestServer.Stop);
        }

        await server.Get<CatalogWriter>().WriteAsync(memory.ToObservation(), TestServer.Stop);
        await using var catalog = server.Get<CatalogFactory>().Open();
        var asked = (await (from dependency in catalog.Dependencies
                            join target in catalog.Distributions on dependency.TargetId equals target.Id
                            select new { target.Name, dependency.Specifiers }).Distinct().ToListAsync(TestServer.Stop)).ToLookup(row => row.Name, row => row.Specifiers);
        var queries = server.Get<CatalogQueries>();
        var compared = 0;
        foreach (var (name, known) in versions)
        {
            // And around versions that there are, which is where ranges begin and end.
            var around = known.Where((_, i) => i % Math.Max(1, known.Count / 4) == 0).SelectMany(version => new[] { $"<{Public(version)}", $">{Public(version)}", $"<={Public(version)}", $"!={Public(version)}" });
            foreach (var text in asked[name.Value].Concat(Hard).Concat(around).Distinct(StringComparer.Ordinal))
            {
                var specifiers = VersionSpecifiers.Parse(text);
                if (specifiers.HasArbitrary)
                    continue;
                var expected = specifiers.Filter(known) is [.., var last] ? last.ToString() : null;
                Assert.True(expected == await queries.NewestAsync(name, specifiers, TestServer.Stop), $"{name} {text}: {expected}");
                compared++;
            }
        }

        Assert.True(compared > names.Count * Hard.Length, $"{compared} comparisons");
        TestContext.Current.TestOutputHelper?.WriteLine(FormattableString.Invariant($"{names.Count} projects, {versions.Values.Sum(list => list.Count)} versions, {compared} comparisons"));
    }

    private static string Public(PackageVersion version) => version.ToString().Split('+')[0];

    private static async Task<List<PackageName>> NamesAsync(SliceServer slice)
    {
        using var client = new HttpClient { DefaultRequestHeaders = { { "Accept", "application/vnd.pypi.simple.v1+json" } } };
        using var list = JsonDocument.Parse(await client.GetStringAsync(slice.Simple, TestServer.Stop));
        var names = list.RootElement.GetProperty("projects").EnumerateArray().Select(project => PackageName.Parse(project.GetProperty("name").GetString()!)).ToList();
        return Environment.GetEnvironmentVariable("VENVBUILD_WORKLOADS") == "all" ? names : [.. names.Where((_, i) => i % (names.Count / Some) == 0)];
    }
}
