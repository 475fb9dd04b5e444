using VenvBuild.Packaging;

namespace VenvBuild.Resolver.Tests;

public sealed class BasicGraphs
{
    [Fact]
    public async Task The_newest_release_is_taken()
    {
        var universe = new Universe().Add("a 1.0").Add("a 2.0").Add("a 1.5");
        Assert.Equal(["a 2.0"], Universe.Lines(await universe.ResolveAsync("a")));
    }

    [Fact]
    public async Task What_a_release_needs_comes_with_it()
    {
        var universe = new Universe().Add("a 1.0", "b<2").Add("b 1.0", "c").Add("b 2.0").Add("c 3.0");
        Assert.Equal(["a 1.0", "b 1.0", "c 3.0"], Universe.Lines(await universe.ResolveAsync("a")));
    }

    [Fact]
    public async Task Bounds_from_several_sides_hold_together()
    {
        var universe = new Universe().Add("a 1.0", "c<3").Add("b 1.0", "c>1").Add("c 1.0").Add("c 2.0").Add("c 3.0");
        Assert.Equal(["a 1.0", "b 1.0", "c 2.0"], Universe.Lines(await universe.ResolveAsync("a", "b")));
    }

    [Fact]
    public async Task A_cycle_is_no_obstacle()
    {
        var universe = new Universe().Add("a 1.0", "b").Add("b 1.0", "a");
        Assert.Equal(["a 1.0", "b 1.0"], Universe.Lines(await universe.ResolveAsync("a")));
    }

    [Fact]
    public async Task An_older_release_is_taken_where_the_newest_conflicts()
    {
        var universe = new Universe()
            .Add("a 1.0").Add("a 2.0", "b>=2")
            .Add("b 1.0").Add("b 2.0", "c>=2")
            .Add("c 1.0").Add("c 2.0");
        Assert.Equal(["a 1.0", "c 1.0"], Universe.Lines(await universe.ResolveAsync("a", "c<2")));
    }

    [Fact]
    public async Task An_extra_adds_its_requirements()
    {
        var universe = new Universe().Add("a 1.0", "b", "c; extra == 'x'").Add("b 1.0").Add("c 1.0");
        Assert.Equal(["a 1.0", "b 1.0", "c 1.0"], Universe.Lines(await universe.ResolveAsync("a[x]")));
        Assert.Equal(["a 1.0", "b 1.0"], Universe.Lines(await universe.ResolveAsync("a")));
    }

    [Fact]
    public async Task An_extra_may_ask_for_another_extra_of_its_own_distribution()
    {
        var universe = new Universe().Add("a 1.0", "a[x]; extra == 'all'", "c; extra == 'x'").Add("c 1.0");
        Assert.Equal(["a 1.0", "c 1.0"], Universe.Lines(await universe.ResolveAsync("a[all]")));
    }

    [Fact]
    public async Task An_extra_never_goes_with_another_version_than_its_distribution()
    {
        var universe = new Universe().Add("a 1.0", "c; extra == 'x'").Add("a 2.0", "c>=2; extra == 'x'").Add("c 1.0").Add("b 1.0", "a<2");
        Assert.Equal(["a 1.0", "b 1.0", "c 1.0"], Universe.Lines(await universe.ResolveAsync("a[x]", "b")));
    }

    [Fact]
    public async Task Finals_come_before_pre_releases_unless_one_is_named()
    {
        var universe = new Universe().Add("a 1.0").Add("a 2.0rc1").Add("b 1.0a1");
        Assert.Equal(["a 1.0", "b 1.0a1"], Universe.Lines(await universe.ResolveAsync("a", "b")));
        Assert.Equal(["a 2.0rc1"], Universe.Lines(await universe.ResolveAsync("a>=1.0a1")));
    }

    [Fact]
    public async Task A_yanked_release_is_taken_only_when_it_is_pinned()
    {
        var universe = new Universe().Add("a 1.0").Add("a 2.0", null, ["py3-none-any"], true);
        Assert.Equal(["a 1.0"], Universe.Lines(await universe.ResolveAsync("a")));
        Assert.Equal(["a 2.0"], Universe.Lines(await universe.ResolveAsync("a==2.0")));
    }

    [Fact]
    public async Task An_extra_that_is_not_offered_is_a_warning()
    {
        var universe = new Universe().Add("a 1.0");
        var resolution = await universe.ResolveAsync("a[speed]");
        Assert.Equal(["a 1.0"], Universe.Lines(resolution));
        Assert.Equal(["PYENV1312"], resolution.Warnings.Select(warning => warning.Code));
    }

