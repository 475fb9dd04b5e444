using VenvBuild.Packaging;

namespace VenvBuild.Index.Tests;

public sealed class ReadingAnIndex
{
    [Theory]
    [InlineData(false, "gzip")]
    [InlineData(false, "br")]
    [InlineData(false, null)]
    [InlineData(true, "gzip")]
    public async Task Lists_releases_oldest_first_with_all_that_a_page_says(bool isHtml, string? encoding)
    {
        await using var world = new World { Index = { HtmlOnly = isHtml, Encoding = encoding } };
        world.AddWheel("demo", "1.10");
        world.Index.Add(new("demo", "demo-1.9.tar.gz", [1, 2, 3]) { RequiresPython = ">=3.9", Yanked = "broken" });
        world.Index.Add(new("demo", "demo-1.9-py3-none-any.whl", [4]));
        world.Index.Add(new("demo", "demo-2.0rc1-py3-none-any.whl", [5]));
        world.Index.Add(new("demo", "demo-1.9.exe", [6]));

        await using var source = new PackageIndex(world.Options());
        var list = await source.GetReleasesAsync(World.Name("demo"), World.Stop);

        Assert.Equal(["1.9", "1.10", "2.0rc1"], list.Releases.Select(release => release.Version.ToString()));
        Assert.Equal(new Uri(world.Index.Root, "simple/"), list.Index);
        Assert.Equal([world.Index.Simple.AbsoluteUri], list.Searched);
        Assert.Equal(2, list.Releases[0].Files.Count);
        var sdist = list.Releases[0].Files[0];
        Assert.Equal("demo-1.9.tar.gz", sdist.FileName);
        Assert.Equal(new Uri(world.Index.Root, "files/demo-1.9.tar.gz"), sdist.Url);
        Assert.Equal(Sha256Digest.Of([1, 2, 3]), sdist.Sha256);
        Assert.Equal(">=3.9", sdist.RequiresPython?.ToString());
        Assert.True(sdist.IsYanked);
        Assert.Equal("broken", sdist.YankedReason);
        Assert.Equal("1.9", sdist.Sdist?.Version.ToString());
        Assert.Null(sdist.Wheel);
        Assert.Equal(isHtml ? null : 3, sdist.Size);
        Assert.Equal(isHtml ? null : new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), sdist.UploadTime);
        var wheel = list.Releases[1].Files[0];
        Assert.NotNull(wheel.Wheel);
        Assert.True(wheel.HasCoreMetadata);
        Assert.NotNull(wheel.CoreMetadataSha256);
    }

    [Fact]
    public async Task Finds_no_releases_of_a_name_that_the_index_does_not_know()
    {
        await using var world = new World();
        await using var source = new PackageIndex(world.Options());
        var list = await source.GetReleasesAsync(World.Name("nobody"), World.Stop);
        Assert.Empty(list.Releases);
        Assert.Null(list.Index);
        Assert.Equal([world.Index.Simple.AbsoluteUri], list.Searched);
    }

    [Fact]
    public async Task Asks_once_for_what_many_want_at_once()
    {
        await using var world = new World { Index = { Latency = TimeSpan.FromMilliseconds(20) } };
        world.AddWheel("demo", "1.0");
        await using var source = new PackageIndex(world.Options());
        var lists = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => source.GetReleasesAsync(World.Name("demo"), World.Stop).AsTask()));
        Assert.All(lists, list => Assert.Same(lists[0], list));
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => source.GetMetadataAsync(lists[0].Releases[0], World.Stop).AsTask()));
        Assert.Equal(2, world.Index.Requests.Count);
    }

    [Theory]
    [InlineData("archived", "archived")]
    [InlineData("deprecated", "deprecated")]
    [InlineData("quarantined", "unsafe")]
    public async Task Warns_of_a_project_that_is_not_active(string status, string word)
    {
        await using var world = new World();
        world.AddWheel("demo", "1.0");
        world.Index.Statuses["demo"] = (status, "use other");
        for (var run = 0; run < 2; run++)
        {
            await using var source = new PackageIndex(world.Options());
            var list = await source.GetReleasesAsync(World.Name("demo"), World.Stop);
            var warning = Assert.Single(list.Warnings);
            Assert.Equal(IndexCodes.ProjectStatus, warning.Code);
            Assert.Contains(word, warning.Message, StringComparison.Ordinal);
            Assert.Contains("use other", warning.Message, StringComparison.Ordinal);
            Assert.Equal(status == "quarantined" ? 0 : 1, list.Releases.Count);
        }

        Assert.Equal(1, world.Index.Count("/simple/demo/"));
    }

    [Fact]
    public async Task Leaves_out_what_was_published_later_or_at_no_known_time()
    {
        await using var world = new World();
        world.Index.Add(new("demo", "demo-1.0-py3-none-any.whl", [1]) { UploadTime = "2026-01-01T00:00:00Z" });
        world.Index.Add(new("demo", "demo-1.0.tar.gz", [2]) { UploadTime = "2026-03-01T00:00:00Z" });
        world.Index.Add(new("demo", "demo-2.0-py3-none-any.whl", [3]) { UploadTime = "2026-02-01T00:00:01Z" });
        world.Index.Add(new("demo", "demo-0.9-py3-none-any.whl", [4]) { UploadTime = null });
        world.Index.Add(new("other", "other-0.9-py3-none-any.whl", [4]) { UploadTime = null });
        var options = world.Options() with { ExcludeNewer = new DateTimeOffset(2026, 2, 1, 0, 0, 0, TimeSpan.Zero) };
        await using var source = new PackageIndex(options);
        var list = await source.GetReleasesAsync(World.Name("demo"), World.Stop);
        Assert.Equal(["demo-1.0-py3-none-any.whl"], list.Releases.SelectMany(release => release.Files).Select(file => file.FileName));
        Assert.Empty((await source.GetReleasesAsync(World.Name("other"), World.Stop)).Releases);
        Assert.Single(world.Reports, report => report.Code == IndexCodes.NoUploadTime);
    }

    [Fact]
    public async Task Finds_a_file_by_name_and_digest_wherever_a_mirror_keeps_it()
    {
        await using var world = new World();
        var file = world.AddWheel("demo", "1.0");
        await using var source = new PackageIndex(world.Options() with { ExcludeNewer = DateTimeOffset.UnixEpoch });
        var digest = Sha256Digest.Of(file.Content);
        var found = await source.FindFileAsync(World.Name("demo"), file.FileName, digest, World.Stop);
        Assert.Equal(new Uri(world.Index.Root, file.Path[1..]), found?.Url);
        Assert.Null(await source.FindFileAsync(World.Name("demo"), "demo-2.0-py3-none-any.whl", digest, World.Stop));
        Assert.Null(await source.FindFileAsync(World.Name("nobody"), "nobody-2.0-py3-none-any.whl", digest, World.Stop));
        var failure = await World.FailureAsync(() => source.FindFileAsync(World.Name("demo"), file.FileName, Sha256Digest.Of([]), World.Stop));
        Assert.Equal(IndexCodes.DigestMismatch, failure.Code);
    }

    [Fact]
    public async Task Leaves_out_for_single_names_what_was_published_later_than_is_said_for_them()
    {
        await using var world = new World();
        foreach (var name in new[] { "early", "late", "free" })
        {
            foreach (var (version, year) in new[] { ("1.0", 2024), ("2.0", 2026) })
                world.Index.Add(new(name, $"{name}-{version}-py3-none-any.whl", [1]) { UploadTime = $"{year}-06-01T00:00:00Z" });
        }

        var options = world.Options() with
        {
            ExcludeNewer = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero),
            ExcludeNewerOf = new Dictionary<PackageName, DateTimeOffset?> { [World.Name("late")] = new(2026, 12, 31, 0, 0, 0, TimeSpan.Zero), [World.Name("free")] = null },
        };
        Assert.Equal(["1.0"], await world.VersionsAsync("early", options));
        Assert.Equal(["1.0", "2.0"], await world.VersionsAsync("late", options));
        Assert.Equal(["1.0", "2.0"], await world.VersionsAsync("free", options));
    }
}
