using System.Text;
using VenvBuild.Packaging;
using VenvBuild.Testing;

namespace VenvBuild.Index.Tests;

public sealed class Metadata
{
    private const string Wheel = "/files/demo-1.0-py3-none-any.whl";

    [Fact]
    public async Task Comes_from_the_file_beside_the_wheel()
    {
        await using var world = new World();
        world.AddWheel("demo", "1.0", ["other>=2 ; python_version < '3.12'", "third"]);
        var answer = await world.MetadataAsync("demo");
        Assert.Equal(["other", "third"], answer.Metadata!.RequiresDist.Select(requirement => requirement.Name.Value));
        Assert.Equal(0, world.Index.Count(Wheel));
    }

    [Fact]
    public async Task That_is_not_what_the_index_promises_is_refused()
    {
        await using var world = new World();
        var bytes = Wheels.Metadata("demo", "1.0");
        world.Index.Add(new("demo", "demo-1.0-py3-none-any.whl", Wheels.Wheel("demo", "1.0", bytes)) { Metadata = bytes, MetadataSha256 = new string('0', 64) });
        var failure = await World.FailureAsync(() => world.MetadataAsync("demo"));
        Assert.Equal(IndexCodes.DigestMismatch, failure.Code);
        Assert.Contains("demo-1.0-py3-none-any.whl", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task That_was_damaged_on_its_way_is_fetched_again()
    {
        await using var world = new World();
        world.AddWheel("demo", "1.0", ["other"]);
        world.Index.Order(Wheel + ".metadata", new LoopbackAnswer(200, "text/plain", Wheels.Metadata("demo", "1.0")));
        Assert.Single((await world.MetadataAsync("demo")).Metadata!.RequiresDist);
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 0)]
    [InlineData(true, 300_000)]
    [InlineData(false, 300_000)]
    public async Task Comes_from_the_tail_of_the_wheel_where_there_is_no_file_beside_it(bool statesSize, int padding)
    {
        await using var world = new World();
        var bytes = Wheels.Metadata("demo", "1.0", "Requires-Dist: other");
        world.Index.Add(new("demo", "demo-1.0-py3-none-any.whl", Wheels.Wheel("demo", "1.0", bytes, padding)) { StatesSize = statesSize });
        Assert.Single((await world.MetadataAsync("demo")).Metadata!.RequiresDist);
        var request = Assert.Single(world.Index.Requests, request => request.Path == Wheel);
        Assert.NotNull(request.Header("Range"));
        Assert.Equal("identity", request.Header("Accept-Encoding"));
        // The second run has it from the cache.
        await world.MetadataAsync("demo");
        Assert.Equal(1, world.Index.Count(Wheel));
    }

    [Fact]
    public async Task That_lies_in_front_of_the_tail_is_fetched_by_further_parts()
    {
        await using var world = new World();
        var bytes = Wheels.Metadata("demo", "1.0", [.. Enumerable.Range(0, 12000).Select(i => $"Classifier: {Convert.ToBase64String(BitConverter.GetBytes(i * 7919))}{i * 104729}"), "Requires-Dist: other"]);
        world.Index.Add(new("demo", "demo-1.0-py3-none-any.whl", Wheels.Wheel("demo", "1.0", bytes, 200_000)));
        Assert.Single((await world.MetadataAsync("demo")).Metadata!.RequiresDist);
        Assert.True(world.Index.Count(Wheel) > 1);
        Assert.All(world.Index.Requests.Where(request => request.Path == Wheel), request => Assert.NotNull(request.Header("Range")));
    }

    [Fact]
    public async Task Comes_from_whole_wheels_of_a_server_that_serves_no_parts_which_is_asked_for_parts_once()
    {
        await using var world = new World { Index = { ServesRanges = false } };
        world.AddWheel("demo", "1.0", ["other"], withMetadata: false);
        world.AddWheel("more", "1.0", ["other"], withMetadata: false);
        await using var source = new PackageIndex(world.Options());
        foreach (var name in new[] { "demo", "more" })
        {
            var list = await source.GetReleasesAsync(World.Name(name), World.Stop);
            Assert.Single((await source.GetMetadataAsync(list.Releases[0], World.Stop)).Metadata!.RequiresDist);
        }

        Assert.Single(world.Index.Requests, request => request.Header("Range") is not null);
    }

    [Fact]
    public async Task Of_a_whole_wheel_with_a_wrong_digest_is_refused()
    {
        await using var world = new World { Index = { ServesRanges = false } };
        world.Index.Add(new("demo", "demo-1.0-py3-none-any.whl", Wheels.Wheel("demo", "1.0", Wheels.Metadata("demo", "1.0"))) { Sha256 = new string('0', 64) });
        Assert.Equal(IndexCodes.DigestMismatch, (await World.FailureAsync(() => world.MetadataAsync("demo"))).Code);
    }

    [Fact]
    public async Task Of_another_distribution_or_version_is_none()
    {
        await using var world = new World();
        world.Index.Add(new("demo", "demo-1.0-py3-none-any.whl", [1]) { Metadata = Wheels.Metadata("other", "1.0") });
        world.Index.Add(new("demo", "demo-2.0-py3-none-any.whl", [1]) { Metadata = Wheels.Metadata("demo", "2.1") });
        world.Index.Add(new("demo", "demo-3.0-py3-none-any.whl", [1]) { Metadata = Wheels.Metadata("Demo", "3.0.0") });
        await using var source = new PackageIndex(world.Options());
        var list = await source.GetReleasesAsync(World.Name("demo"), World.Stop);
        Assert.Contains("other 1.0", (await source.GetMetadataAsync(list.Releases[0], World.Stop)).Problem, StringComparison.Ordinal);
        Assert.Contains("demo 2.1", (await source.GetMetadataAsync(list.Releases[1], World.Stop)).Problem, StringComparison.Ordinal);
        Assert.NotNull((await source.GetMetadataAsync(list.Releases[2], World.Stop)).Metadata);
    }

    [Fact]
    public async Task Of_a_wheel_that_is_listed_and_not_there_is_taken_from_another_or_is_none()
    {
        await using var world = new World();
        world.AddWheel("demo", "1.0", withMetadata: false);
        world.Index.Lose(Wheel);
        var answer = await world.MetadataAsync("demo");
        Assert.Null(answer.Metadata);
        Assert.Contains("not there", answer.Problem, StringComparison.Ordinal);
        var bytes = Wheels.Metadata("demo", "1.0", "Requires-Dist: other");
        world.Index.Add(new("demo", "demo-1.0-cp311-cp311-win_amd64.whl", [1]) { Metadata = bytes });
        Assert.NotNull((await world.MetadataAsync("demo", world.Options() with { Refresh = true })).Metadata);
    }

    [Fact]
    public async Task Of_a_damaged_wheel_is_none()
    {
        await using var world = new World();
        world.Index.Add(new("demo", "demo-1.0-py3-none-any.whl", Encoding.ASCII.GetBytes(new string('x', 5000))));
        world.Index.Add(new("demo", "demo-2.0-py3-none-any.whl", Wheels.Wheel("demo", "1.9", Wheels.Metadata("demo", "1.9"))));
        await using var source = new PackageIndex(world.Options());
        var list = await source.GetReleasesAsync(World.Name("demo"), World.Stop);
        foreach (var release in list.Releases)
        {
            var answer = await source.GetMetadataAsync(release, World.Stop);
            Assert.Null(answer.Metadata);
            Assert.NotNull(answer.Problem);
        }
    }

    [Theory]
    [InlineData("2.2", "", true)]
    [InlineData("2.4", "Dynamic: License\n", true)]
    [InlineData("2.1", "", false)]
    [InlineData("2.2", "Dynamic: Requires-Dist\n", false)]
    [InlineData("2.3", "Dynamic: requires-python\n", false)]
    public async Task Of_an_sdist_stands_where_no_build_can_change_it(string format, string fields, bool stands)
    {
        await using var world = new World();
        var info = Encoding.UTF8.GetBytes($"Metadata-Version: {format}\nName: demo\nVersion: 1.0\nRequires-Dist: other\n{fields}\n");
        world.Index.Add(new("demo", "demo-1.0.tar.gz", Wheels.Sdist("demo", "1.0", info)));
        for (var run = 0; run < 2; run++)
        {
            var answer = await world.MetadataAsync("demo");
            Assert.Equal(stands, answer.Metadata is not null);
            if (stands)
                Assert.Null(answer.Problem);
            else
                Assert.Contains("'sdists: allow'", answer.Problem, StringComparison.Ordinal);
        }

        Assert.Equal(1, world.Index.Count("/files/demo-1.0.tar.gz"));
    }

    [Fact]
    public async Task Of_an_sdist_that_unpacks_without_end_is_none()
    {
        await using var world = new World();
        world.Index.Add(new("demo", "demo-1.0.tar.gz", Wheels.Sdist("demo", "1.0", new byte[5_000_000])));
        var answer = await world.MetadataAsync("demo", world.Options() with { Limits = new() { UnpackedSdist = 1_000_000, Metadata = 10_000_000 } });
        Assert.Contains("unpacks to more", answer.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Over_the_bound_is_refused()
    {
        await using var world = new World();
        world.Index.Add(new("demo", "demo-1.0-py3-none-any.whl", [1]) { Metadata = Wheels.Metadata("demo", "1.0", new string('x', 5000) + ": y") });
        Assert.Equal(IndexCodes.TooLarge, (await World.FailureAsync(() => world.MetadataAsync("demo", world.Options() with { Limits = new() { Metadata = 1000 } }))).Code);
    }

    [Fact]
    public async Task Is_the_same_after_the_cache()
    {
        await using var world = new World();
        var bytes = Encoding.UTF8.GetBytes(
            """
            Metadata-Version: 2.4
            Name: demo
            Version: 1.0
            Requires-Python: >=3.9,!=3.9.1
            Provides-Extra: Fast_Path
            Requires-Dist: a[b,c]>=1.0,<2 ; (python_version < "3.12" and os_name != 'nt') or extra == "fast-path"
            Requires-Dist: d @ https://example.invalid/d-1.whl ; sys_platform == "linux"
            Requires-Dist: e (>=1.9.*)
            Dynamic: License

            Requires-Dist: not-a-header
            """.Replace("\r\n", "\n", StringComparison.Ordinal));
        world.Index.Add(new("demo", "demo-1.0-py3-none-any.whl", Wheels.Wheel("demo", "1.0", bytes)) { Metadata = bytes });
        var fresh = (await world.MetadataAsync("demo")).Metadata!;
        var cached = (await world.MetadataAsync("demo", world.Options() with { Offline = true })).Metadata!;
        Assert.Equal(3, fresh.RequiresDist.Count);
        Assert.Equal(fresh.MetadataVersion, cached.MetadataVersion);
        Assert.Equal(fresh.RequiresDist, cached.RequiresDist);
        Assert.Equal(fresh.RequiresPython, cached.RequiresPython);
        Assert.Equal(fresh.ProvidesExtra, cached.ProvidesExtra);
        Assert.Equal(fresh.Dynamic, cached.Dynamic);
        Assert.Contains(world.Reports, report => report.Code == IndexCodes.PassedOver);
    }

    [Fact]
    public async Task Is_fetched_ahead_of_who_asks()
    {
        await using var world = new World();
        world.AddWheel("demo", "1.0", ["second>=1"]);
        world.AddWheel("demo", "2.0", ["wrong"]);
        world.AddWheel("second", "1.5", ["third", "unwanted ; extra == 'x'"]);
        world.AddWheel("third", "3.0");
        await using var source = new PackageIndex(world.Options());
        source.Prefetch(World.Name("demo"), VersionSpecifiers.Parse("<2"));
        string[] expected = ["/simple/demo/", "/files/demo-1.0-py3-none-any.whl.metadata", "/simple/second/", "/files/second-1.5-py3-none-any.whl.metadata", "/simple/third/", "/files/third-3.0-py3-none-any.whl.metadata"];
        for (var i = 0; i < 500 && world.Index.Requests.Count < expected.Length; i++)
            await Task.Delay(10, World.Stop);
        Assert.Equal(expected, world.Index.Requests.Select(request => request.Path));
        var list = await source.GetReleasesAsync(World.Name("third"), World.Stop);
        await source.GetMetadataAsync(list.Releases[0], World.Stop);
        Assert.Equal(expected.Length, world.Index.Requests.Count);
    }
}
