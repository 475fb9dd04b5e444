using VenvBuild.Packaging;
using VenvBuild.Testing;

namespace VenvBuild.Workspace.Tests;

/// <summary><c>why</c>, <c>tree</c> and <c>outdated</c> over a lock and the pins' own metadata.</summary>
public sealed class AskingAboutPins
{
    private static LockWorld World() => new LockWorld()
        .Add("app", "1.0", "lib>=1,<3", "color; sys_platform == 'win32'", "fast; extra == 'speed'")
        .Add("tool", "1.0", "lib<2.5")
        .Add("lib", "1.0").Add("lib", "2.0", "deep").Add("lib", "3.0")
        .Add("color", "1.0").Add("deep", "1.0").Add("deep", "1.1").Add("fast", "1.0")
        .Manifest("requirements: [app]\ngroups: {dev: [tool]}\nconstraints: [\"deep<1.1\"]\nplatforms: [linux-x64, win-x64]\n");

    [Fact]
    public async Task Why_tells_each_way_from_a_request_and_who_bounds_it()
    {
        await using var world = World();
        await world.LockAsync();
        var why = await WhyVerb.RunAsync(world.Context, "lib", LockWorld.Stop);
        Assert.Equal(["2.0"], why.Pins);
        Assert.Equal(["app", "tool (dev)"], why.Paths.Select(path => path.Group is null ? path.Request : $"{path.Request} ({path.Group})"));
        Assert.Equal(new WhyStep("app 1.0", "lib>=1,<3", null), Assert.Single(why.Paths[0].Steps));
        Assert.Equal([new WhyBound("app 1.0", ">=1,<3", null), new WhyBound("tool 1.0", "<2.5", null)], why.Bounds);
        var deep = await WhyVerb.RunAsync(world.Context, "deep", LockWorld.Stop);
        Assert.Equal([["app 1.0", "lib 2.0"], ["tool 1.0", "lib 2.0"]], deep.Paths.Select(path => path.Steps.Select(step => step.From)));
        Assert.Contains(new WhyBound("a constraint", "<1.1", null), deep.Bounds);
    }

    [Fact]
    public async Task Why_names_the_marker_that_a_way_depends_on()
    {
        await using var world = World();
        await world.LockAsync();
        var why = await WhyVerb.RunAsync(world.Context, "color", LockWorld.Stop);
        Assert.Equal("sys_platform == \"win32\"", Assert.Single(Assert.Single(why.Paths).Steps).Where);
    }

    [Fact]
    public async Task Why_tells_who_names_what_is_not_pinned()
    {
        await using var world = World();
        await world.LockAsync();
        var why = await WhyVerb.RunAsync(world.Context, "fast", LockWorld.Stop);
        Assert.Empty(why.Pins);
        Assert.Equal(["app 1.0 names it as 'fast; extra == \"speed\"'"], why.Unasked);
    }

    [Fact]
    public async Task Why_not_a_version_is_answered_by_trying_it()
    {
        await using var world = World();
        await world.LockAsync();
        var older = (await WhyVerb.RunAsync(world.Context, "lib==1.0", LockWorld.Stop)).Version!;
        Assert.True(older.WouldDo);
        Assert.Equal(["deep 1.0 would go", "lib 2.0 would become 1.0"], older.Changes);
        var newer = (await WhyVerb.RunAsync(world.Context, "lib==3.0", LockWorld.Stop)).Version!;
        Assert.False(newer.WouldDo);
        Assert.Contains(newer.Reason, line => line.Contains("app 1.0 depends on lib>=1,<3", StringComparison.Ordinal));
        Assert.Equal(["deep 1.0", "lib 2.0"], (await world.PinsAsync()).Where(pin => pin.StartsWith("deep", StringComparison.Ordinal) || pin.StartsWith("lib", StringComparison.Ordinal)).Select(pin => pin.Split(" ;")[0]));
    }

    [Fact]
    public async Task Why_takes_a_name_or_one_version_of_it()
    {
        await using var world = World();
        await world.LockAsync();
        var refusal = await Assert.ThrowsAsync<DiagnosticException>(() => WhyVerb.RunAsync(world.Context, "lib>=2", LockWorld.Stop));
        Assert.Equal(ExitCode.Usage, refusal.ExitCode);
    }

