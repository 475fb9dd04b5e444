using System.Globalization;
using System.Net;
using VenvBuild.Packaging;
using VenvBuild.Remote;
using VenvBuild.Testing;

namespace VenvBuild.Server.Tests;

/// <summary>nginx in a server's place, with its exported files, and in front of one, as a cache; both as <c>examples/Server</c> has it.</summary>
public sealed partial class SyncingFromTheServer
{
    private static Task<NginxServer> CacheAsync(Uri server) => NginxServer.StartAsync("nginx.conf", ("web1:8080", server.Authority), ("web2:8080", server.Authority));

    private static async Task<HttpResponseMessage> GetAsync(HttpClient client, string path, Action<HttpRequestMessage>? change = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        change?.Invoke(request);
        return await client.SendAsync(request, TestServer.Stop);
    }

    /// <summary>Of the answers about layers: how many there were, how many came from the cache, and the bytes of each.</summary>
    private static (int All, int Hits, long Sent, long Fetched) LayersIn(IReadOnlyList<string[]> log)
    {
        var layers = log.Where(line => line[1].StartsWith("/v1/layers/", StringComparison.Ordinal) && line[2] is "200" or "206").ToList();
        return (
            layers.Count,
            layers.Count(line => line[3] == "HIT"),
            layers.Sum(line => long.Parse(line[4], CultureInfo.InvariantCulture)),
            layers.Where(line => line[3] != "HIT").Sum(line => line[5..].Sum(part => long.TryParse(part.TrimEnd(','), CultureInfo.InvariantCulture, out var length) ? length : 0)));
    }

    [Fact]
    public async Task Exported_files_are_served_by_nginx_as_they_are()
    {
        Write("thing");
        SortedDictionary<string, string> files;
        await using (var server = await TestServer.StartAsync(_index.Allowed()))
        {
            files = (await SyncAsync(server.Root)).Files;
            Assert.Equal(0, await ServerProgram.RunAsync(["export-static", _folder.File("tree"), $"--VenvBuild:Data={server.Get<ServerSettings>().Data}"], TextWriter.Null, TextWriter.Null, TestServer.Stop));
        }

        await using var nginx = await NginxServer.StartAsync("nginx-static.conf", ("/srv/venvs", _folder.File("tree")));
        File.Delete(_folder.File("pylock.toml"));
        var (outcome, same) = await SyncAsync(nginx.Root);
        Assert.Equal(nginx.Root.ToString(), outcome.Source);
        Assert.Equal(files, same);
        Assert.Empty(Warnings);
        Write("thing]\nsources: [\"" + nginx.Root + "\"");
        (outcome, same) = await SyncAsync(null);
        Assert.Equal(nginx.Root.ToString(), outcome.Source);
        Assert.Equal(files, same);
        Assert.Empty(Warnings);

        var layer = Path.GetFileName(Directory.EnumerateFiles(_folder.File("tree", "v1", "layers")).First());
        var bytes = await File.ReadAllBytesAsync(_folder.File("tree", "v1", "layers", layer), TestServer.Stop);
        using var whole = await GetAsync(nginx.Client, $"v1/layers/{layer}");
        Assert.Equal("public, max-age=31536000, immutable", whole.Headers.NonValidated["Cache-Control"].ToString());
        using var rest = await GetAsync(nginx.Client, $"v1/layers/{layer}", request =>
        {
            request.Headers.Range = new(50, null);
            request.Headers.IfRange = new(whole.Headers.ETag!);
        });
        Assert.Equal(HttpStatusCode.PartialContent, rest.StatusCode);
        Assert.Equal(bytes[50..], await rest.Content.ReadAsByteArrayAsync(TestServer.Stop));
    }

