using System.Net;
using System.Security.Cryptography;
using VenvBuild.Packaging;
using VenvBuild.Remote;
using VenvBuild.Testing;
using ZstdSharp;

namespace VenvBuild.Server.Tests;

/// <summary>Layers in a bucket: clients are sent there for bytes, what is wrong never becomes visible, and servers share it and nothing else.</summary>
public sealed class KeepingLayersInABucket : IAsyncLifetime
{
    private readonly LoopbackIndex _index = new LoopbackIndex().Add("thing", "1.0", "other>=1").Add("other", "1.5");
    private BucketServer _bucket = null!;

    public async ValueTask InitializeAsync() => _bucket = await BucketServer.StartAsync();

    private string[] Settings(params string[] more) =>
    [
        _index.Allowed(), $"Store:S3:Endpoint={_bucket.Endpoint}", $"Store:S3:Bucket={BucketServer.Bucket}", "Store:S3:Prefix=team/a", "Store:S3:PathStyle=true",
        $"Store:S3:AccessKey={BucketServer.Key}", $"Store:S3:SecretKey={BucketServer.Secret}", .. more,
    ];

    private static HttpClient NotFollowing(TestServer server) => new(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = server.Root };

    private static async Task<HttpResponseMessage> GetAsync(HttpClient client, string path, Action<HttpRequestMessage>? change = null, HttpMethod? method = null)
    {
        var request = new HttpRequestMessage(method ?? HttpMethod.Get, new Uri(path, UriKind.RelativeOrAbsolute));
        change?.Invoke(request);
        return await client.SendAsync(request, TestServer.Stop);
    }

    private static void TakesPacked(HttpRequestMessage request) => request.Headers.AcceptEncoding.ParseAdd("zstd");

    private static byte[] Unpack(byte[] content)
    {
        using var decompressor = new Decompressor();
        return decompressor.Unwrap(content).ToArray();
    }

    private static byte[] Pack(byte[] content)
    {
        using var compressor = new Compressor();
        return compressor.Wrap(content).ToArray();
    }

    private static async Task<EnvironmentStatus> BuildAsync(TestServer server, LoopbackIndex index)
    {
        using var asked = await server.Client.BuildAsync(await server.Client.LockAsync(index, "thing"));
        return await server.Client.UntilAsync(await asked.KeyAsync(), EnvironmentStatus.Ready, EnvironmentStatus.Failed);
    }

    private static async Task<HttpResponseMessage> PutAsync(TestServer server, byte[] layer, byte[] body)
    {
        var token = (await server.Get<TokenStore>().MakeAsync("ci", AccessScopes.Push, TestServer.Stop)).Text;
        return await GetAsync(server.Client, $"v1/layers/sha256:{Sha256Digest.Of(layer)}", request =>
        {
            request.Headers.Authorization = new("Bearer", token);
            request.Content = new ByteArrayContent(body);
        }, HttpMethod.Put);
    }

