using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using VenvBuild.Packaging;
using VenvBuild.Testing;

namespace VenvBuild.Workspace.Tests;

public sealed class LockingRequests
{
    [Fact]
    public async Task To_check_and_to_upgrade_exclude_each_other()
    {
        await using var world = new LockWorld().Add("a", "1.0").Manifest("requirements: [a]\n");
        foreach (var options in new LockOptions[] { new() { CheckOnly = true, Upgrade = true }, new() { CheckOnly = true, UpgradePackages = ["a"] } })
        {
            var refusal = await Assert.ThrowsAsync<DiagnosticException>(() => world.LockAsync(options));
            Assert.Equal((ExitCode.Usage, WorkspaceCodes.BadOption), (refusal.ExitCode, refusal.Diagnostics[0].Code));
        }
    }

    [Fact]
    public async Task Pins_stay_while_they_fit_and_move_where_a_person_says_so()
    {
        await using var world = new LockWorld();
        world.Add("a", "1.0", "b").Add("b", "1.0").Add("c", "1.0").Manifest("requirements: [a, c]");
        Assert.Equal(["a 1.0", "b 1.0", "c 1.0"], await world.PinsAsync());
        world.Add("a", "2.0", "b").Add("b", "2.0").Add("c", "2.0").Add("d", "1.0", "b>=2").Add("d", "0.9", "b");

        world.Manifest("requirements: [a, c, d]");
        Assert.Equal(["a 1.0", "b 1.0", "c 1.0", "d 0.9"], await world.PinsAsync());
        Assert.Equal(["a 1.0", "b 1.0", "c 2.0", "d 0.9"], await world.PinsAsync(new() { UpgradePackages = ["C"] }));
        Assert.Equal(["a 1.0", "b 2.0", "c 2.0", "d 0.9"], await world.PinsAsync(new() { UpgradePackages = ["b==2.0"] }));
        Assert.Equal(["a 2.0", "b 2.0", "c 2.0", "d 1.0"], await world.PinsAsync(new() { Upgrade = true }));
        Assert.DoesNotContain(world.Reports, report => report.Code == "PYENV1294");
        await world.LockAsync(new() { UpgradePackages = ["misspelt"] });
        Assert.Contains("'misspelt'", Assert.Single(world.Reports, report => report.Code == "PYENV1294").Message, StringComparison.Ordinal);
        var unmet = await world.RefusalAsync(new() { UpgradePackages = ["b==9"] });
        Assert.Contains("this run asks for b==9", unmet.Detail, StringComparison.Ordinal);
        Assert.Equal("PYENV1013", (await world.RefusalAsync(new() { UpgradePackages = ["a @ https://host.example/a.whl"] })).Code);
    }

