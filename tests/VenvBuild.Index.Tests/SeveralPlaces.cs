using VenvBuild.Packaging;
using VenvBuild.Testing;

namespace VenvBuild.Index.Tests;

public sealed class SeveralPlaces
{
    private static IndexOptions Both(World world, LoopbackIndex second, params string[] patterns) => world.Options() with
    {
        Indexes =
        [
            new IndexLocation("corp", world.Index.Simple, [.. patterns.Select(NamePattern.Parse)]),
            new IndexLocation("public", second.Simple),
        ],
    };

    [Fact]
    public async Task The_first_index_that_has_a_name_serves_it_alone()
    {
        await using var world = new World();
        await using var second = new LoopbackIndex();
        world.AddWheel("demo", "1.0");
        world.AddWheel("demo", "2.0", index: second);
        world.AddWheel("other", "3.0", index: second);
        Assert.Equal(["1.0"], await world.VersionsAsync("demo", Both(world, second)));
        Assert.Equal(0, second.Count("/simple/demo/"));
        await using var source = new PackageIndex(Both(world, second));
        var list = await source.GetReleasesAsync(World.Name("other"), World.Stop);
        Assert.Equal(second.Simple, list.Index);
        Assert.Equal([world.Index.Simple.AbsoluteUri, second.Simple.AbsoluteUri], list.Searched);
    }

    [Fact]
    public async Task An_index_that_has_a_name_without_files_still_serves_it()
    {
        await using var world = new World();
        await using var second = new LoopbackIndex();
        world.Index.AddProject("demo");
        world.AddWheel("demo", "2.0", index: second);
        Assert.Empty(await world.VersionsAsync("demo", Both(world, second)));
    }

    [Fact]
    public async Task An_index_that_fails_does_not_pass_its_names_on()
    {
        await using var world = new World();
        await using var second = new LoopbackIndex();
        world.AddWheel("demo", "2.0", index: second);
        world.Index.Always("/simple/demo/", LoopbackAnswer.OfStatus(401));
        await World.FailureAsync(() => world.VersionsAsync("demo", Both(world, second)));
        Assert.Empty(second.Requests);
    }

    [Fact]
    public async Task A_best_match_takes_each_version_from_the_first_that_has_it()
    {
        await using var world = new World();
        await using var second = new LoopbackIndex();
        world.AddWheel("demo", "1.0");
        world.AddWheel("demo", "2.0");
        world.AddWheel("demo", "2.0.0", index: second);
        world.AddWheel("demo", "1.5", index: second);
        await using var source = new PackageIndex(Both(world, second) with { Strategy = IndexStrategy.BestMatch });
        var list = await source.GetReleasesAsync(World.Name("demo"), World.Stop);
        Assert.Equal(["1.0", "1.5", "2.0"], list.Releases.Select(release => release.Version.ToString()));
        Assert.Equal([world.Index.Simple, second.Simple, world.Index.Simple], list.Releases.Select(release => release.Index));
        Assert.Single(list.Releases[2].Files);
    }

    [Theory]
    [InlineData(IndexStrategy.FirstIndex)]
    [InlineData(IndexStrategy.BestMatch)]
    public async Task A_name_that_is_claimed_is_asked_nowhere_else_and_the_claimant_for_no_other(IndexStrategy strategy)
    {
        await using var world = new World();
        await using var second = new LoopbackIndex();
        world.AddWheel("corp-demo", "9.0", index: second);
        world.AddWheel("demo", "9.0");
        var folder = Directory.CreateDirectory(world.File("links")).FullName;
        await File.WriteAllBytesAsync(Path.Combine(folder, "corp_demo-9.0-py3-none-any.whl"), [1], World.Stop);
        var options = Both(world, second, "Corp_*") with { Strategy = strategy, FindLinks = [FindLinks.Parse(folder, ".")] };
        Assert.Empty(await world.VersionsAsync("corp-demo", options));
        Assert.Empty(await world.VersionsAsync("demo", options));
        Assert.Equal(["/simple/corp-demo/"], world.Index.Requests.Select(request => request.Path));
        Assert.Equal(["/simple/demo/"], second.Requests.Select(request => request.Path));
    }

