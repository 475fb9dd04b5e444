using System.Security.Cryptography;
using System.Text;
using VenvBuild.Environments;
using VenvBuild.Packaging;
using VenvBuild.Testing;

namespace VenvBuild.Remote.Tests;

/// <summary>A bucket takes and gives environments: signed by Amazon's own rules, once, and on where a transfer broke.</summary>
public sealed class KeepingInBuckets : IAsyncDisposable
{
    private readonly TestFolder _folder = new();
    private BucketServer? _server;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static Func<string, string?> Variables(params (string Name, string Value)[] variables) => name => variables.FirstOrDefault(variable => variable.Name == name).Value;

    private async Task<BucketServer> StartAsync() => _server ??= await BucketServer.StartAsync();

    private EnvironmentBucketStore Open(BucketServer server, string? key = BucketServer.Key, string secret = BucketServer.Secret, string cache = "cache") => new(
        $"s3://{BucketServer.Bucket}/team/a?endpoint={server.Endpoint}", _folder.File(cache),
        key is null ? Variables() : Variables(("AWS_ACCESS_KEY_ID", key), ("AWS_SECRET_ACCESS_KEY", secret)));

    private static async Task<byte[]> BytesAsync(EnvironmentBucketStore source, LayerReference layer)
    {
        await using var content = await source.OpenAsync(layer, Token);
        using var bytes = new MemoryStream();
        await content!.Archive.CopyToAsync(bytes, Token);
        return bytes.ToArray();
    }

