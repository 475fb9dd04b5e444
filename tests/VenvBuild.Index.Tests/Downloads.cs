using VenvBuild.Packaging;
using VenvBuild.Testing;

namespace VenvBuild.Index.Tests;

public sealed class Downloads
{
    private const string Path = "/files/big-1.0-py3-none-any.whl";

    private static byte[] Content { get; } = MakeContent();

    private static Sha256Digest Digest => Sha256Digest.Of(Content);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Bring_the_bytes_and_their_digest(bool knowsWhat)
    {
        await using var world = Serve();
        await using var source = new PackageIndex(world.Options());
        using var destination = new MemoryStream();
        var digest = await source.DownloadAsync(Url(world), knowsWhat ? Digest : null, knowsWhat ? Content.Length : null, destination, World.Stop);
        Assert.Equal(Digest, digest);
        Assert.Equal(Content, destination.ToArray());
    }

    [Fact]
    public async Task Go_on_where_they_broke_off()
    {
        await using var world = Serve();
        world.Index.Order(Path, Broken(world, 60_000), Broken(world, 0));
        await using var source = new PackageIndex(world.Options());
        using var destination = new MemoryStream();
        await source.DownloadAsync(Url(world), Digest, Content.Length, destination, World.Stop);
        Assert.Equal(Content, destination.ToArray());
        Assert.Equal([null, "bytes=60000-", "bytes=60000-"], world.Index.Requests.Select(request => request.Header("Range")));
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task Begin_anew_or_pass_over_what_is_there_where_no_part_can_be_had(bool canSeek, bool hasTags)
    {
        await using var world = Serve();
        world.Index.ServesRanges = false;
        world.Index.FilesHaveTags = hasTags;
        world.Index.Order(Path, Broken(world, 60_000));
        await using var source = new PackageIndex(world.Options());
        using var memory = new MemoryStream();
        await using var destination = canSeek ? (Stream)memory : new OneWay(memory);
        await source.DownloadAsync(Url(world), Digest, Content.Length, destination, World.Stop);
        Assert.Equal(Content, memory.ToArray());
    }

    [Fact]
    public async Task Of_a_file_that_was_replaced_in_between_begin_anew()
    {
        await using var world = Serve();
        world.Index.Order(Path, new LoopbackAnswer(200, null, new byte[Content.Length]) { CloseAfter = 60_000, Headers = new Dictionary<string, string> { ["ETag"] = "\"old\"" } });
        await using var source = new PackageIndex(world.Options());
        using var destination = new MemoryStream();
        await source.DownloadAsync(Url(world), Digest, Content.Length, destination, World.Stop);
        Assert.Equal(Content, destination.ToArray());
    }

    [Fact]
    public async Task That_were_damaged_once_are_made_again_and_those_always_wrong_are_refused()
    {
        await using var world = Serve();
        var wrong = (byte[])Content.Clone();
        wrong[^1] ^= 1;
        world.Index.Order(Path, new LoopbackAnswer(200, null, wrong));
        await using var source = new PackageIndex(world.Options());
        using var destination = new MemoryStream();
        await source.DownloadAsync(Url(world), Digest, Content.Length, destination, World.Stop);
        Assert.Equal(Content, destination.ToArray());

        world.Index.Always(Path, new LoopbackAnswer(200, null, wrong));
        var failure = await World.FailureAsync(() => source.DownloadAsync(Url(world), Digest, Content.Length, new MemoryStream(), World.Stop));
        Assert.Equal(IndexCodes.DigestMismatch, failure.Code);
        Assert.Contains(Digest.ToString(), failure.Message, StringComparison.Ordinal);
        Assert.Contains(Sha256Digest.Of(wrong).ToString(), failure.Message, StringComparison.Ordinal);
        // A stream that cannot be emptied gets no second chance.
        await using var oneWay = new OneWay(new MemoryStream());
        Assert.Equal(IndexCodes.DigestMismatch, (await World.FailureAsync(() => source.DownloadAsync(Url(world), Digest, Content.Length, oneWay, World.Stop))).Code);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task Of_another_length_are_refused(int difference)
    {
        await using var world = Serve();
        await using var source = new PackageIndex(world.Options());
        var failure = await World.FailureAsync(() => source.DownloadAsync(Url(world), null, Content.Length + difference, new MemoryStream(), World.Stop));
        Assert.Equal(IndexCodes.DigestMismatch, failure.Code);
    }

    [Fact]
    public async Task Without_an_end_are_ended()
    {
        await using var world = Serve();
        world.Index.Always(Path, new LoopbackAnswer(200, null, Content) { IsEndless = true });
        await using var source = new PackageIndex(world.Options() with { Limits = new() { Archive = 1_000_000 } });
        Assert.Equal(IndexCodes.TooLarge, (await World.FailureAsync(() => source.DownloadAsync(Url(world), null, null, new MemoryStream(), World.Stop))).Code);
    }

    [Fact]
    public async Task Of_a_file_that_is_gone_say_so()
    {
        await using var world = new World();
        await using var source = new PackageIndex(world.Options());
        var failure = await World.FailureAsync(() => source.DownloadAsync(Url(world), null, null, new MemoryStream(), World.Stop));
        Assert.Equal(IndexCodes.FileMissing, failure.Code);
        Assert.Contains("big-1.0-py3-none-any.whl", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_local_files_are_checked_as_well()
    {
        await using var world = new World();
        var path = world.File("a b.whl");
        await File.WriteAllBytesAsync(path, Content, World.Stop);
        await using var source = new PackageIndex(world.Options() with { Offline = true });
        using var destination = new MemoryStream();
        Assert.Equal(Digest, await source.DownloadAsync(new Uri(path), Digest, Content.Length, destination, World.Stop));
        Assert.Equal(Content, destination.ToArray());
        Assert.Equal(IndexCodes.DigestMismatch, (await World.FailureAsync(() => source.DownloadAsync(new Uri(path), Sha256Digest.Of([]), null, new MemoryStream(), World.Stop))).Code);
        Assert.Equal(IndexCodes.FileMissing, (await World.FailureAsync(() => source.DownloadAsync(new Uri(world.File("no.whl")), null, null, new MemoryStream(), World.Stop))).Code);
    }

    [Fact]
    public async Task Stop_when_they_are_cancelled()
    {
        await using var world = Serve();
        world.Index.Always(Path, new LoopbackAnswer(200, null, Content) { Stalls = true });
        await using var source = new PackageIndex(world.Options());
        using var cancel = new CancellationTokenSource();
        var download = source.DownloadAsync(Url(world), Digest, Content.Length, new MemoryStream(), cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => download);
    }

    private static World Serve()
    {
        var world = new World();
        world.Index.Add(new("big", "big-1.0-py3-none-any.whl", Content));
        return world;
    }

    private static Uri Url(World world) => new(world.Index.Root, Path);

    private static LoopbackAnswer Broken(World world, int bytes) => new(200, null, Content)
    {
        CloseAfter = bytes,
        Headers = world.Index.FilesHaveTags ? new Dictionary<string, string> { ["ETag"] = Tag() } : new Dictionary<string, string>(),
    };

    private static string Tag() => $"\"{Digest.ToString()[..16]}\"";

    private static byte[] MakeContent()
    {
        var content = new byte[200_000];
        new Random(3).NextBytes(content);
        return content;
    }

    private sealed class OneWay(Stream inner) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);
    }
}