    [Theory]
    [InlineData("corp-*", "corp-a", true)]
    [InlineData("corp-*", "corp", false)]
    [InlineData("CORP_*", "corp-a-b", true)]
    [InlineData("*", "a", true)]
    [InlineData("a*b*c", "axxbxbc", true)]
    [InlineData("a*b*c", "axxbxb", false)]
    [InlineData("exact", "exact", true)]
    [InlineData("exact", "exactly", false)]
    [InlineData("*-x", "a-x-y-x", true)]
    public void A_star_stands_for_any_run(string pattern, string name, bool matches) =>
        Assert.Equal(matches, NamePattern.Parse(pattern).Matches(World.Name(name)));

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a?")]
    public void A_pattern_that_is_none_is_refused(string pattern) => Assert.Throws<PackagingFormatException>(() => NamePattern.Parse(pattern));

    [Fact]
    public async Task A_folder_is_united_with_the_index_and_stands_first()
    {
        await using var world = new World();
        world.AddWheel("demo", "1.0");
        world.Index.Add(new("demo", "demo-1.0.tar.gz", [7]));
        world.AddWheel("demo", "3.0");
        var folder = Directory.CreateDirectory(world.File("links")).FullName;
        var mine = Wheels.Wheel("demo", "1.0", Wheels.Metadata("demo", "1.0", "Requires-Dist: local"));
        await File.WriteAllBytesAsync(Path.Combine(folder, "demo-1.0-py3-none-any.whl"), mine, World.Stop);
        await File.WriteAllBytesAsync(Path.Combine(folder, "demo-2.0-py3-none-any.whl"), Wheels.Wheel("demo", "2.0", Wheels.Metadata("demo", "2.0")), World.Stop);
        await File.WriteAllBytesAsync(Path.Combine(folder, "other-2.0-py3-none-any.whl"), [], World.Stop);
        await File.WriteAllBytesAsync(Path.Combine(folder, "notes.txt"), [], World.Stop);
        await using var source = new PackageIndex(world.Options() with { FindLinks = [FindLinks.Parse("links", world.File())] });
        var list = await source.GetReleasesAsync(World.Name("demo"), World.Stop);
        Assert.Equal(["1.0", "2.0", "3.0"], list.Releases.Select(release => release.Version.ToString()));
        Assert.Equal(["demo-1.0-py3-none-any.whl", "demo-1.0.tar.gz"], list.Releases[0].Files.Select(file => file.FileName));
        var local = list.Releases[0].Files[0];
        Assert.True(local.Url.IsFile);
        Assert.Equal(Sha256Digest.Of(mine), local.Sha256);
        Assert.Equal(mine.Length, local.Size);
        Assert.Equal("local", Assert.Single((await source.GetMetadataAsync(list.Releases[0], World.Stop)).Metadata!.RequiresDist).ToString());
        Assert.Null(list.Releases[1].Index);
        Assert.Equal(folder, list.Searched[0]);
    }

    [Fact]
    public async Task A_folder_is_enough_without_indexes_or_offline()
    {
        await using var world = new World();
        var folder = Directory.CreateDirectory(world.File("links")).FullName;
        await File.WriteAllBytesAsync(Path.Combine(folder, "demo-2.0-py3-none-any.whl"), Wheels.Wheel("demo", "2.0", Wheels.Metadata("demo", "2.0")), World.Stop);
        await File.WriteAllBytesAsync(Path.Combine(folder, "demo-1.0.tar.gz"), Wheels.Sdist("demo", "1.0", "Metadata-Version: 2.2\nName: demo\nVersion: 1.0\n"u8.ToArray()), World.Stop);
        var links = new[] { FindLinks.Parse(new Uri(folder).AbsoluteUri, ".") };
        var alone = world.Options() with { Indexes = [], FindLinks = links, Offline = true, ExcludeNewer = DateTimeOffset.UnixEpoch };
        Assert.Equal(["1.0", "2.0"], await world.VersionsAsync("demo", alone));
        Assert.Empty(await world.VersionsAsync("other", alone));
        Assert.NotNull((await world.MetadataAsync("demo", alone)).Metadata);
        // The index was never asked, so nobody knows what it has; what is here serves.
        var offline = world.Options() with { FindLinks = links, Offline = true };
        Assert.Equal(["1.0", "2.0"], await world.VersionsAsync("demo", offline));
        Assert.Equal(IndexCodes.OfflineNotCached, (await World.FailureAsync(() => world.VersionsAsync("other", offline))).Code);
        Assert.Empty(world.Index.Requests);
    }

