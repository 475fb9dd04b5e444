using VenvBuild.Packaging;

namespace VenvBuild.Resolver.Tests;

public sealed class Forks
{
    [Fact]
    public async Task A_pre_release_that_is_named_for_one_Python_is_not_taken_for_another()
    {
        // Both releases of app ask for the same versions of lib: what the newer one names is not said of the older one.
        var universe = new Universe().Add("app 1.0", "lib").Add("app 2.0", ">=3.12", ["py3-none-any"], false, "lib>=1.0rc1")
            .Add("lib 1.0").Add("lib 2.0rc1").Add("color 1.0");
        var resolution = await universe.ResolveAsync(Universe.Grid("linux-x64 win-x64", 11, 12), "app", "color; sys_platform == 'win32'");
        Assert.Equal(
            [
                "app 1.0 ; python_version < \"3.12\"", "app 2.0 ; python_version >= \"3.12\"", "color 1.0 ; sys_platform == \"win32\"",
                "lib 1.0 ; python_version < \"3.12\"", "lib 2.0rc1 ; python_version >= \"3.12\"",
            ],
            Universe.Lines(resolution));
    }

    [Fact]
    public async Task A_requirement_of_one_platform_is_pinned_for_that_platform()
    {
        var universe = new Universe().Add("a 1.0", "b; sys_platform == 'win32'").Add("b 1.0");
        var resolution = await universe.ResolveAsync(Universe.Grid("linux-x64 win-x64", 11, 12), "a");
        Assert.Equal(["a 1.0", "b 1.0 ; sys_platform == \"win32\""], Universe.Lines(resolution));
    }

    [Fact]
    public async Task A_newer_Python_is_not_held_back_by_an_older_one()
    {
        var universe = new Universe().Add("a 1.0").Add("a 2.0", ">=3.12", ["py3-none-any"], false);
        var resolution = await universe.ResolveAsync(Universe.Grid("linux-x64", 11, 12, 13), "a");
        Assert.Equal(["a 1.0 ; python_version < \"3.12\"", "a 2.0 ; python_version >= \"3.12\""], Universe.Lines(resolution));
    }

    [Fact]
    public async Task A_request_for_another_platform_takes_no_turn_here_from_what_is_asked_here()
    {
        var universe = new Universe().Add("a 1.0").Add("a 2.0").Add("e 1.0").Add("e 2.0", "a<2");
        var resolution = await universe.ResolveAsync(new ResolutionRequest
        {
            Environments = Universe.Grid("linux-x64 win-x64", 11),
            Requirements = [Requirement.Parse("a ; sys_platform == 'win32'"), Requirement.Parse("e")],
            Groups = [(ExtraName.Parse("test"), [Requirement.Parse("a")])],
        });
        var linux = Universe.Grid("linux-x64", 11)[0].Representative;
        Assert.Equal(
            ["a 1.0", "e 2.0"],
            resolution.Packages.Where(package => package.Marker.Contains(linux, null, new HashSet<ExtraName> { ExtraName.Parse("test") })).Select(package => $"{package.Name} {package.Version}"));
    }

    [Fact]
    public async Task A_platform_without_a_wheel_gets_an_older_release()
    {
        var universe = new Universe()
            .Add("a 1.0")
            .Add("a 2.0", null, ["cp311-cp311-manylinux_2_17_x86_64"], false);
        var resolution = await universe.ResolveAsync(Universe.Grid("linux-x64 win-x64", 11), "a");
        Assert.Equal(["a 1.0 ; sys_platform == \"win32\"", "a 2.0 ; sys_platform == \"linux\""], Universe.Lines(resolution));
    }

    [Fact]
    public async Task A_marker_that_cuts_a_minor_in_two_is_served_on_both_sides()
    {
        var universe = new Universe().Add("a 1.0", "b; python_full_version < '3.11.3'").Add("b 1.0");
        var resolution = await universe.ResolveAsync(Universe.Grid("linux-x64", 11, 12), "a");
        Assert.Equal(["a 1.0", "b 1.0 ; python_full_version < \"3.11.3\""], Universe.Lines(resolution));
    }

