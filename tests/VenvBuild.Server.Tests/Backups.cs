using VenvBuild.Packaging;
using VenvBuild.Remote;
using VenvBuild.Testing;

namespace VenvBuild.Server.Tests;

/// <summary>A backup made while the server works comes back as a server that has all that was there, on both databases.</summary>
public sealed class Backups(CatalogsOnPostgres.Cluster cluster) : IClassFixture<CatalogsOnPostgres.Cluster>
{
    [Fact]
    public Task Of_SQLite_come_back() => ComesBackAsync([], []);

    [Fact]
    public async Task Of_PostgreSQL_come_back() =>
        await ComesBackAsync([$"--VenvBuild:Postgres={await cluster.NewDatabaseAsync()}"], [$"--VenvBuild:Postgres={await cluster.NewDatabaseAsync()}"]);

    private static async Task ComesBackAsync(string[] database, string[] other)
    {
        using var folder = new TestFolder();
        await using var index = new LoopbackIndex().Add("thing", "1.0", "other>=1").Add("other", "1.5").Add("more", "1.0");
        string toml, key, layer, moreKey;
        await using (var server = await TestServer.StartAsync([index.Allowed(), .. database.Select(option => option["--VenvBuild:".Length..])]))
        {
            toml = await server.Client.LockAsync(index, "thing");
            using var answer = await server.Client.BuildAsync(toml);
            key = await answer.KeyAsync();
            layer = (await server.Client.UntilAsync(key, EnvironmentStatus.Ready)).Layers[0].Digest;
            await server.Get<CatalogQueue>().DrainAsync(TestServer.Stop);
            string[] settings = [.. database, $"--VenvBuild:Data={server.Get<ServerSettings>().Data}"];
            Assert.Equal(0, await RunAsync(["backup", folder.File("backup"), .. settings]));
            // And once more, over the first, after more was made.
            using var more = await server.Client.BuildAsync(await server.Client.LockAsync(index, "more"));
            moreKey = await more.KeyAsync();
            await server.Client.UntilAsync(moreKey, EnvironmentStatus.Ready);
            Assert.Equal(0, await RunAsync(["backup", folder.File("backup"), .. settings]));
        }

        string[] restored = [.. other, $"--VenvBuild:Data={folder.File("data")}"];
        Assert.Equal(0, await RunAsync(["restore", folder.File("backup"), .. restored]));
        Assert.Equal(2, await RunAsync(["restore", folder.File("backup"), .. restored]));
        Assert.Equal(0, await RunAsync(["restore", folder.File("backup"), "--replace", .. restored]));
        Assert.Equal(0, await RunAsync(["verify", .. restored]));

        await using var back = await TestServer.StartAsync([index.Allowed(), .. restored.Select(option => option["--VenvBuild:".Length..])]);
        using var same = await back.Client.BuildAsync(toml);
        Assert.Equal((200, key), ((int)same.StatusCode, await same.KeyAsync()));
        using var archive = await back.Client.GetAsync(new Uri($"v1/layers/{layer}", UriKind.Relative), TestServer.Stop);
        Assert.Equal(layer, $"sha256:{Sha256Digest.Of(await archive.Content.ReadAsByteArrayAsync(TestServer.Stop))}");
        Assert.Equal(EnvironmentStatus.Ready, (await back.Client.StatusAsync(moreKey))!.State);
        // Numbers go on where they were.
        index.Add("newer", "1.0", "other");
        await back.Client.LockAsync(index, "newer");
        await back.Get<CatalogQueue>().DrainAsync(TestServer.Stop);
        Assert.NotNull(await back.Get<CatalogQueries>().ClosureAsync(PackageName.Parse("newer"), PackageVersion.Parse("1.0"), TestServer.Stop));
    }

    [Fact]
    public async Task A_folder_that_is_no_backup_is_refused()
    {
        using var folder = new TestFolder();
        Directory.CreateDirectory(folder.File("empty"));
        Assert.Equal(2, await RunAsync(["restore", folder.File("empty"), $"--VenvBuild:Data={folder.File("data")}"]));
    }

    private static async Task<int> RunAsync(string[] args)
    {
        var error = new StringWriter();
        var code = await ServerProgram.RunAsync(args, TextWriter.Null, error, TestServer.Stop);
        TestContext.Current.TestOutputHelper?.WriteLine(error.ToString());
        return code;
    }
}
