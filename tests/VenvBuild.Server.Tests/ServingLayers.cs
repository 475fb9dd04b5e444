using System.Net;
using System.Text;
using System.Text.Json;
using VenvBuild.Packaging;
using VenvBuild.Remote;
using VenvBuild.Testing;
using ZstdSharp;

namespace VenvBuild.Server.Tests;

/// <summary>Layers go out in whole and in part, packed and not, under the digest of what they unpack to, and come in only as that.</summary>
public sealed class ServingLayers : IAsyncDisposable
{
    private readonly LoopbackIndex _index = new LoopbackIndex().Add("thing", "1.0");
    private readonly byte[] _content = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 40_000).Select(number => FormattableString.Invariant($"line {number}\n"))));

    private string Digest => $"sha256:{Sha256Digest.Of(_content)}";

    private static Task<HttpResponseMessage> SendAsync(TestServer server, string token, HttpMethod method, string path, Action<HttpRequestMessage>? change = null)
    {
        var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Headers = { Authorization = new("Bearer", token) } };
        change?.Invoke(request);
        return server.Client.SendAsync(request, TestServer.Stop);
    }

    private async Task<(TestServer Server, string Token)> StartAsync(params string[] settings)
    {
        var server = await TestServer.StartAsync([_index.Allowed(), .. settings]);
        return (server, (await server.Get<TokenStore>().MakeAsync("ci", AccessScopes.Push, TestServer.Stop)).Text);
    }

    private static byte[] Pack(byte[] content)
    {
        using var compressor = new Compressor();
        return compressor.Wrap(content).ToArray();
    }

    private static byte[] Unpack(byte[] content)
    {
        using var decompressor = new Decompressor();
        return decompressor.Unwrap(content).ToArray();
    }

    private static async Task<byte[]> BytesAsync(HttpResponseMessage answer) => await answer.Content.ReadAsByteArrayAsync(TestServer.Stop);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_layer_comes_back_as_it_was_sent_whole_and_in_parts(bool isPacked)
    {
        var (server, token) = await StartAsync();
        await using var _ = server;
        using (var made = await SendAsync(server, token, HttpMethod.Put, $"v1/layers/{Digest}", request =>
        {
            request.Content = new ByteArrayContent(isPacked ? Pack(_content) : _content);
            if (isPacked)
                request.Content.Headers.ContentEncoding.Add("zstd");
        }))
        {
            Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        }

        using var plain = await SendAsync(server, token, HttpMethod.Get, $"v1/layers/{Digest}");
        Assert.Equal(_content, await BytesAsync(plain));
        Assert.Empty(plain.Content.Headers.ContentEncoding);
        Assert.Equal("public, max-age=31536000, immutable", plain.Headers.NonValidated["Cache-Control"].ToString());
        using var packed = await SendAsync(server, token, HttpMethod.Get, $"v1/layers/{Digest}", request => request.Headers.AcceptEncoding.ParseAdd("gzip, zstd"));
        var bytes = await BytesAsync(packed);
        Assert.Equal(["zstd"], packed.Content.Headers.ContentEncoding);
        Assert.Equal(_content, Unpack(bytes));
        Assert.NotEqual(plain.Headers.ETag, packed.Headers.ETag);
        using var refused = await SendAsync(server, token, HttpMethod.Get, $"v1/layers/{Digest}", request => request.Headers.AcceptEncoding.ParseAdd("zstd;q=0"));
        Assert.Empty(refused.Content.Headers.ContentEncoding);

        using var head = await SendAsync(server, token, HttpMethod.Head, $"v1/layers/{Digest}");
        Assert.Equal(_content.Length, head.Content.Headers.ContentLength);
        using var part = await SendAsync(server, token, HttpMethod.Get, $"v1/layers/{Digest}", request => request.Headers.Range = new(300_000, 300_099));
        Assert.Equal(HttpStatusCode.PartialContent, part.StatusCode);
        Assert.Equal(_content[300_000..300_100], await BytesAsync(part));
        using var rest = await SendAsync(server, token, HttpMethod.Get, $"v1/layers/{Digest}", request =>
        {
            request.Headers.AcceptEncoding.ParseAdd("zstd");
            request.Headers.Range = new(100, null);
            request.Headers.IfRange = new(packed.Headers.ETag!);
        });
        Assert.Equal(bytes[100..], await BytesAsync(rest));
        using var beyond = await SendAsync(server, token, HttpMethod.Get, $"v1/layers/{Digest}", request => request.Headers.Range = new(_content.Length, null));
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, beyond.StatusCode);
        using var unchanged = await SendAsync(server, token, HttpMethod.Get, $"v1/layers/{Digest}", request => request.Headers.IfNoneMatch.Add(plain.Headers.ETag!));
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
    }

    [Fact]
    public async Task What_is_not_the_layer_that_it_is_sent_as_is_refused_and_nothing_is_kept()
    {
        var (server, token) = await StartAsync("Limits:LayerMegabytes=1");
        await using var _ = server;
        var other = new byte[2000];
        var broken = Pack(_content);
        broken[^30] ^= 0xFF;
        var bomb = Pack(new byte[5 << 20]);
        foreach (var (body, status) in new[] { (other, 422), (Pack(other), 422), (broken, 422), (broken[..^9], 422), (bomb, 413), (new byte[2 << 20], 413), ([], 422), ([.. Pack(_content), 0], 422) })
        {
            using var answer = await SendAsync(server, token, HttpMethod.Put, $"v1/layers/{Digest}", request => request.Content = new ByteArrayContent(body));
            Assert.Equal(status, (await TestServer.ProblemAsync(answer)).Status);
        }

        using var absent = await SendAsync(server, token, HttpMethod.Get, $"v1/layers/{Digest}");
        Assert.Equal(HttpStatusCode.NotFound, absent.StatusCode);
        Assert.Empty(Directory.EnumerateFiles(server.Get<ServerSettings>().LayersFolder, "*", SearchOption.AllDirectories));
        using var anonymous = new ByteArrayContent(_content);
        using var stranger = await server.Client.PutAsync(new Uri($"v1/layers/{Digest}", UriKind.Relative), anonymous, TestServer.Stop);
        Assert.Equal(HttpStatusCode.Forbidden, stranger.StatusCode);
        using var nameless = await SendAsync(server, token, HttpMethod.Get, "v1/layers/sha256:12");
        Assert.Equal(HttpStatusCode.BadRequest, nameless.StatusCode);
    }

    [Fact]
    public async Task Only_what_is_missing_need_be_sent()
    {
        var (server, token) = await StartAsync();
        await using var _ = server;
        using var asked = await server.Client.BuildAsync(await server.Client.LockAsync(_index, "thing"));
        var ready = await server.Client.UntilAsync(await asked.KeyAsync(), EnvironmentStatus.Ready);
        async Task<HttpResponseMessage> MissingAsync(params string[] layers) => await SendAsync(server, token, HttpMethod.Post, "v1/layers/missing", request =>
            request.Content = new StringContent(JsonSerializer.Serialize(new LayerList { Layers = layers }, RemoteJson.Default.LayerList), Encoding.UTF8, "application/json"));

        using var answer = await MissingAsync(ready.Layers[0].Digest, Digest, Digest);
        var missing = JsonSerializer.Deserialize(await answer.Content.ReadAsStringAsync(TestServer.Stop), RemoteJson.Default.LayerList)!;
        Assert.Equal([Digest], missing.Layers);
        using var wrong = await MissingAsync("md5:1");
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        using var plain = await server.Client.GetAsync(new Uri($"v1/layers/{ready.Layers[0].Digest}", UriKind.Relative), TestServer.Stop);
        var content = await BytesAsync(plain);
        Assert.Equal(ready.Layers[0].Digest, $"sha256:{Sha256Digest.Of(content)}");
        Assert.Equal(ready.Layers[0].Size, content.Length);
    }

    public ValueTask DisposeAsync() => _index.DisposeAsync();
}