    [Fact]
    public async Task Constraints_bound_overrides_replace_and_excluded_names_are_left_out()
    {
        var universe = new Universe().Add("a 1.0", "b<2", "c", "d").Add("b 1.0").Add("b 3.0").Add("c 1.0").Add("c 2.0").Add("d 1.0");
        var resolution = await universe.ResolveAsync(new ResolutionRequest
        {
            Environments = Universe.Linux311,
            Requirements = [Requirement.Parse("a")],
            Constraints = [Requirement.Parse("c<2")],
            Overrides = [Requirement.Parse("b>=2")],
            Excludes = new HashSet<PackageName> { PackageName.Parse("d") },
        });
        Assert.Equal(["a 1.0", "b 3.0", "c 1.0"], Universe.Lines(resolution));
    }

    [Fact]
    public async Task What_only_a_group_needs_is_pinned_for_that_group()
    {
        var universe = new Universe().Add("a 1.0", "c").Add("b 1.0", "c", "d").Add("c 1.0").Add("d 1.0");
        var resolution = await universe.ResolveAsync(new ResolutionRequest
        {
            Environments = Universe.Linux311,
            Requirements = [Requirement.Parse("a")],
            Groups = [(ExtraName.Parse("test"), [Requirement.Parse("b")])],
        });
        Assert.Equal(
            ["a 1.0", "b 1.0 ; \"test\" in dependency_groups", "c 1.0", "d 1.0 ; \"test\" in dependency_groups"], Universe.Lines(resolution));
    }

    [Fact]
    public async Task A_pin_of_the_previous_lock_is_kept_while_it_fits()
    {
        var universe = new Universe().Add("a 1.0").Add("a 2.0").Add("b 1.0").Add("b 2.0");
        var resolution = await universe.ResolveAsync(new ResolutionRequest
        {
            Environments = Universe.Linux311,
            Requirements = [Requirement.Parse("a"), Requirement.Parse("b>=2")],
            Preferences =
            [
                new(PackageName.Parse("a"), PackageVersion.Parse("1.0"), MarkerSet.All),
                new(PackageName.Parse("b"), PackageVersion.Parse("1.0"), MarkerSet.All),
            ],
        });
        Assert.Equal(["a 1.0", "b 2.0"], Universe.Lines(resolution));
    }

    [Theory]
    [InlineData(ResolutionMode.Lowest, "a 1.0", "b 1.0")]
    [InlineData(ResolutionMode.LowestDirect, "a 1.0", "b 2.0")]
    public async Task The_oldest_is_taken_where_that_is_asked_for(ResolutionMode mode, params string[] pins)
    {
        var universe = new Universe().Add("a 1.0", "b").Add("a 2.0", "b").Add("b 1.0").Add("b 2.0");
        var resolution = await universe.ResolveAsync(new ResolutionRequest
        {
            Environments = Universe.Linux311,
            Requirements = [Requirement.Parse("a")],
            Mode = mode,
        });
        Assert.Equal(pins, Universe.Lines(resolution));
    }

    [Fact]
    public async Task A_request_is_not_taken_back_for_ages_to_keep_the_newest_of_another()
    {
        // As fastapi and starlette are: each release takes a short stretch of the other, of which some have no release; a very old one takes any.
        var universe = new Universe().Add("core 35.1").Add("core 36.0").Add("core 41.3").Add("app 1.0", "core>=9").Add("app 109.1", "core>=35,<36");
        for (var minor = 110; minor < 116; minor++)
            universe.Add($"app {minor}.0", "core>=37,<39");
        Assert.Equal(["app 109.1", "core 35.1"], Universe.Lines(await universe.ResolveAsync("core<=36.0", "app")));
    }

    [Fact]
    public async Task The_oldest_of_what_is_asked_for_stays_the_oldest_however_often_it_refuses_what_comes_with_another()
    {
        var universe = new Universe().Add("a 1.0", "b").Add("b 1.0").Add("c 1.0").Add("c 2.0");
        for (var minor = 1; minor < 9; minor++)
            universe.Add($"b 2.{minor}", "c>=2");
        var resolution = await universe.ResolveAsync(new ResolutionRequest
        {
            Environments = Universe.Linux311,
            Requirements = [Requirement.Parse("a"), Requirement.Parse("c")],
            Mode = ResolutionMode.LowestDirect,
        });
        Assert.Equal(["a 1.0", "b 1.0", "c 1.0"], Universe.Lines(resolution));
    }
}