    [Fact]
    public async Task A_folder_that_does_not_exist_is_named()
    {
        await using var world = new World();
        var failure = await World.FailureAsync(() => world.VersionsAsync("demo", world.Options() with { FindLinks = [FindLinks.Parse("wheels", world.File())] }));
        Assert.Equal(IndexCodes.FindLinksMissing, failure.Code);
        Assert.Contains(world.File("wheels"), failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_of_links_to_files_of_many_projects_is_united_too()
    {
        await using var world = new World();
        var file = world.AddWheel("demo", "1.0");
        world.AddWheel("demo", "2.0");
        var digest = Sha256Digest.Of(file.Content);
        world.Index.Always("/links.html", LoopbackAnswer.Html($"<a href=\"files/demo-1.0-py3-none-any.whl#sha256={digest}\">x</a><a href=\"other-1.0.tar.gz\">y</a><a href=\"/\">up</a>") with
        {
            Headers = new Dictionary<string, string> { ["ETag"] = "\"links\"" },
        });
        var options = world.Options() with { Indexes = [], FindLinks = [FindLinks.Parse(new Uri(world.Index.Root, "links.html").AbsoluteUri, ".")] };
        await using (var source = new PackageIndex(options))
        {
            var list = await source.GetReleasesAsync(World.Name("demo"), World.Stop);
            Assert.Equal(digest, Assert.Single(Assert.Single(list.Releases).Files).Sha256);
            Assert.Null(list.Index);
            Assert.Single((await source.GetReleasesAsync(World.Name("other"), World.Stop)).Releases);
        }

        Assert.Equal(1, world.Index.Count("/links.html"));
        world.Index.Always("/links.html", new LoopbackAnswer(304, null, []));
        Assert.Equal(["1.0"], await world.VersionsAsync("demo", options));
        Assert.Equal("\"links\"", world.Index.Requests[^1].Header("If-None-Match"));
        Assert.Equal(["1.0"], await world.VersionsAsync("demo", options with { Offline = true }));
        Assert.Empty(await world.VersionsAsync("demo", options with { ExcludeNewer = DateTimeOffset.UtcNow }));

        var missing = world.Options() with { FindLinks = [FindLinks.Parse(new Uri(world.Index.Root, "nowhere").AbsoluteUri, ".")] };
        Assert.Equal(IndexCodes.FindLinksMissing, (await World.FailureAsync(() => world.VersionsAsync("demo", missing))).Code);
    }

    [Fact]
    public void A_place_of_another_kind_is_a_mistake_of_use()
    {
        Assert.Throws<DiagnosticException>(() => FindLinks.Parse("ftp://host/", "."));
        Assert.Equal("https://host/page", FindLinks.Parse("https://user:word@host/page", ".").ToString());
    }

    [Fact]
    public async Task A_mirror_in_a_folder_has_the_file_too()
    {
        await using var world = new World();
        var folder = Directory.CreateDirectory(world.File("links")).FullName;
        await File.WriteAllBytesAsync(Path.Combine(folder, "demo-2.0-py3-none-any.whl"), [1, 2], World.Stop);
        await using var source = new PackageIndex(world.Options() with { FindLinks = [FindLinks.Parse(folder, ".")] });
        var found = await source.FindFileAsync(World.Name("demo"), "demo-2.0-py3-none-any.whl", Sha256Digest.Of([1, 2]), World.Stop);
        Assert.Equal(Path.Combine(folder, "demo-2.0-py3-none-any.whl"), found?.Url.LocalPath);
    }

    [Fact]
    public async Task An_address_on_this_machine_is_read_only_where_the_options_name_it()
    {
        await using var world = new World();
        Directory.CreateDirectory(world.File("lib"));
        await File.WriteAllTextAsync(world.File("lib", "pyproject.toml"), "[project]\nname = 'lib'\nversion = '1.0'\n", World.Stop);
        var address = new Uri(world.File("lib"));
        var failure = await World.FailureAsync(async () =>
        {
            await using var blind = new PackageIndex(world.Options());
            await blind.GetDirectAsync(World.Name("lib"), address.AbsoluteUri, World.Stop);
        });
        Assert.Equal(IndexCodes.DirectMissing, failure.Code);
        await using var source = new PackageIndex(world.Options() with { Addresses = new Dictionary<string, Uri> { [address.AbsoluteUri] = address } });
        Assert.Equal("1.0", (await source.GetDirectAsync(World.Name("lib"), address.AbsoluteUri, World.Stop)).Version.ToString());
    }
}