    [Fact]
    public async Task A_tree_goes_from_the_requests_down_and_shows_nothing_twice()
    {
        await using var world = World();
        await world.LockAsync();
        var tree = await TreeVerb.RunAsync(world.Context, new(), LockWorld.Stop);
        Assert.Equal(["app 1.0", "  color 1.0 where sys_platform == \"win32\"", "  lib 2.0", "    deep 1.0", "tool 1.0", "  lib 2.0 (*)"], Lines(tree.Roots, ""));
        var linux = await TreeVerb.RunAsync(world.Context, new() { Platform = "linux-x64", Depth = 1 }, LockWorld.Stop);
        Assert.Equal(["app 1.0", "  lib 2.0", "tool 1.0", "  lib 2.0"], Lines(linux.Roots, ""));
        var refusal = await Assert.ThrowsAsync<DiagnosticException>(() => TreeVerb.RunAsync(world.Context, new() { Platform = "osx-arm64" }, LockWorld.Stop));
        Assert.Equal(ExitCode.Usage, refusal.ExitCode);
    }

    [Fact]
    public async Task An_inverted_tree_goes_from_what_needs_nothing_up_to_the_requests()
    {
        await using var world = World();
        await world.LockAsync();
        var tree = await TreeVerb.RunAsync(world.Context, new() { Invert = true, Platform = "linux-x64" }, LockWorld.Stop);
        Assert.Equal(["deep 1.0", "  lib 2.0", "    app 1.0", "      the manifest", "    tool 1.0", "      group dev"], Lines(tree.Roots, ""));
    }

    [Fact]
    public async Task Outdated_tells_what_fits_and_what_holds_the_newest_back()
    {
        await using var world = World();
        await world.LockAsync();
        world.Add("color", "1.5");
        var outdated = await OutdatedVerb.RunAsync(world.Context, LockWorld.Stop);
        Assert.Equal(["color", "deep", "lib"], outdated.Select(pin => pin.Name));
        Assert.Equal(("1.0", "1.5", "1.5"), (outdated[0].Current, outdated[0].Fits, outdated[0].Newest));
        Assert.Empty(outdated[0].HeldBackBy);
        Assert.Equal(["a constraint allows deep<1.1"], outdated[1].HeldBackBy);
        Assert.Equal(["app 1.0 asks for lib>=1,<3", "tool 1.0 asks for lib<2.5"], outdated[2].HeldBackBy);
    }

    [Fact]
    public async Task What_cannot_be_read_offline_is_named()
    {
        await using var world = World();
        await world.LockAsync();
        var mirror = new Uri("http://127.0.0.1:9/simple/");
        var tree = await TreeVerb.RunAsync(world.Context with { IsOffline = true, IndexUrl = mirror }, new(), LockWorld.Stop);
        Assert.Contains(tree.Unread, line => line.StartsWith("app 1.0: ", StringComparison.Ordinal));
        // The lock itself tells what needs what, so that nothing pinned is said not to be.
        Assert.Equal(["app 1.0", "  color 1.0", "  lib 2.0", "    deep 1.0", "tool 1.0", "  lib 2.0 (*)"], Lines(tree.Roots, ""));
        var why = await WhyVerb.RunAsync(world.Context with { IsOffline = true, IndexUrl = mirror }, "deep", LockWorld.Stop);
        Assert.Equal(["1.0"], why.Pins);
        Assert.Empty((await TreeVerb.RunAsync(world.Context with { IsOffline = true }, new(), LockWorld.Stop)).Unread);
    }

    [Fact]
    public async Task The_tree_of_jupyter_holds_every_pin_of_its_lock()
    {
        await using var server = await SliceServer.StartAsync();
        await using var world = new LockWorld().Manifest($"requirements: [jupyter]\nindexes: [{{name: slice, url: \"{server.Simple}\"}}]\n");
        var pins = await world.PinsAsync();
        var tree = await TreeVerb.RunAsync(world.Context, new(), LockWorld.Stop);
        Assert.Empty(tree.Unread);
        Assert.Equal(pins.Select(pin => pin.Split(" ;")[0]).Order(), Lines(tree.Roots, "").Select(line => line.Trim().Split(" where ")[0].Replace(" (*)", "", StringComparison.Ordinal)).Distinct().Order());
        Assert.NotEmpty((await WhyVerb.RunAsync(world.Context, "urllib3", LockWorld.Stop)).Paths);
    }

    private static IEnumerable<string> Lines(IReadOnlyList<TreeNode> nodes, string indent)
    {
        foreach (var node in nodes)
        {
            yield return $"{indent}{node.Name}{(node.Version is null ? "" : " " + node.Version)}{(node.Where is null ? "" : $" where {node.Where}")}{(node.IsShownAbove ? " (*)" : "")}";
            foreach (var line in Lines(node.Children, indent + "  "))
                yield return line;
        }
    }
}
