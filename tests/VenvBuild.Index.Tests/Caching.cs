using VenvBuild.Packaging;
using VenvBuild.Testing;

namespace VenvBuild.Index.Tests;

public sealed class Caching
{
    private const string Page = "/simple/demo/";

    [Fact]
    public async Task A_page_is_asked_for_once_while_it_holds_and_then_by_its_tag()
    {
        await using var world = new World();
        world.AddWheel("demo", "1.0");
        await world.VersionsAsync("demo");
        world.Now += TimeSpan.FromSeconds(599);
        await world.VersionsAsync("demo");
        Assert.Equal(1, world.Index.Count(Page));

        world.Now += TimeSpan.FromSeconds(2);
        Assert.Equal(["1.0"], await world.VersionsAsync("demo"));
        Assert.Equal(2, world.Index.Count(Page));
        Assert.NotNull(world.Index.Requests[^1].Header("If-None-Match"));

        // The answer "not modified" holds as long as a page does.
        await world.VersionsAsync("demo");
        Assert.Equal(2, world.Index.Count(Page));

        world.AddWheel("demo", "2.0");
        world.Now += TimeSpan.FromSeconds(601);
        Assert.Equal(["1.0", "2.0"], await world.VersionsAsync("demo"));
    }

    [Theory]
    [InlineData("no-cache", 2)]
    [InlineData("no-store", 2)]
    [InlineData("max-age=0", 2)]
    [InlineData("max-age=5", 1)]
    [InlineData(null, 1)]
    public async Task The_index_says_how_long_its_pages_hold(string? control, int requests)
    {
        await using var world = new World { Index = { PageCacheControl = control } };
        world.AddWheel("demo", "1.0");
        await world.VersionsAsync("demo");
        world.Now += TimeSpan.FromSeconds(1);
        await world.VersionsAsync("demo");
        Assert.Equal(requests, world.Index.Count(Page));
    }

    [Fact]
    public async Task Refreshing_asks_though_the_page_holds()
    {
        await using var world = new World();
        world.AddWheel("demo", "1.0");
        await world.VersionsAsync("demo");
        world.AddWheel("demo", "2.0");
        Assert.Equal(["1.0"], await world.VersionsAsync("demo"));
        Assert.Equal(["1.0", "2.0"], await world.VersionsAsync("demo", world.Options() with { Refresh = true }));
    }

    [Fact]
    public async Task A_name_that_is_unknown_is_remembered_for_a_short_while()
    {
        await using var world = new World();
        Assert.Empty(await world.VersionsAsync("demo"));
        Assert.Empty(await world.VersionsAsync("demo"));
        Assert.Equal(1, world.Index.Count(Page));
        world.AddWheel("demo", "1.0");
        world.Now += TimeSpan.FromSeconds(31);
        Assert.Equal(["1.0"], await world.VersionsAsync("demo"));
    }

    [Fact]
    public async Task Metadata_of_many_releases_is_found_together_though_none_stands_alone_any_more()
    {
        await using var world = new World();
        for (var i = 0; i < 40; i++)
            world.AddWheel("demo", $"1.{i}", [$"other>={i}"]);
        Assert.Equal(40, (await RequirementsOfAllAsync(world)).Distinct().Count());
        var requests = world.Index.Requests.Count;

        Directory.Delete(Directory.GetDirectories(world.Cache.Root, "metadata-v*").Single(), recursive: true);
        var found = await RequirementsOfAllAsync(world);
        Assert.Equal(Enumerable.Range(0, 40).Select(i => $"other>={i}"), found);
        Assert.Equal(requests, world.Index.Requests.Count);
    }

    [Fact]
    public async Task A_pack_that_was_damaged_costs_time_only()
    {
        await using var world = new World();
        for (var i = 0; i < 40; i++)
            world.AddWheel("demo", $"1.{i}", [$"other>={i}"]);
        var expected = await RequirementsOfAllAsync(world);
        var pack = Directory.GetFiles(Path.Combine(world.Cache.Root, "metadata-pack-v1"), "*", SearchOption.AllDirectories).Single();
        var bytes = await File.ReadAllBytesAsync(pack, World.Stop);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(pack, bytes, World.Stop);
        Assert.Equal(expected, await RequirementsOfAllAsync(world));

        await File.WriteAllBytesAsync(pack, bytes[..(bytes.Length / 3)], World.Stop);
        Assert.Equal(expected, await RequirementsOfAllAsync(world));
        Assert.Equal(40, world.Index.Requests.Count(request => request.Path.EndsWith(".metadata", StringComparison.Ordinal)));
    }