    [Fact]
    public async Task Behind_a_cache_nearly_no_bytes_of_layers_reach_the_server_and_what_may_change_is_not_kept()
    {
        const int Machines = 20;
        Write("thing");
        await using var server = await TestServer.StartAsync(_index.Allowed(), "Limits:RequestsPerMinute=100000", "Access:Anonymous=build");
        await using var nginx = await CacheAsync(server.Root);
        var (_, files) = await SyncAsync(nginx.Root);
        Assert.Empty(Warnings);
        for (var machine = 1; machine < Machines; machine++)
            Assert.Equal(files, (await SyncAsync(nginx.Root)).Files);
        var (all, hits, sent, fetched) = LayersIn(nginx.Log);
        TestContext.Current.SendDiagnosticMessage($"nginx: {hits} of {all} layers from the cache, {fetched} of {sent} bytes fetched");
        Assert.Equal((2 * Machines, 2 * (Machines - 1)), (all, hits));
        Assert.InRange((double)fetched / sent, 0, 1.0 / Machines + 0.001);
        // The environment's description and the lock are kept, too; questions are not.
        Assert.Equal(Machines - 1, nginx.Log.Count(line => line[1].StartsWith("/v1/environments/", StringComparison.Ordinal) && line[0] == "GET" && line[3] == "HIT"));
        Assert.All(nginx.Log.Where(line => line[0] == "POST"), line => Assert.Equal("-", line[3]));

        var status = (await server.Client.StatusAsync((await SyncAsync(nginx.Root)).Outcome.Key))!;
        var layer = status.Layers[0].Digest;
        // One digest has two answers, each with its own tag, in whole and in part, and neither is given for the other.
        foreach (var round in new[] { 1, 2 })
        {
            using var plain = await GetAsync(nginx.Client, $"v1/layers/{layer}");
            Assert.Equal(layer, $"sha256:{Sha256Digest.Of(await plain.Content.ReadAsByteArrayAsync(TestServer.Stop))}");
            using var packed = await GetAsync(nginx.Client, $"v1/layers/{layer}", request => request.Headers.AcceptEncoding.ParseAdd("gzip, zstd"));
            Assert.Equal(["zstd"], packed.Content.Headers.ContentEncoding);
            Assert.NotEqual(plain.Headers.ETag, packed.Headers.ETag);
            Assert.Equal("public, max-age=31536000, immutable", packed.Headers.NonValidated["Cache-Control"].ToString());
            using var part = await GetAsync(nginx.Client, $"v1/layers/{layer}", request => request.Headers.Range = new(10, 19));
            Assert.Equal((HttpStatusCode.PartialContent, 10), (part.StatusCode, (int)part.Content.Headers.ContentLength!));
        }

        // What is not there may come; what is being made will change; who is ready now may not be.
        var absent = $"v1/layers/{new string('0', 64)}";
        var missing = $"v1/environments/{new string('0', 64)}";
        foreach (var path in new[] { absent, absent, missing, missing, "readyz", "readyz" })
            (await GetAsync(nginx.Client, path)).Dispose();
        _index.Latency = TimeSpan.FromSeconds(1);
        using var asked = await nginx.Client.BuildAsync(await nginx.Client.LockAsync(_index, "more"));
        var key = await asked.KeyAsync();
        (await GetAsync(nginx.Client, $"v1/environments/{key}")).Dispose();
        Assert.Equal("ready", (await nginx.Client.EventsAsync(key))[^1].Text);
        _index.Latency = default;
        Assert.Equal(EnvironmentStatus.Ready, (await nginx.Client.StatusAsync(key))!.State);
        Assert.All(
            nginx.Log.Where(line => line[1] == $"/{absent}" || line[1] == $"/{missing}" || line[1] == "/readyz" || line[1].EndsWith("/events", StringComparison.Ordinal)),
            line => Assert.NotEqual("HIT", line[3]));
    }

    [Fact]
    public async Task What_only_some_may_read_is_kept_in_no_cache()
    {
        await using var server = await TestServer.StartAsync(_index.Allowed(), "Access:Anonymous=none");
        await using var nginx = await CacheAsync(server.Root);
        var token = (await server.Get<TokenStore>().MakeAsync("one", AccessScopes.Read | AccessScopes.Resolve | AccessScopes.Build, TestServer.Stop)).Text;
        using var known = new HttpClient { BaseAddress = nginx.Root, DefaultRequestHeaders = { Authorization = new("Bearer", token) } };
        using var asked = await known.BuildAsync(await known.LockAsync(_index, "thing"));
        var ready = await known.UntilAsync(await asked.KeyAsync(), EnvironmentStatus.Ready);
        foreach (var path in new[] { $"v1/layers/{ready.Layers[0].Digest}", $"v1/environments/{ready.Key}" })
        {
            for (var round = 0; round < 2; round++)
            {
                using var answer = await GetAsync(known, path);
                Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            }

            using var stranger = await GetAsync(nginx.Client, path);
            Assert.Equal(HttpStatusCode.Unauthorized, stranger.StatusCode);
        }

        Assert.DoesNotContain(nginx.Log, line => line[3] == "HIT");
    }

    [Fact]
    public async Task A_cache_follows_the_server_to_the_bucket_once_for_all()
    {
        const int Machines = 10;
        await using var bucket = await BucketServer.StartAsync();
        Write("thing");
        await using var server = await TestServer.StartAsync(
            _index.Allowed(), $"Store:S3:Endpoint={bucket.Endpoint}", $"Store:S3:Bucket={BucketServer.Bucket}", "Store:S3:PathStyle=true",
            $"Store:S3:AccessKey={BucketServer.Key}", $"Store:S3:SecretKey={BucketServer.Secret}", "Access:Anonymous=build");
        await using var nginx = await CacheAsync(server.Root);
        var (_, files) = await SyncAsync(nginx.Root);
        Assert.Empty(Warnings);
        for (var machine = 1; machine < Machines; machine++)
            Assert.Equal(files, (await SyncAsync(nginx.Root)).Files);
        var (all, hits, sent, fetched) = LayersIn(nginx.Log);
        TestContext.Current.SendDiagnosticMessage($"nginx before a bucket: {hits} of {all} layers from the cache, {fetched} of {sent} bytes fetched");
        Assert.Equal((2 * Machines, 2 * (Machines - 1)), (all, hits));
        // The bucket gave each layer once, and nobody was told its address.
        Assert.Equal(2, bucket.Requests.Count(request => request.StartsWith("GET ", StringComparison.Ordinal) && request.Contains("X-Amz-Signature", StringComparison.Ordinal)));
        Assert.DoesNotContain(nginx.Log, line => line[2] == "307");
    }
}