    [Fact]
    public async Task A_bound_between_two_patches_cuts_there_once()
    {
        var universe = new Universe().Add("a 1.0").Add("a 2.0", ">3.11.2", ["py3-none-any"], false);
        var resolution = await universe.ResolveAsync(Universe.Grid("linux-x64", 11, 12), "a");
        Assert.Equal(["1.0", "2.0"], resolution.Packages.Select(package => package.Version.ToString()));
        Assert.Equal(3, resolution.Environments.Count);
    }

    [Fact]
    public async Task A_broken_patch_that_Requires_Python_leaves_out_is_no_reason_for_an_older_release()
    {
        var universe = new Universe().Add("a 1.0").Add("a 2.0", ">=3.9,!=3.11.0", ["py3-none-any"], false);
        Assert.Equal(["a 2.0"], Universe.Lines(await universe.ResolveAsync("a")));
    }

    [Fact]
    public async Task Environments_that_do_not_differ_share_one_search()
    {
        var universe = new Universe().Add("a 1.0", "b").Add("b 1.0", "c; sys_platform == 'win32'").Add("c 1.0");
        var resolution = await universe.ResolveAsync(Universe.Grid("linux-x64 osx-arm64 win-x64", 11, 12, 13), "a");
        Assert.Equal(2, resolution.Statistics.Solves);
    }

    [Fact]
    public async Task A_newer_Python_of_an_open_range_is_served_without_wheels_or_left_out()
    {
        var universe = new Universe()
            .Add("a 1.0", null, ["cp311-cp311-manylinux_2_17_x86_64"], false)
            .Add("b 1.0", "<3.13", ["py3-none-any"], false);
        IReadOnlyList<ResolutionEnvironment> environments =
        [
            Universe.Environment("linux-x64", 11), Universe.Environment("linux-x64", 12, false), Universe.Environment("linux-x64", 13, false),
        ];
        var resolution = await universe.ResolveAsync(environments, "a", "b");
        Assert.Equal(["a 1.0", "b 1.0"], Universe.Lines(resolution));
        Assert.Equal(2, resolution.Environments.Count);
        Assert.Equal(["PYENV1310", "PYENV1311"], resolution.Warnings.Select(warning => warning.Code).Order());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_may_be_built_is_not_said_to_lack_a_wheel(bool allows)
    {
        var universe = new Universe().Add("a 1.0", null, ["cp311-cp311-manylinux_2_17_x86_64", "sdist"], false);
        IReadOnlyList<ResolutionEnvironment> environments = [Universe.Environment("linux-x64", 11), Universe.Environment("linux-x64", 12, false)];
        var resolution = await universe.ResolveAsync(new ResolutionRequest { Environments = environments, Requirements = [Requirement.Parse("a")], AllowSdist = _ => allows });
        Assert.Equal(allows ? [] : ["PYENV1311"], resolution.Warnings.Select(warning => warning.Code));
    }

    [Fact]
    public async Task What_a_later_environment_teaches_about_turns_holds_for_the_earlier_ones_too()
    {
        // Four releases do not go with core 36 anywhere and a fifth on Windows, which makes app's turn come first there: and so everywhere.
        var universe = new Universe().Add("core 35.0").Add("core 36.0").Add("app 1.0", "core").Add("app 2.0", "core<36", "z; sys_platform == 'win32'").Add("z 1.0");
        for (var minor = 1; minor < 4; minor++)
            universe.Add($"app 3.{minor}", "core>=37");
        universe.Add("app 4.0", null, ["py3-none-win_amd64"], false, "core>=37");
        var resolution = await universe.ResolveAsync(Universe.Grid("linux-x64 win-x64", 11), "core", "app");
        Assert.Equal(["app 2.0", "core 35.0", "z 1.0 ; sys_platform == \"win32\""], Universe.Lines(resolution));
    }
}