    [Fact]
    public async Task A_client_that_unpacks_is_sent_to_the_bucket_with_an_address_that_ends_and_others_are_served_here()
    {
        await using var server = await TestServer.StartAsync(Settings("Store:S3:LinkLife=00:02:00"));
        var ready = await BuildAsync(server, _index);
        Assert.Equal(EnvironmentStatus.Ready, ready.State);
        Assert.All(_bucket.Keys(), key => Assert.StartsWith("team/a/layers/", key, StringComparison.Ordinal));
        Assert.Equal(ready.Layers.Count, _bucket.Keys().Count);
        Assert.False(Directory.Exists(server.Get<ServerSettings>().LayersFolder));
        var digest = ready.Layers[0].Digest;
        using var direct = NotFollowing(server);

        using var sent = await GetAsync(direct, $"v1/layers/{digest}", TakesPacked);
        Assert.Equal(HttpStatusCode.TemporaryRedirect, sent.StatusCode);
        Assert.Equal("no-store", sent.Headers.CacheControl?.ToString());
        Assert.Equal(0, sent.Content.Headers.ContentLength ?? 0);
        var link = sent.Headers.Location!;
        Assert.Equal(_bucket.Endpoint.Authority, link.Authority);
        Assert.Equal(Uri.UriSchemeHttp, link.Scheme);
        Assert.Matches("X-Amz-Expires=1(19|2[01])&", link.Query);
        // As curl does it: no credentials of ours go along.
        using var there = await GetAsync(direct, link.AbsoluteUri);
        Assert.Equal(["zstd"], there.Content.Headers.ContentEncoding);
        Assert.Contains("immutable", there.Headers.NonValidated["Cache-Control"].ToString(), StringComparison.Ordinal);
        var packed = await there.Content.ReadAsByteArrayAsync(TestServer.Stop);
        Assert.Equal(digest, $"sha256:{Sha256Digest.Of(Unpack(packed))}");
        using var forged = await GetAsync(direct, link.AbsoluteUri.Replace("X-Amz-Expires=1", "X-Amz-Expires=9", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.Forbidden, forged.StatusCode);
        using var nobody = await GetAsync(direct, link.GetLeftPart(UriPartial.Path));
        Assert.Equal(HttpStatusCode.Forbidden, nobody.StatusCode);

        using var head = await GetAsync(server.Client, $"v1/layers/{digest}", TakesPacked, HttpMethod.Head);
        Assert.Equal(packed.Length, head.Content.Headers.ContentLength);
        using var part = await GetAsync(server.Client, $"v1/layers/{digest}", request =>
        {
            TakesPacked(request);
            request.Headers.Range = new(10, 19);
        });
        Assert.Equal(HttpStatusCode.PartialContent, part.StatusCode);
        Assert.Equal(packed[10..20], await part.Content.ReadAsByteArrayAsync(TestServer.Stop));

        using var plain = await GetAsync(direct, $"v1/layers/{digest}");
        Assert.Equal(HttpStatusCode.OK, plain.StatusCode);
        Assert.Equal(digest, $"sha256:{Sha256Digest.Of(await plain.Content.ReadAsByteArrayAsync(TestServer.Stop))}");
        using var bundle = await GetAsync(direct, $"v1/environments/{ready.Key}/bundle");
        Assert.True((await bundle.Content.ReadAsByteArrayAsync(TestServer.Stop)).Length > packed.Length);
        using var beyond = await GetAsync(direct, $"v1/layers/sha256:{new string('0', 64)}", TakesPacked);
        Assert.Equal(HttpStatusCode.NotFound, beyond.StatusCode);
    }

    [Fact]
    public async Task Where_clients_cannot_reach_the_bucket_the_server_hands_its_bytes_on_in_whole_and_in_part()
    {
        await using var server = await TestServer.StartAsync(Settings("Store:S3:Redirect=false"));
        var digest = (await BuildAsync(server, _index)).Layers[0].Digest;
        using var direct = NotFollowing(server);
        using var whole = await GetAsync(direct, $"v1/layers/{digest}", TakesPacked);
        Assert.Equal(HttpStatusCode.OK, whole.StatusCode);
        Assert.Equal(["zstd"], whole.Content.Headers.ContentEncoding);
        var packed = await whole.Content.ReadAsByteArrayAsync(TestServer.Stop);
        Assert.Equal(digest, $"sha256:{Sha256Digest.Of(Unpack(packed))}");
        using var rest = await GetAsync(direct, $"v1/layers/{digest}", request =>
        {
            TakesPacked(request);
            request.Headers.Range = new(100, null);
            request.Headers.IfRange = new(whole.Headers.ETag!);
        });
        Assert.Equal(HttpStatusCode.PartialContent, rest.StatusCode);
        Assert.Equal(packed[100..], await rest.Content.ReadAsByteArrayAsync(TestServer.Stop));
        using var plainPart = await GetAsync(direct, $"v1/layers/{digest}", request => request.Headers.Range = new(512, 1023));
        Assert.Equal(Unpack(packed)[512..1024], await plainPart.Content.ReadAsByteArrayAsync(TestServer.Stop));
        using var head = await GetAsync(direct, $"v1/layers/{digest}", TakesPacked, HttpMethod.Head);
        Assert.Equal(packed.Length, head.Content.Headers.ContentLength);
    }

    [Fact]
    public async Task An_upload_of_many_parts_is_whole_or_not_there()
    {
        await using var server = await TestServer.StartAsync(Settings());
        // Does not compress, so that it takes several parts.
        var large = RandomNumberGenerator.GetBytes(2 * BucketWriting.PartLength + 12_345);
        using (var wrong = await PutAsync(server, large, [.. Pack(large[..^1])]))
            Assert.Equal(422, (int)wrong.StatusCode);
        using (var cut = await PutAsync(server, large, Pack(large)[..^5000]))
            Assert.Equal(422, (int)cut.StatusCode);
        Assert.Empty(_bucket.Keys());
        Assert.Equal(0, _bucket.OpenUploads);
        Assert.Equal(2, _bucket.Requests.Count(request => request.StartsWith("DELETE ", StringComparison.Ordinal) && request.Contains("uploadId=", StringComparison.Ordinal)));
        using (var taken = await PutAsync(server, large, large))
            Assert.Equal(HttpStatusCode.Created, taken.StatusCode);
        Assert.Single(_bucket.Keys());
        using (var again = await PutAsync(server, large, large))
            Assert.Equal(HttpStatusCode.NoContent, again.StatusCode);
        using var back = await GetAsync(server.Client, $"v1/layers/{Sha256Digest.Of(large)}", TakesPacked);
        Assert.Equal(large, Unpack(await back.Content.ReadAsByteArrayAsync(TestServer.Stop)));
        using var empty = await PutAsync(server, [1, 2, 3], [1, 2, 3]);
        Assert.Equal(HttpStatusCode.Created, empty.StatusCode);
    }

    [Fact]
    public async Task An_upload_that_its_writer_left_behind_is_ended_once_it_is_old()
    {
        await using var server = await TestServer.StartAsync(Settings());
        var storage = server.Get<BucketStorage>();
        // The service does not answer the abort either, as where the writer's machine went away.
        _bucket.Fault = (method, _) => method == "DELETE" ? 500 : null;
        var large = RandomNumberGenerator.GetBytes(BucketWriting.PartLength + 1);
        using (var cut = await PutAsync(server, large, Pack(large)[..^50]))
            Assert.Equal(422, (int)cut.StatusCode);
        _bucket.Fault = null;
        Assert.Equal(1, _bucket.OpenUploads);
        Assert.Equal(0, await storage.AbortStaleAsync(DateTimeOffset.UtcNow.AddHours(-1), TestServer.Stop));
        Assert.Equal(1, await storage.AbortStaleAsync(DateTimeOffset.UtcNow.AddHours(1), TestServer.Stop));
        Assert.Equal(0, _bucket.OpenUploads);
    }

    [Fact]
    public async Task What_the_bucket_lists_and_gives_up_is_what_was_kept()
    {
        await using var server = await TestServer.StartAsync(Settings());
        var ready = await BuildAsync(server, _index);
        var storage = server.Get<ILayerStorage>();
        var listed = new List<StoredArchive>();
        await foreach (var archive in storage.ListAsync(TestServer.Stop))
            listed.Add(archive);
        Assert.Equal(ready.Layers.Select(layer => layer.Digest).Order(StringComparer.Ordinal), listed.Select(archive => $"sha256:{archive.Digest}").Order(StringComparer.Ordinal));
        Assert.All(listed, archive => Assert.True(archive.Length > 0 && archive.Changed > DateTimeOffset.UtcNow.AddHours(-1)));
        await storage.RemoveAsync(listed[0].Digest, TestServer.Stop);
        await storage.RemoveAsync(listed[0].Digest, TestServer.Stop);
        Assert.Null(await storage.OpenAsync(listed[0].Digest, TestServer.Stop));
        // A row without its object is no layer: who would send it, is asked for it.
        Assert.DoesNotContain(listed[0].Digest, await server.Get<LayerShelf>().FindAsync([.. listed.Select(archive => archive.Digest)], TestServer.Stop));
        using var gone = await GetAsync(server.Client, $"v1/layers/{listed[0].Digest}");
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
    }

    [Theory]
    [InlineData("Store:S3:Bucket=none", "there is none", "VenvBuild:Store:S3:Bucket")]
    [InlineData("Store:S3:AccessKey=SOMEBODY", "the credentials are refused (InvalidAccessKeyId)", "VenvBuild:Store:S3:AccessKey")]
    [InlineData("Store:S3:SecretKey=hunter2", "the credentials are refused (SignatureDoesNotMatch)", "VenvBuild:Store:S3:SecretKey")]
    [InlineData("Store:S3:Endpoint=http://127.0.0.1:9", "cannot be reached", "VenvBuild:Store:S3:Endpoint")]
    public async Task A_bucket_that_cannot_be_used_is_named_with_what_to_look_at_and_without_secrets(string setting, string what, string key)
    {
        var failure = await Assert.ThrowsAsync<DiagnosticException>(() => TestServer.StartAsync(Settings(setting)));
        var diagnostic = Assert.Single(failure.Diagnostics);
        Assert.Contains(what, diagnostic.Message, StringComparison.Ordinal);
        Assert.Contains(key, diagnostic.Remedy, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bucket_that_goes_away_is_no_readiness_and_no_error_of_the_clients_and_comes_back()
    {
        await using var server = await TestServer.StartAsync(Settings("Builds:Attempts=1"));
        var ready = await BuildAsync(server, _index);
        await _bucket.StopAsync();
        using (var waits = await GetAsync(server.Client, "readyz"))
            Assert.Equal(HttpStatusCode.ServiceUnavailable, waits.StatusCode);
        using (var alive = await GetAsync(server.Client, "healthz"))
            Assert.Equal(HttpStatusCode.OK, alive.StatusCode);
        using (var layer = await GetAsync(server.Client, $"v1/layers/{ready.Layers[0].Digest}"))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, layer.StatusCode);
            Assert.DoesNotContain(_bucket.Endpoint.Authority, await layer.Content.ReadAsStringAsync(TestServer.Stop), StringComparison.Ordinal);
        }

        using var asked = await server.Client.BuildAsync(await server.Client.LockAsync(_index, "other"));
        var failed = await server.Client.UntilAsync(await asked.KeyAsync(), EnvironmentStatus.Ready, EnvironmentStatus.Failed);
        Assert.Equal(EnvironmentStatus.Failed, failed.State);
        Assert.Contains("cannot be reached", failed.Reason, StringComparison.Ordinal);
        await _bucket.RestartAsync();
        using var again = await GetAsync(server.Client, "readyz");
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
    }

    [Fact]
    public async Task Two_servers_and_a_worker_share_a_database_and_a_bucket_and_no_folder()
    {
        await using var cluster = await PostgresCluster.StartAsync();
        using var folders = new TestFolder();
        Task<ServerProcess> StartAsync(string name, string role) =>
            ServerProcess.StartAsync(folders.File(name), Settings($"Postgres={cluster.Connection}", $"Role={role}", "Limits:RequestsPerMinute=100000"));

        await using var one = await StartAsync("one", "web");
        await using var two = await StartAsync("two", "web");
        await using var worker = await StartAsync("worker", "worker");
        using var asked = await one.Client.BuildAsync(await one.Client.LockAsync(_index, "thing"));
        var ready = await two.Client.UntilAsync(await asked.KeyAsync(), EnvironmentStatus.Ready, EnvironmentStatus.Failed);
        Assert.Equal(EnvironmentStatus.Ready, ready.State);
        foreach (var layer in ready.Layers)
        {
            using var bytes = await GetAsync(two.Client, $"v1/layers/{layer.Digest}");
            Assert.Equal(layer.Digest, $"sha256:{Sha256Digest.Of(await bytes.Content.ReadAsByteArrayAsync(TestServer.Stop))}");
        }

        Assert.False(Directory.Exists(folders.File("one", "layers")));
        Assert.DoesNotContain("Begins", one.Output + two.Output, StringComparison.Ordinal);
        Assert.DoesNotContain($"SecretKey={BucketServer.Secret}", one.Output + two.Output + worker.Output, StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        if (_bucket is not null)
            await _bucket.DisposeAsync();
        await _index.DisposeAsync();
    }
}