    private static async Task<string[]> RequirementsOfAllAsync(World world)
    {
        await using var source = new PackageIndex(world.Options());
        var list = await source.GetReleasesAsync(World.Name("demo"), World.Stop);
        var found = new List<string>();
        foreach (var release in list.Releases)
            found.Add((await source.GetMetadataAsync(release, World.Stop)).Metadata!.RequiresDist[0].ToString());
        return [.. found];
    }

    [Fact]
    public async Task Metadata_is_asked_for_once_and_for_all()
    {
        await using var world = new World();
        world.AddWheel("demo", "1.0", ["other>=2"]);
        await world.MetadataAsync("demo");
        world.Now += TimeSpan.FromDays(1000);
        var answer = await world.MetadataAsync("demo");
        Assert.Equal("other>=2", Assert.Single(answer.Metadata!.RequiresDist).ToString());
        Assert.Single(world.Index.Requests, request => request.Path.EndsWith(".metadata", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Offline_what_the_cache_holds_is_enough_however_old()
    {
        await using var world = new World();
        world.AddWheel("demo", "1.0", ["other"]);
        await world.MetadataAsync("demo");
        await world.VersionsAsync("nobody");
        var asked = world.Index.Requests.Count;
        world.Now += TimeSpan.FromDays(1000);
        var offline = world.Options() with { Offline = true };
        Assert.Equal(["1.0"], await world.VersionsAsync("demo", offline));
        Assert.Equal("other", Assert.Single((await world.MetadataAsync("demo", offline)).Metadata!.RequiresDist).ToString());
        Assert.Empty(await world.VersionsAsync("nobody", offline));
        Assert.Equal(asked, world.Index.Requests.Count);
    }

    [Fact]
    public async Task Offline_what_the_cache_lacks_is_named()
    {
        await using var world = new World();
        world.AddWheel("demo", "1.0");
        var offline = world.Options() with { Offline = true };
        var page = await World.FailureAsync(() => world.VersionsAsync("demo", offline));
        Assert.Equal(IndexCodes.OfflineNotCached, page.Code);
        Assert.Contains("the page of 'demo'", page.Message, StringComparison.Ordinal);
        await world.VersionsAsync("demo");
        var metadata = await World.FailureAsync(() => world.MetadataAsync("demo", offline));
        Assert.Equal(IndexCodes.OfflineNotCached, metadata.Code);
        Assert.Contains("the metadata of demo-1.0-py3-none-any.whl", metadata.Message, StringComparison.Ordinal);
        await using var source = new PackageIndex(offline);
        var file = await World.FailureAsync(() => source.DownloadAsync(new Uri(world.Index.Root, "files/demo-1.0-py3-none-any.whl"), null, null, Stream.Null, World.Stop));
        Assert.Equal(IndexCodes.OfflineNotCached, file.Code);
    }

    [Fact]
    public async Task A_damaged_entry_counts_as_missing()
    {
        await using var world = new World();
        world.AddWheel("demo", "1.0", ["other"]);
        await world.MetadataAsync("demo");
        var entries = Directory.GetFiles(world.Cache.Root, "*", SearchOption.AllDirectories);
        Assert.Equal(2, entries.Length);
        Action<byte[], string>[] damages =
        [
            (bytes, path) => File.WriteAllBytes(path, bytes[..^1]),
            (bytes, path) => File.WriteAllBytes(path, []),
            (bytes, path) => File.WriteAllBytes(path, new byte[bytes.Length]),
            (bytes, path) => File.WriteAllBytes(path, [.. bytes, 0]),
            (bytes, path) =>
            {
                bytes[bytes.Length * 2 / 3] ^= 4;
                File.WriteAllBytes(path, bytes);
            },
        ];
        foreach (var damage in damages)
        {
            var before = world.Index.Requests.Count;
            foreach (var entry in entries)
                damage(File.ReadAllBytes(entry), entry);
            Assert.Equal("other", Assert.Single((await world.MetadataAsync("demo")).Metadata!.RequiresDist).ToString());
            Assert.Equal(before + 2, world.Index.Requests.Count);
        }
    }

    [Fact]
    public void Every_flipped_bit_and_every_cut_of_an_entry_is_noticed()
    {
        using var folder = new TestFolder();
        var cache = new CacheFolder(folder.Path);
        var content = new byte[101];
        new Random(7).NextBytes(content);
        var key = CacheFolder.KeyOf("a");
        Assert.Null(cache.TryWrite("things", 1, key, content));
        var path = cache.PathOf("things", 1, key);
        var whole = File.ReadAllBytes(path);
        Assert.Equal(content, cache.TryRead("things", 1, key, out var start)![start..]);
        for (var bit = 0; bit < whole.Length * 8; bit++)
        {
            // Bytes 4 to 7 of the head are not in use.
            if (bit / 8 is >= 4 and < 8)
                continue;
            var damaged = (byte[])whole.Clone();
            damaged[bit / 8] ^= (byte)(1 << bit % 8);
            Assert.False(CacheEntry.IsWhole(damaged), $"bit {bit}");
        }

        for (var length = 0; length < whole.Length; length++)
            Assert.False(CacheEntry.IsWhole(whole.AsSpan(0, length)), $"length {length}");
    }

    [Fact]
    public async Task Sources_that_share_a_folder_never_see_half_an_entry()
    {
        await using var world = new World { Index = { PageCacheControl = "no-cache", Encoding = null } };
        for (var i = 0; i < 200; i++)
            world.Index.Add(new("demo", $"demo-1.{i}-py3-none-any.whl", [1]));
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 10; i++)
                Assert.Equal(200, (await world.VersionsAsync("demo")).Length);
        })));
        Assert.Empty(Directory.GetFiles(world.Cache.Root, "*.part", SearchOption.AllDirectories));
        // A damaged entry would have been asked for without a tag.
        Assert.True(world.Index.Requests.Count(request => request.Header("If-None-Match") is null) <= 8);
    }

    [Fact]
    public async Task A_cache_that_cannot_be_written_is_said_once_and_harms_nothing()
    {
        await using var world = new World();
        world.AddWheel("demo", "1.0");
        File.WriteAllText(world.File("cache"), "a file where the folder should be");
        Assert.Equal(["1.0"], await world.VersionsAsync("demo"));
        Assert.NotNull((await world.MetadataAsync("demo")).Metadata);
        Assert.Equal(2, world.Reports.Count(report => report.Code == IndexCodes.CacheNotWritable));
    }

    [Fact]
    public void The_folder_is_found_by_the_environment()
    {
        var variables = new Dictionary<string, string>();
        string Root() => CacheFolder.Default(name => variables.GetValueOrDefault(name)).Root;
        Assert.EndsWith(OperatingSystem.IsWindows() ? @"venvbuild\cache" : "venvbuild", Root(), StringComparison.Ordinal);
        variables["XDG_CACHE_HOME"] = "relative";
        Assert.DoesNotContain("relative", Root(), StringComparison.Ordinal);
        variables["XDG_CACHE_HOME"] = Path.GetFullPath("/xdg");
        Assert.Equal(Path.GetFullPath("/xdg/venvbuild"), Root());
        variables["VENVBUILD_CACHE"] = Path.GetFullPath("/mine");
        Assert.Equal(Path.GetFullPath("/mine"), Root());
    }

    [Fact]
    public void Keys_tell_lists_of_texts_apart()
    {
        Assert.NotEqual(CacheFolder.KeyOf("ab", "c"), CacheFolder.KeyOf("a", "bc"));
        Assert.NotEqual(CacheFolder.KeyOf("a"), CacheFolder.KeyOf("a", ""));
        var cache = new CacheFolder("/root");
        Assert.Throws<ArgumentException>(() => cache.PathOf("things", 1, "../../etc"));
        Assert.EndsWith(Path.Combine("things-v1", "ab", "cdef"), cache.PathOf("things", 1, "abcdef"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_page_is_the_same_after_the_cache()
    {
        var digests = Maybe(Gen.Byte.Array[32].Select(bytes => Sha256Digest.FromBytes(bytes)));
        var urls = OneOf("https://files.example/ab/cd/" + new string('0', 59) + "f/", "https://files.example/", "http://h/a%20b/?x=/y&f=");
        var files =
            from major in Gen.Int[0, 3]
            from minor in Gen.Int[0, 3]
            from isWheel in Gen.Bool
            from build in Gen.Int[0, 99]
            from url in urls
            from digest in digests
            from metadata in digests
            from python in OneOf<string?>(null, ">=3.9", "<4,>=3.8")
            from reason in OneOf<string?>(null, "", "broken \u00e4")
            from size in Maybe(Gen.Long[0, 1L << 40])
            from time in Maybe(Gen.Int[0, int.MaxValue].Select(time => DateTimeOffset.FromUnixTimeSeconds(time)))
            let name = isWheel ? $"a_b-{major}.{minor}-{build}-py3-none-any.whl" : $"a-b-{major}.{minor}.tar.gz"
            select new IndexFile
            {
                FileName = name,
                Url = new Uri(url + name),
                Wheel = isWheel ? WheelFileName.Parse(name) : null,
                Sdist = isWheel ? null : SdistFileName.Parse(name),
                Sha256 = digest,
                HasCoreMetadata = metadata is not null,
                CoreMetadataSha256 = metadata,
                RequiresPython = python is null ? null : VersionSpecifiers.Parse(python),
                IsYanked = reason is not null,
                YankedReason = reason,
                Size = size,
                UploadTime = time,
            };
        files.Array[0, 12].Sample(all =>
        {
            var state = new PageState { ETag = "\"x\"", Expires = DateTimeOffset.UnixEpoch, Status = ProjectStatus.Deprecated, StatusReason = "old" };
            var page = EncodedPage.Load(PageEncoder.Encode(state, all), 0)!;
            Assert.Equal(state, page.State);
            Assert.Equal(all.Select(file => file.Version).Distinct().Order(), page.Versions);
            var expected = all.OrderBy(file => file.Version).ToList();
            Assert.Equal(expected.Count, page.FileCount);
            for (var i = 0; i < expected.Count; i++)
                AssertSame(expected[i], page.File(i));
        });
    }

    [Fact]
    public void A_cached_page_that_is_anything_else_is_not_loaded()
    {
        var whole = PageEncoder.Encode(new(), []);
        Assert.NotNull(EncodedPage.Load(whole, 0));
        for (var length = 0; length < whole.Length; length++)
            Assert.Null(EncodedPage.Load(whole[..length], 0));
        Gen.Byte.Array[0, 200].Sample(bytes => { EncodedPage.Load(bytes, 0); });
    }

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static Gen<T?> Maybe<T>(Gen<T> gen)
        where T : struct => Gen.Select(Gen.Bool, gen, (isThere, value) => isThere ? (T?)value : null);

    private static void AssertSame(IndexFile expected, IndexFile actual)
    {
        Assert.Equal(expected.FileName, actual.FileName);
        Assert.Equal(expected.Url, actual.Url);
        Assert.Equal(expected.Wheel, actual.Wheel);
        Assert.Equal(expected.Sdist?.Version, actual.Sdist?.Version);
        Assert.Equal(expected.Sha256, actual.Sha256);
        Assert.Equal(expected.HasCoreMetadata, actual.HasCoreMetadata);
        Assert.Equal(expected.CoreMetadataSha256, actual.CoreMetadataSha256);
        Assert.Equal(expected.RequiresPython, actual.RequiresPython);
        Assert.Equal(expected.IsYanked, actual.IsYanked);
        Assert.Equal(expected.YankedReason, actual.YankedReason);
        Assert.Equal(expected.Size, actual.Size);
        Assert.Equal(expected.UploadTime, actual.UploadTime);
    }
}
