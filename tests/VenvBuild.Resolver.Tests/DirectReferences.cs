namespace VenvBuild.Resolver.Tests;

public sealed class DirectReferences
{
    private const string Address = "https://files.test/a-2.0-py3-none-any.whl";
    private static readonly string[] Anywhere = ["py3-none-any"];

    [Fact]
    public async Task Take_what_lies_at_the_address_and_what_it_needs_and_ask_no_index_for_the_name()
    {
        var universe = new Universe().Lay(Address, "a 2.0", Anywhere, "b").Add("b 1.0");
        Assert.Equal(["a 2.0", "b 1.0"], Universe.Lines(await universe.ResolveAsync($"a @ {Address}")));
        Assert.DoesNotContain("a", universe.Asked.Select(name => name.Value));
    }

    [Fact]
    public async Task Bind_everybody_who_needs_the_name()
    {
        var universe = new Universe().Lay(Address, "a 2.0", Anywhere).Add("a 3.0").Add("b 1.0", "a").Add("c 1.0", "a>=3");
        Assert.Equal(["a 2.0", "b 1.0"], Universe.Lines(await universe.ResolveAsync("b", $"a @ {Address}")));
        var refusal = await Assert.ThrowsAsync<UnsatisfiableException>(() => universe.ResolveAsync("c", $"a @ {Address}"));
        Assert.Contains("a>=3", refusal.Diagnostics[0].Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task That_are_too_old_for_somebody_are_named_as_what_there_is()
    {
        var universe = new Universe().Lay(Address, "a 2.0", Anywhere).Add("a 3.0").Add("c 1.0", "a>=3");
        var refusal = await Assert.ThrowsAsync<UnsatisfiableException>(() => universe.ResolveAsync("c", $"a @ {Address}"));
        Assert.Contains("a>=3, and what is asked for by its address is 2.0", refusal.Diagnostics[0].Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("no such version", refusal.Diagnostics[0].Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_one_platform_leave_the_others_to_the_index()
    {
        var universe = new Universe().Lay(Address, "a 2.0", Anywhere).Add("a 3.0").Add("b 1.0", "a");
        var resolution = await universe.ResolveAsync(Universe.Grid("linux-x64 win-x64", 11), $"a @ {Address} ; sys_platform == 'linux'", "b");
        Assert.Equal(["a 2.0 ; sys_platform == \"linux\"", "a 3.0 ; sys_platform == \"win32\"", "b 1.0"], Universe.Lines(resolution));
    }

    [Fact]
    public async Task Are_told_from_an_index_s_release_of_the_same_version()
    {
        var universe = new Universe().Lay(Address, "a 2.0", Anywhere, "b").Add("a 2.0").Add("b 1.0");
        var resolution = await universe.ResolveAsync(Universe.Grid("linux-x64 win-x64", 11), $"a @ {Address} ; sys_platform == 'linux'", "a");
        Assert.Equal(
            ["a 2.0 ; sys_platform == \"linux\"", "a 2.0 ; sys_platform == \"win32\"", "b 1.0 ; sys_platform == \"linux\""],
            Universe.Lines(resolution).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task In_what_an_index_serves_are_refused_unless_the_manifest_decides_otherwise()
    {
        var universe = new Universe().Lay(Address, "a 2.0", Anywhere).Add("a 1.0").Add("b 1.0").Add("b 2.0", $"a @ {Address}");
        Assert.Equal(["b 1.0"], Universe.Lines(await universe.ResolveAsync("b")));
        Assert.Equal(["a 2.0", "b 1.0"], Universe.Lines(await universe.ResolveAsync("b", $"a @ {Address}")));
        var overridden = await universe.ResolveAsync(new ResolutionRequest
        {
            Environments = Universe.Linux311,
            Requirements = [Packaging.Requirement.Parse("b")],
            Overrides = [Packaging.Requirement.Parse("a")],
        });
        Assert.Equal(["a 1.0", "b 2.0"], Universe.Lines(overridden));
    }

    [Fact]
    public async Task Of_a_project_may_name_an_address_that_the_manifest_names_too()
    {
        const string project = "file:///home/lib";
        var universe = new Universe().Lay(Address, "a 2.0", Anywhere).Lay(project, "lib 1.0", ["sdist"], $"a @ {Address}");
        Assert.Equal(["a 2.0", "lib 1.0"], Universe.Lines(await universe.ResolveAsync($"lib @ {project}", $"a @ {Address}")));
        await Assert.ThrowsAsync<UnsatisfiableException>(() => universe.ResolveAsync($"lib @ {project}"));
    }

    [Fact]
    public async Task As_overrides_take_the_place_of_every_version_and_with_an_impossible_marker_drop_the_name()
    {
        var universe = new Universe().Lay(Address, "a 2.0", Anywhere).Add("a 1.0").Add("b 1.0", "a<2");
        ResolutionRequest Request(string replacement) => new()
        {
            Environments = Universe.Linux311,
            Requirements = [Packaging.Requirement.Parse("b")],
            Overrides = [Packaging.Requirement.Parse(replacement)],
        };
        Assert.Equal(["a 2.0", "b 1.0"], Universe.Lines(await universe.ResolveAsync(Request($"a @ {Address}"))));
        Assert.Equal(["b 1.0"], Universe.Lines(await universe.ResolveAsync(Request("a ; python_version < '0'"))));
    }

    [Fact]
    public async Task To_a_wheel_of_another_platform_are_refused_with_the_platform()
    {
        var universe = new Universe().Lay(Address, "a 2.0", ["cp311-cp311-win_amd64"]);
        var refusal = await Assert.ThrowsAsync<UnsatisfiableException>(() => universe.ResolveAsync($"a @ {Address}"));
        Assert.Contains("linux-x64, Python 3.11", refusal.Diagnostics[0].Detail, StringComparison.Ordinal);
    }
}