    [Fact]
    public async Task Pypy_and_builds_without_the_lock_get_wheels_and_markers_of_their_own()
    {
        await using var world = new LockWorld();
        world.Add(new WheelMaker("fast", "2.0", "cp313-cp313-manylinux_2_17_x86_64"))
            .Add(new WheelMaker("fast", "2.0", "cp313-cp313t-manylinux_2_17_x86_64"))
            .Add(new WheelMaker("fast", "2.0", "cp311-cp311-manylinux_2_17_x86_64"))
            .Add(new WheelMaker("fast", "1.0", "pp311-pypy311_pp73-manylinux_2_17_x86_64"))
            .Add(new WheelMaker("fast", "1.0", "pp310-pypy310_pp73-manylinux_2_17_x86_64"))
            .Add("greenlet", "1.0").Add("a", "1.0", "fast", "greenlet ; platform_python_implementation == 'CPython'")
            .Manifest("requirements: [a]\npython: \">=3.11\"\nplatforms: [linux-x64, {rid: linux-x64, free-threaded: true}, {rid: linux-x64, implementation: pypy}]");
        Assert.Equal(
            ["a 1.0", "fast 1.0 ; implementation_name == \"pypy\"", "fast 2.0 ; implementation_name == \"cpython\"", "greenlet 1.0 ; implementation_name == \"cpython\""],
            await world.PinsAsync());
        Assert.Contains("pypy311_pp73", world.Lock, StringComparison.Ordinal);
        Assert.DoesNotContain("pypy310_pp73", world.Lock, StringComparison.Ordinal);
        Assert.Contains("cp313t", world.Lock, StringComparison.Ordinal);
        Assert.True((await VerifyVerb.RunAsync(world.Context, new(), LockWorld.Stop)).IsProven);
        Assert.Equal(LockState.UpToDate, (await world.LockAsync(new() { CheckOnly = true })).State);

        world.Manifest("requirements: [a]\npython: \">=3.10,<3.11\"\nplatforms: [linux-x64, {rid: linux-x64, implementation: pypy}]");
        var refusal = await world.RefusalAsync();
        Assert.Contains("linux-x64, Python 3.10", refusal.ToString() + refusal.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_check_needs_no_network_and_names_what_changed()
    {
        await using var world = new LockWorld();
        world.Add("a", "1.0").Add("b", "1.0").Manifest("requirements: [a]");
        await world.LockAsync();
        var asked = world.Index.Requests.Count;
        Assert.Equal(LockState.UpToDate, (await world.LockAsync(new() { CheckOnly = true })).State);
        world.Manifest("requirements: [a>=1, b]");
        var outcome = await world.LockAsync(new() { CheckOnly = true });
        Assert.Equal(LockState.Stale, outcome.State);
        Assert.Equal(["requirements: 'a' became 'a>=1'", "requirements: added b"], outcome.Changes);
        Assert.Equal(asked, world.Index.Requests.Count);
    }

    [Fact]
    public async Task A_lock_made_anew_of_the_same_answers_is_the_same_bytes()
    {
        await using var world = new LockWorld();
        world.Add("a", "1.0", "b ; python_version >= '3.12'", "c").Add("b", "1.0", "c").Add("c", "1.0")
            .Manifest("requirements: [a]\npython: \">=3.11,<3.14\"\nplatforms: [linux-x64, win-x64]");
        await world.LockAsync();
        var first = world.Lock;
        world.Index.Latency = TimeSpan.FromMilliseconds(3);
        File.Delete(world.LockPath);
        await world.LockAsync();
        Assert.Equal(first, world.Lock);
    }

    [Fact]
    public async Task A_yanked_release_is_locked_only_where_it_is_pinned_or_was_locked_before()
    {
        await using var world = new LockWorld();
        world.Add("a", "1.0").Add("a", "2.0").Manifest("requirements: [a]");
        Assert.Equal(["a 2.0"], await world.PinsAsync());
        await using var later = new LockWorld();
        later.Add("a", "1.0");
        later.Index.Add(LockWorld.FileOf(new WheelMaker("a", "2.0")) with { Yanked = "broken" });
        later.Manifest("requirements: [a]");
        Assert.Equal(["a 1.0"], await later.PinsAsync());
        later.Manifest("requirements: [a===2.0]");
        Assert.Equal(["a 2.0"], await later.PinsAsync());
        Assert.Contains(later.Reports, report => report.Code == "PYENV1313" && report.Message.Contains("broken", StringComparison.Ordinal));
        later.Manifest("requirements: [a>=1]");
        Assert.Equal(["a 2.0"], await later.PinsAsync());
        Assert.Equal(["a 1.0"], await later.PinsAsync(new() { Upgrade = true }));
    }

    [Fact]
    public async Task A_refusal_leads_to_the_line_of_the_request_that_it_names_first()
    {
        await using var world = new LockWorld();
        world.Add("a", "0.5").Add("a", "1.0").Add("b", "1.0", "a<1").Add("c", "1.0").Manifest("requirements:\n  - c\n  - a>=1 # newest\ngroups:\n  test:\n    - \"b\"\n");
        var refusal = await world.RefusalAsync();
        Assert.Equal((world.Path("pyenv.yaml"), 3, 5), (refusal.Location!.File, refusal.Location.Line, refusal.Location.Column));
        world.Manifest("requirements: [c]\ngroups:\n  test:\n    - nowhere\n");
        Assert.Equal((4, 7), await PlaceAsync(world));
        world.Manifest("requirements: [b]\noverrides: [c, a>=2]\n");
        Assert.Equal((1, 16), await PlaceAsync(world));
    }

    [Fact]
    public async Task A_release_without_a_wheel_is_locked_by_its_source_where_that_may_be_built_and_says_what_it_needs()
    {
        await using var world = new LockWorld();
        world.Index.Add(new LoopbackFile("a", "a-1.0.tar.gz", Sdist("a-1.0", "Metadata-Version: 2.2\nName: a\nVersion: 1.0\nRequires-Dist: b\n")));
        world.Add("b", "1.0").Manifest("requirements: [a]");
        Assert.Contains("sdists are not allowed", (await world.RefusalAsync()).Detail, StringComparison.Ordinal);
        world.Manifest("requirements: [a]\nsdists: [a]\n");
        Assert.Equal(["a 1.0", "b 1.0"], await world.PinsAsync());
        Assert.Contains("a-1.0.tar.gz", world.Lock, StringComparison.Ordinal);
        Assert.True((await VerifyVerb.RunAsync(world.Context, new(), LockWorld.Stop)).IsProven);
    }

    [Fact]
    public async Task Old_metadata_is_mended_and_each_repair_is_said_to_who_wants_detail()
    {
        await using var world = new LockWorld();
        world.Add("a", "1.0", "b (>=1.0.*)").Add("b", "1.0").Manifest("requirements: [a]");
        Assert.Equal(["a 1.0", "b 1.0"], await world.PinsAsync());
        Assert.Contains(world.Reports, report => report.Severity == DiagnosticSeverity.Verbose && report.Message.Contains("a-1.0-py3-none-any.whl", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Free_threaded_builds_are_served_by_wheels_of_their_own()
    {
        await using var world = new LockWorld();
        world.Add(new WheelMaker("a", "1.0", "cp313-cp313-manylinux_2_17_x86_64")).Add(new WheelMaker("a", "1.0", "cp313-cp313t-manylinux_2_17_x86_64"))
            .Add(new WheelMaker("a", "2.0", "cp313-cp313-manylinux_2_17_x86_64"));
        world.Manifest("requirements: [a]\npython: \"==3.13.*\"\nplatforms: [linux-x64, {rid: linux-x64, free-threaded: true}]");
        Assert.Equal(["a 1.0"], await world.PinsAsync());
        Assert.Contains("cp313t", world.Lock, StringComparison.Ordinal);
        world.Manifest("requirements: [a>=2]\npython: \"==3.13.*\"\nplatforms: [{rid: linux-x64, free-threaded: true}]");
        Assert.Contains("linux-x64 free-threaded, Python 3.13", (await world.RefusalAsync()).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_older_glibc_takes_the_release_that_has_a_wheel_for_it()
    {
        await using var world = new LockWorld();
        world.Add(new WheelMaker("a", "1.0", "cp311-cp311-manylinux_2_17_x86_64")).Add(new WheelMaker("a", "2.0", "cp311-cp311-manylinux_2_28_x86_64"));
        world.Manifest("requirements: [a]");
        Assert.Equal(["a 2.0"], await world.PinsAsync());
        world.Manifest("requirements: [a]\nplatforms: [{rid: linux-x64, glibc: \"2.17\"}]");
        Assert.Equal(["a 1.0"], await world.PinsAsync(new() { Upgrade = true }));
    }

    private static async Task<(int, int)> PlaceAsync(LockWorld world) =>
        (await world.RefusalAsync()).Location is { } place ? (place.Line, place.Column) : default;

    private static byte[] Sdist(string folder, string metadata)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        using (var tar = new TarWriter(gzip))
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, $"{folder}/PKG-INFO") { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(metadata)) });
        return packed.ToArray();
    }
}
