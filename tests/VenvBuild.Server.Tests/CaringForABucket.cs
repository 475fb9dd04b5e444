using VenvBuild.Packaging;
using VenvBuild.Remote;
using VenvBuild.Testing;

namespace VenvBuild.Server.Tests;

/// <summary>Garbage, damage, backups and readiness where layers are in a bucket.</summary>
public sealed class CaringForABucket : IAsyncLifetime
{
    private readonly LoopbackIndex _index = new LoopbackIndex().Add("base", "1.0").Add("one", "1.0", "base").Add("two", "1.0", "base");
    private readonly MovableClock _clock = new();
    private BucketServer _bucket = null!;

    public async ValueTask InitializeAsync() => _bucket = await BucketServer.StartAsync();

    private string[] Store(string prefix) =>
    [
        $"Store:S3:Endpoint={_bucket.Endpoint}", $"Store:S3:Bucket={BucketServer.Bucket}", $"Store:S3:Prefix={prefix}", "Store:S3:PathStyle=true",
        $"Store:S3:AccessKey={BucketServer.Key}", $"Store:S3:SecretKey={BucketServer.Secret}",
    ];

    private Task<TestServer> StartAsync(params string[] more) => TestServer.StartAsync(_clock, [_index.Allowed(), .. Store("a"), .. more]);

    private async Task<EnvironmentStatus> MakeAsync(TestServer server, string name)
    {
        using var asked = await server.Client.BuildAsync(await server.Client.LockAsync(_index, name));
        return await server.Client.UntilAsync(await asked.KeyAsync(), EnvironmentStatus.Ready, EnvironmentStatus.Failed);
    }

    private static Task<IReadOnlyList<Damage>> VerifyAsync(TestServer server, bool repairs = false) =>
        new Verification(server.Get<CatalogFactory>(), server.Get<ILayerStorage>()).RunAsync(repairs, TestServer.Stop);

    private static async Task<byte[]> LayerAsync(TestServer server, string digest)
    {
        using var answer = await server.Client.GetAsync(new Uri($"v1/layers/{digest}", UriKind.Relative), TestServer.Stop);
        Assert.Equal(200, (int)answer.StatusCode);
        return await answer.Content.ReadAsByteArrayAsync(TestServer.Stop);
    }

    [Fact]
    public async Task What_a_dry_run_tells_goes_and_nothing_else_and_what_went_is_made_again()
    {
        await using var server = await StartAsync();
        var one = await MakeAsync(server, "one");
        await MakeAsync(server, "two");
        // What a writer left that was killed between the bytes and the row.
        var orphan = Sha256Digest.Of("nobody's"u8);
        await server.Get<ILayerStorage>().AddAsync(orphan, async stream =>
        {
            await stream.WriteAsync(new byte[100], TestServer.Stop);
            return true;
        }, TestServer.Stop);
        _clock.Advance(TimeSpan.FromHours(2));
        await MakeAsync(server, "two");
        var before = _bucket.Keys();
        Assert.Equal(4, before.Count);

        var dry = await server.Get<GarbageCollection>().RunAsync(0, isDry: true, TestServer.Stop);
        Assert.Equal((1, 1, 1), (dry.Environments, dry.Layers, dry.Leftovers));
        Assert.Equal(before, _bucket.Keys());
        var report = await server.Get<GarbageCollection>().RunAsync(0, isDry: false, TestServer.Stop);
        Assert.Equal(dry, report with { IsDry = true });
        Assert.Equal(2, _bucket.Keys().Count);
        Assert.Empty(await VerifyAsync(server));
        Assert.Equal(one.Layers.Select(layer => layer.Digest), (await MakeAsync(server, "one")).Layers.Select(layer => layer.Digest));
        Assert.Equal(3, _bucket.Keys().Count);
    }