    // The examples of "Authenticating Requests: Using the Authorization Header (AWS Signature Version 4)" in the Amazon S3 API reference.
    [Theory]
    [InlineData("GET", "https://examplebucket.s3.amazonaws.com/test.txt", "range:bytes=0-9", "", "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")]
    [InlineData("PUT", "https://examplebucket.s3.amazonaws.com/test%24file.text", "date:Fri, 24 May 2013 00:00:00 GMT|x-amz-storage-class:REDUCED_REDUNDANCY", "Welcome to Amazon S3.", "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd")]
    [InlineData("GET", "https://examplebucket.s3.amazonaws.com/?lifecycle", "", "", "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543")]
    [InlineData("GET", "https://examplebucket.s3.amazonaws.com/?max-keys=2&prefix=J", "", "", "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7")]
    public void Requests_are_signed_as_Amazon_documents_it(string method, string url, string more, string body, string signature)
    {
        var payload = RequestSignature.Hex(SHA256.HashData(Encoding.UTF8.GetBytes(body)));
        var headers = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["host"] = "examplebucket.s3.amazonaws.com",
            ["x-amz-content-sha256"] = payload,
            ["x-amz-date"] = "20130524T000000Z",
        };
        foreach (var header in more.Split('|', StringSplitOptions.RemoveEmptyEntries))
            headers[header.Split(':')[0]] = header[(header.IndexOf(':', StringComparison.Ordinal) + 1)..];
        var value = RequestSignature.Authorization(
            method, new(url), headers, payload, new("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"), "us-east-1", new(2013, 5, 24, 0, 0, 0, TimeSpan.Zero));
        Assert.EndsWith($"Signature={signature}", value, StringComparison.Ordinal);
        Assert.StartsWith("AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, SignedHeaders=", value, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_published_comes_back_and_publishing_again_moves_only_what_is_new()
    {
        var server = await StartAsync();
        var first = new MadeEnvironment("one-1.0", "two-1.0");
        using var store = Open(server);
        Assert.Null(await store.FindEnvironmentAsync(first.Plan.Key, Token));
        using var key = SigningKey.Create();
        Publication Signed(MadeEnvironment made) => new(made.Manifest, made, manifest =>
            DsseEnvelope.Sign(DsseEnvelope.InTotoPayloadType, StatementOfEnvironment.Of(manifest, "test", Sample.Now).Write(), key));

        var published = await store.PublishAsync(Signed(first), Token);
        Assert.Equal((false, 2), (published.IsUnchanged, published.LayersMoved));
        Assert.True((await store.PublishAsync(Signed(first), Token)).IsUnchanged);
        var second = new MadeEnvironment("one-1.0", "two-1.1");
        Assert.Equal(1, (await store.PublishAsync(Signed(second), Token)).LayersMoved);

        var offer = await store.FindEnvironmentAsync(first.Plan.Key, Token);
        Assert.Equal(first.Manifest.ToUtf8Bytes(), offer!.Manifest.ToArray());
        Assert.Single(SignatureFile.Parse(offer.Signatures!.Value.Span));
        foreach (var layer in first.Manifest.Layers)
            Assert.Equal(layer.Digest, Sha256Digest.Of(await BytesAsync(store, layer)));
        Assert.Equal(7, server.Keys().Count);
        Assert.All(server.Keys(), name => Assert.StartsWith("team/a/", name, StringComparison.Ordinal));
        // The layers first, the description last.
        Assert.EndsWith(".json", server.Requests.First(request => request.StartsWith("PUT ", StringComparison.Ordinal) && !request.Contains("/layers/team/a/layers/", StringComparison.Ordinal) && !request.EndsWith(".jsonl", StringComparison.Ordinal)), StringComparison.Ordinal);

        // A folder that was copied into the bucket, and a tree behind a URL, are the same.
        server.IsPublic = true;
        using var tree = new EnvironmentTreeSource(new($"{server.Endpoint}{BucketServer.Bucket}/team/a/"), _folder.File("tree"));
        Assert.Equal(first.Manifest.ToUtf8Bytes(), (await tree.FindEnvironmentAsync(first.Plan.Key, Token))!.Manifest.ToArray());
    }

    [Theory]
    [InlineData(null)]
    [InlineData(501)]
    public async Task Signatures_of_all_who_sign_at_once_are_there_in_the_end(int? answer)
    {
        var server = await StartAsync();
        server.AnswerToConditions = answer;
        // Where the service knows no conditions, those who come one after another.
        await SigningAtOnce.CheckAsync(() => Open(server), isAtOnce: answer is null);
    }

    [Fact]
    public async Task A_transfer_that_breaks_goes_on_and_one_of_another_object_begins_anew()
    {
        var server = await StartAsync();
        var made = new MadeEnvironment("one-1.0");
        var layer = made.Manifest.Layers[0];
        using var store = Open(server);
        await store.PublishAsync(new(made.Manifest, made, null), Token);
        server.CutAfter = 9_000;
        var asked = server.Requests.Count;
        Assert.Equal(layer.Digest, Sha256Digest.Of(await BytesAsync(store, layer)));
        Assert.Equal(2, server.Requests.Skip(asked).Count(request => request.StartsWith("GET ", StringComparison.Ordinal)));

        // A run that was killed left a part of what is not there any more.
        var parts = Directory.CreateDirectory(_folder.File("cache", "pulls", "v1")).FullName;
        await File.WriteAllBytesAsync(Path.Combine(parts, $"{layer.Digest}.part"), new byte[500], Token);
        await File.WriteAllTextAsync(Path.Combine(parts, $"{layer.Digest}.part.tag"), "\"another\"", Token);
        Assert.Equal(layer.Digest, Sha256Digest.Of(await BytesAsync(store, layer)));
    }

    [Fact]
    public async Task A_long_archive_is_sent_in_parts_and_one_that_cannot_be_leaves_nothing()
    {
        var server = await StartAsync();
        var bytes = RandomNumberGenerator.GetBytes((2 * 16 << 20) + 777);
        var wheel = new PlannedWheel { File = WheelFileName.Parse("long-1.0-py3-none-any.whl"), Sha256 = Sample.Digest("long") };
        var layer = new LayerReference { Digest = Sha256Digest.Of(bytes), Size = bytes.Length, Kind = LayerKind.Wheel, Wheel = wheel.File, WheelSha256 = wheel.Sha256 };
        var manifest = new EnvironmentManifest(new(Sample.Target, [wheel]), [layer]);
        var source = new OneLayer(bytes);
        using var store = Open(server);
        server.Fault = (method, target) => method == "PUT" && target.Contains("partNumber=2", StringComparison.Ordinal) ? 400 : null;
        await Assert.ThrowsAsync<DiagnosticException>(() => store.PublishAsync(new(manifest, source, null), Token));
        Assert.Empty(server.Keys());
        Assert.Equal(0, server.OpenUploads);

        // One that fails once is sent again.
        var failures = 0;
        server.Fault = (_, target) => target.Contains("partNumber=2", StringComparison.Ordinal) && failures++ == 0 ? 503 : null;
        Assert.Equal((1, bytes.Length), await store.PublishAsync(new(manifest, source, null), Token) is var done ? (done.LayersMoved, done.BytesMoved) : default);
        Assert.Equal(bytes, await BytesAsync(store, layer));
    }

    [Fact]
    public async Task Without_credentials_what_is_public_is_read_and_nothing_written()
    {
        var server = await StartAsync();
        var made = new MadeEnvironment("one-1.0");
        using (var owner = Open(server))
            await owner.PublishAsync(new(made.Manifest, made, null), Token);
        using var stranger = Open(server, key: null);
        // A private bucket tells strangers nothing, not even what is missing.
        Assert.Null(await stranger.FindEnvironmentAsync(made.Plan.Key, Token));
        server.IsPublic = true;
        Assert.NotNull(await stranger.FindEnvironmentAsync(made.Plan.Key, Token));
        Assert.Equal(made.Manifest.Layers[0].Digest, Sha256Digest.Of(await BytesAsync(stranger, made.Manifest.Layers[0])));
        var refusal = await Assert.ThrowsAsync<DiagnosticException>(() => stranger.PublishAsync(new(made.Manifest, made, null), Token));
        Assert.Contains("AWS_ACCESS_KEY_ID", refusal.Diagnostics[0].Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_credentials_and_a_place_that_is_away_are_named_without_secrets()
    {
        var server = await StartAsync();
        var made = new MadeEnvironment("one-1.0");
        using (var wrong = Open(server, secret: "hunter2"))
        {
            var refusal = await Assert.ThrowsAsync<DiagnosticException>(() => wrong.FindEnvironmentAsync(made.Plan.Key, Token));
            Assert.Equal(SourceCodes.Unauthorized, refusal.Diagnostics[0].Code);
            Assert.DoesNotContain("hunter2", refusal.ToString(), StringComparison.Ordinal);
        }

        await server.StopAsync();
        using var away = Open(server);
        var silent = await Assert.ThrowsAsync<DiagnosticException>(() => away.FindEnvironmentAsync(made.Plan.Key, Token));
        Assert.Equal(SourceCodes.Unreachable, silent.Diagnostics[0].Code);
        await server.RestartAsync();
    }

    [Fact]
    public void Credentials_and_region_are_found_where_Amazons_tools_find_them()
    {
        var file = _folder.Write("credentials", "# mine\n[default]\naws_access_key_id = AKIADEFAULT\naws_secret_access_key=one\n\n[team]\naws_access_key_id=AKIATEAM\naws_secret_access_key=two\naws_session_token=lent\n");
        var config = _folder.Write("config", "[default]\nregion = eu-west-1\n[profile team]\nregion=eu-central-1\n");
        var files = new[] { ("AWS_SHARED_CREDENTIALS_FILE", file), ("AWS_CONFIG_FILE", config) };
        Assert.Equal(("AKIADEFAULT", "one", null), BucketCredentials.Find(Variables(files)) is { } usual ? (usual.Key, usual.Secret, usual.SessionToken) : default);
        var team = BucketCredentials.Find(Variables([.. files, ("AWS_PROFILE", "team")]))!;
        Assert.Equal(("AKIATEAM", "two", "lent"), (team.Key, team.Secret, team.SessionToken));
        Assert.DoesNotContain("two", team.ToString(), StringComparison.Ordinal);
        Assert.Equal("VARIABLE", BucketCredentials.Find(Variables([.. files, ("AWS_ACCESS_KEY_ID", "VARIABLE"), ("AWS_SECRET_ACCESS_KEY", "x")]))!.Key);
        Assert.Null(BucketCredentials.Find(Variables(("AWS_SHARED_CREDENTIALS_FILE", _folder.File("none")))));
        Assert.Equal("eu-west-1", BucketCredentials.FindRegion(Variables(files)));
        Assert.Equal("eu-central-1", BucketCredentials.FindRegion(Variables([.. files, ("AWS_PROFILE", "team")])));
    }

    [Theory]
    [InlineData("s3://venvs/team/a", "https://venvs.s3.us-east-1.amazonaws.com/team/a/")]
    [InlineData("s3://venvs", "https://venvs.s3.us-east-1.amazonaws.com/")]
    [InlineData("s3://venvs.example?region=eu-central-1", "https://s3.eu-central-1.amazonaws.com/venvs.example/")]
    [InlineData("s3://venvs/a/?endpoint=http://127.0.0.1:9000", "http://127.0.0.1:9000/venvs/a/")]
    [InlineData("s3://V", null)]
    [InlineData("s3://venvs/a/../b", null)]
    [InlineData("s3://venvs/a b", null)]
    [InlineData("s3://venvs?other=1", null)]
    [InlineData("s3://venvs?endpoint=ftp://x", null)]
    [InlineData("s3://venvs?endpoint=https://user:secret@x", null)]
    [InlineData("https://venvs", null)]
    public void A_buckets_address_says_where_it_is(string text, string? root)
    {
        Assert.Equal(root, BucketAddress.TryParse(text, Variables())?.Root.AbsoluteUri);
        Assert.Equal(root is not null, EnvironmentBucketStore.IsAddress(text));
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        _folder.Dispose();
    }

    private sealed class OneLayer(byte[] bytes) : ILayerSource
    {
        public string Name => "here";

        public Task<IReadOnlySet<Sha256Digest>> FindAsync(IReadOnlyCollection<LayerReference> layers, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlySet<Sha256Digest>>(layers.Select(layer => layer.Digest).ToHashSet());

        public Task<LayerContent?> OpenAsync(LayerReference layer, CancellationToken cancellationToken) => Task.FromResult<LayerContent?>(new(new MemoryStream(bytes), bytes.Length));
    }
}
