using System.Net.Http.Json;
using Microsoft.EntityFrameworkCore;
using VenvBuild.Packaging;
using VenvBuild.Testing;

namespace VenvBuild.Server.Tests;

/// <summary>The catalog answers by itself what was learnt from indexes, the same on SQLite and on PostgreSQL.</summary>
public abstract class Catalogs : IAsyncDisposable
{
    private readonly LoopbackIndex _index = new LoopbackIndex()
        .Add("app", "1.0", "lib>=1,!=1.5", "odd ; sys_platform == 'win32'", "extra-only ; extra == 'x'")
        .Add("lib", "1.0", "base").Add("lib", "1.4", "base<2").Add("lib", "1.5", "base").Add("lib", "2.0a1", "base")
        .Add("base", "1.0", "app").Add("base", "2.0").Add("odd", "1.0");

    private protected abstract Task<TestServer> StartAsync(params string[] settings);

    private async Task<(TestServer Server, string Digest)> FilledAsync()
    {
        var server = await StartAsync(_index.Allowed());
        using var answer = await server.AskAsync(_index.Manifest("app, odd"));
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(TestServer.Stop));
        await server.Get<CatalogQueue>().DrainAsync(TestServer.Stop);
        return (server, answer.Headers.ETag!.Tag.Trim('"'));
    }

    [Fact]
    public async Task What_a_release_would_pull_in_is_one_query_and_ends_where_requirements_are_circular()
    {
        var (server, _) = await FilledAsync();
        await using (server)
        {
            var closure = await server.Client.GetFromJsonAsync<List<PulledRelease>>("v1/packages/app/1.0/closure", TestServer.Stop);
            Assert.Equal(["app 1.0", "base 1.0", "lib 1.4", "odd 1.0"], closure!.Select(pulled => $"{pulled.Name} {pulled.Version}"));
            using var unknown = await server.Client.GetAsync(new Uri("v1/packages/app/9.0/closure", UriKind.Relative), TestServer.Stop);
            Assert.Equal(404, (await TestServer.ProblemAsync(unknown)).Status);
        }
    }

    [Fact]
    public async Task Who_depends_on_a_project_and_which_locks_hold_it_is_known()
    {
        var (server, digest) = await FilledAsync();
        await using (server)
        {
            var all = await server.Client.GetFromJsonAsync<Dependents>("v1/packages/base/dependents?specifier=<2", TestServer.Stop);
            Assert.Equal(["lib 1.4 <2"], all!.Releases.Select(release => $"{release.Name} {release.Version} {release.Specifiers}"));
            Assert.Equal([new DependentLock(digest, "1.0")], all.Locks);
            var none = await server.Client.GetFromJsonAsync<Dependents>("v1/packages/base/dependents?specifier=>=2", TestServer.Stop);
            Assert.Empty(none!.Locks);
        }
    }

    [Fact]
    public async Task What_changed_between_two_locks_is_told()
    {
        var (server, before) = await FilledAsync();
        await using (server)
        {
            using var answer = await server.AskAsync(_index.Manifest("lib<1.4"));
            var after = answer.Headers.ETag!.Tag.Trim('"');
            var changes = await server.Client.GetFromJsonAsync<List<LockDifference>>($"v1/locks/{before}/changes/{after}", TestServer.Stop);
            Assert.Equal(
                ["app 1.0 -> ", "base 1.0 -> 2.0", "lib 1.4 -> 1.0", "odd 1.0 -> "],
                changes!.Select(change => $"{change.Name} {string.Join(',', change.Before)} -> {string.Join(',', change.After)}"));
        }
    }

    [Fact]
    public async Task The_newest_version_of_a_specifier_is_the_one_that_Packaging_chooses()
    {
        await using var server = await StartAsync();
        var random = new Random(20261124);
        string[] suffixes = ["", "", "", "a1", "b2", "rc1", ".dev3", ".post1", "a1.dev2", "+local.1"];
        var versions = Enumerable.Range(0, 300)
            .Select(_ => PackageVersion.Parse($"{(random.Next(9) == 0 ? "1!" : "")}{random.Next(4)}.{random.Next(12)}.{random.Next(3)}{suffixes[random.Next(suffixes.Length)]}"))
            .DistinctBy(version => version.SortKey).OrderBy(version => version).ToList();
        await using (var catalog = server.Get<CatalogFactory>().Open())
        {
            var distribution = new Distribution { Name = "many" };
            catalog.Distributions.Add(distribution);
            await catalog.SaveChangesAsync(TestServer.Stop);
            catalog.Releases.AddRange(versions.Select(version => new CatalogRelease
            {
                DistributionId = distribution.Id,
                Origin = "",
                Version = version.ToString(),
                SortKey = version.SortKey,
                IsPreRelease = version.IsPreRelease,
                IsYanked = false,
            }));
            await catalog.SaveChangesAsync(TestServer.Stop);
            Assert.Equal(
                versions.Select(version => version.ToString()),
                await catalog.Releases.OrderBy(row => row.SortKey).Select(row => row.Version).ToListAsync(TestServer.Stop));
        }

        string[] operators = ["==", "!=", "<", "<=", ">", ">=", "~="];
        for (var i = 0; i < 400; i++)
        {
            var text = string.Join(',', Enumerable.Range(0, random.Next(1, 4)).Select(_ =>
            {
                var version = versions[random.Next(versions.Count)].ToString().Split('+')[0];
                return $"{operators[random.Next(operators.Length)]}{version}";
            }));
            var specifiers = VersionSpecifiers.Parse(text);
            var expected = specifiers.Filter(versions) is [.., var last] ? last.ToString() : null;
            Assert.True(expected == await server.Get<CatalogQueries>().NewestAsync(PackageName.Parse("many"), specifiers, TestServer.Stop), $"{text}: {expected}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _index.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