    [Fact]
    public async Task Objects_that_were_changed_or_lost_are_found_and_made_again()
    {
        await using var server = await StartAsync();
        var one = await MakeAsync(server, "one");
        Assert.Empty(await VerifyAsync(server));
        string KeyOf(string name) => _bucket.Keys().Single(key => key.Contains(one.Layers.Single(layer => layer.Name == name).Digest["sha256:".Length..], StringComparison.Ordinal));
        _bucket.Replace(KeyOf("one"), new byte[50]);
        _bucket.Replace(KeyOf("base"), null);

        var found = (await VerifyAsync(server, repairs: true)).Select(damage => damage.ToString()).Order(StringComparer.Ordinal).ToList();
        Assert.Equal(3, found.Count);
        Assert.StartsWith($"environment {one.Key}", found[0], StringComparison.Ordinal);
        Assert.Contains(found, text => text.Contains("has a row and no archive", StringComparison.Ordinal));
        Assert.Contains(found, text => text.Contains("cannot be unpacked", StringComparison.Ordinal));
        Assert.Empty(await VerifyAsync(server));
        foreach (var layer in (await MakeAsync(server, "one")).Layers)
            Assert.Equal(layer.Digest, $"sha256:{Sha256Digest.Of(await LayerAsync(server, layer.Digest))}");
        Assert.Empty(await VerifyAsync(server));
    }

    [Fact]
    public async Task A_backup_holds_the_buckets_layers_and_comes_back_in_another_bucket_or_folder()
    {
        using var folder = new TestFolder();
        EnvironmentStatus one;
        await using (var server = await StartAsync())
        {
            one = await MakeAsync(server, "one");
            Assert.Equal(0, await RunAsync(["backup", folder.File("backup"), $"--VenvBuild:Data={server.Get<ServerSettings>().Data}", .. Store("a").Select(Option)]));
        }

        foreach (var (data, store) in new[] { ("bucket", Store("b")), ("folder", []) })
        {
            string[] settings = [$"Data={folder.File(data)}", .. store];
            Assert.Equal(0, await RunAsync(["restore", folder.File("backup"), .. settings.Select(Option)]));
            Assert.Equal(0, await RunAsync(["verify", .. settings.Select(Option)]));
            await using var back = await TestServer.StartAsync([_index.Allowed(), .. settings]);
            foreach (var layer in one.Layers)
                Assert.Equal(layer.Digest, $"sha256:{Sha256Digest.Of(await LayerAsync(back, layer.Digest))}");
        }

        Assert.Equal(2, _bucket.Keys().Count(key => key.StartsWith("b/", StringComparison.Ordinal)));
        // One that has lost a layer says so.
        File.Delete(Directory.EnumerateFiles(folder.File("backup", "layers"), "*.tar.zst", SearchOption.AllDirectories).First());
        Assert.Equal(1, await RunAsync(["restore", folder.File("backup"), Option($"Data={folder.File("incomplete")}")]));
    }

    [Fact]
    public async Task A_server_is_not_ready_while_the_bucket_is_away_and_ready_again_after()
    {
        await using var server = await StartAsync();
        var digest = (await MakeAsync(server, "one")).Layers[0].Digest;
        Assert.Equal(200, await ReadyAsync(server));
        await _bucket.StopAsync();
        Assert.Equal(503, await ReadyAsync(server));
        using (var layer = await server.Client.GetAsync(new Uri($"v1/layers/{digest}", UriKind.Relative), TestServer.Stop))
            Assert.Equal(503, (await TestServer.ProblemAsync(layer)).Status);
        await _bucket.RestartAsync();
        Assert.Equal(200, await ReadyAsync(server));
        Assert.Equal(digest, $"sha256:{Sha256Digest.Of(await LayerAsync(server, digest))}");
    }

    public async ValueTask DisposeAsync()
    {
        if (_bucket is not null)
            await _bucket.DisposeAsync();
        await _index.DisposeAsync();
    }

    internal static async Task<int> ReadyAsync(TestServer server)
    {
        using var answer = await server.Client.GetAsync(new Uri("readyz", UriKind.Relative), TestServer.Stop);
        if (answer.StatusCode != System.Net.HttpStatusCode.OK)
            await TestServer.ProblemAsync(answer);
        return (int)answer.StatusCode;
    }

    private static string Option(string setting) => $"--VenvBuild:{setting}";

    private static async Task<int> RunAsync(string[] args)
    {
        var said = new StringWriter();
        var code = await ServerProgram.RunAsync(args, said, said, TestServer.Stop);
        TestContext.Current.TestOutputHelper?.WriteLine(said.ToString());
        return code;
    }
}
