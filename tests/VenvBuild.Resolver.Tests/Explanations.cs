using VenvBuild.Packaging;
using VenvBuild.Testing;

namespace VenvBuild.Resolver.Tests;

/// <summary>Refusals as a person reads them: the line of an error list, the derivation, what would help.</summary>
public sealed class Explanations
{
    [Fact]
    public Task Two_requests_that_exclude_each_other() => MatchAsync(
        new Universe().Add("app 1.0", "core<2").Add("plugin 1.0", "core>=2").Add("core 1.0").Add("core 2.0"), "app", "plugin");

    [Fact]
    public Task A_version_that_there_is_not_yet() => MatchAsync(new Universe().Add("app 1.0").Add("app 2.0").Add("app 3.0rc1"), "app>=3");

    [Fact]
    public Task Many_releases_that_ask_for_the_same()
    {
        var universe = new Universe().Add("core 1.0").Add("core 2.0");
        for (var i = 1; i <= 40; i++)
            universe.Add($"app 1.{i}", i < 20 ? "core>=2" : $"core>=2,!=1.{i}");
        return MatchAsync(universe, "app", "core<2");
    }

    [Fact]
    public Task A_chain_of_dependencies() => MatchAsync(
        new Universe()
            .Add("web 3.0", "orm>=5").Add("orm 5.0", "driver>=2").Add("orm 5.1", "driver>=2").Add("driver 2.0", "ssl<3").Add("driver 2.1", "ssl<3")
            .Add("ssl 2.9").Add("ssl 3.0").Add("ssl 3.1"),
        "web", "ssl>=3.1");

    [Fact]
    public Task A_step_that_two_others_rest_on() => MatchAsync(
        new Universe()
            .Add("a 1.0", "x>=1").Add("a 2.0", "y>=1").Add("x 1.0", "z<2").Add("y 1.0", "x>=1").Add("x 1.5", "z<2")
            .Add("z 1.0").Add("z 2.0").Add("b 1.0", "a", "z>=2"),
        "b");

    [Fact]
    public Task An_extra_that_brings_the_conflict() => MatchAsync(
        new Universe().Add("app 1.0", "codec<2; extra == 'fast'").Add("app 1.1", "codec<2; extra == 'fast'").Add("codec 1.0").Add("codec 2.0"),
        "app[fast]", "codec>=2");

    [Fact]
    public Task A_platform_that_no_wheel_is_for() => MatchAsync(
        new Universe()
            .Add("native 1.0", null, ["cp310-cp310-win_amd64", "cp311-cp311-win_amd64", "cp311-cp311-macosx_11_0_arm64"], false)
            .Add("native 1.1", null, ["cp311-cp311-win_amd64", "sdist"], false),
        Universe.Grid("linux-x64 win-x64", 11),
        "native");

    [Fact]
    public Task A_Python_that_is_too_old() => MatchAsync(
        new Universe()
            .Add("frame 4.2", ">=3.8", ["py3-none-any"], false)
            .Add("frame 5.0", ">=3.12", ["py3-none-any"], false).Add("frame 5.1", ">=3.12", ["py3-none-any"], false),
        Universe.Grid("linux-x64 win-x64", 11, 12, 13),
        "frame>=5");

    [Fact]
    public Task Wheels_that_end_before_the_newest_Python() => MatchAsync(
        new Universe()
            .Add("fast 1.0", null, ["cp310-cp310-manylinux_2_17_x86_64", "cp311-cp311-manylinux_2_17_x86_64"], false)
            .Add("fast 2.0", null, ["cp310-cp310-manylinux_2_17_x86_64", "cp311-cp311-manylinux_2_17_x86_64", "cp312-cp312-manylinux_2_17_x86_64"], false),
        Universe.Grid("linux-x64", 11, 12, 13),
        "fast");

    [Fact]
    public Task Pre_releases_that_are_not_allowed() => MatchAsync(
        new Universe().Add("app 1.0a1").Add("app 1.0b2").Add("tool 1.0", "app"),
        Universe.Linux311,
        request => request with { Prereleases = PrereleaseMode.Disallow },
        "tool");

    [Fact]
    public Task A_release_that_was_yanked() => MatchAsync(
        new Universe().Add("app 1.0").Add("app 2.0", null, ["py3-none-any"], true), "app>=2");

    [Fact]
    public Task A_release_that_has_to_be_built() => MatchAsync(
        new Universe().Add("tool 1.0", "old").Add("old 0.9", null, ["sdist"], false).Add("old 0.8", null, ["sdist"], false), "tool");

    [Fact]
    public Task A_constraint_of_the_manifest() => MatchAsync(
        new Universe().Add("app 1.0", "core>=2").Add("core 1.0").Add("core 2.0").Add("core 3.0"),
        Universe.Linux311,
        request => request with { Constraints = [Requirement.Parse("core<2")] },
        "app");

    [Fact]
    public Task A_group_against_the_requests() => MatchAsync(
        new Universe().Add("app 1.0", "core<2").Add("core 1.0").Add("core 2.0").Add("lint 1.0", "core>=2"),
        Universe.Linux311,
        request => request with { Groups = [(ExtraName.Parse("dev"), [Requirement.Parse("lint")])] },
        "app");

    [Fact]
    public Task A_conflict_on_one_platform_only() => MatchAsync(
        new Universe().Add("app 1.0", "pywin<2; sys_platform == 'win32'").Add("pywin 1.0").Add("pywin 2.0").Add("shell 1.0", "pywin>=2"),
        Universe.Grid("linux-x64 win-x64", 11, 12),
        "app", "shell");

    [Fact]
    public Task A_name_that_is_misspelt() => MatchAsync(new Universe().Add("django 5.0"), "djnago");

    [Fact]
    public Task A_module_for_its_distribution() => MatchAsync(new Universe().Add("pyyaml 6.0"), "yaml");

    [Fact]
    public Task A_dependency_that_nobody_has() => MatchAsync(new Universe().Add("app 1.0", "inhouse>=1").Add("app 0.9", "inhouse"), "app");

    [Fact]
    public Task An_index_that_comes_later() => MatchAsync(
        new Universe().Add("app 1.0").Add("app 2.0").Withhold("app 2.0", WithheldReason.LaterIndex, "pypi"), "app>=2");

    [Fact]
    public Task An_index_that_is_not_asked() => MatchAsync(
        new Universe().Add("corp-app 2.0").Withhold("corp-app 2.0", WithheldReason.NamePattern, "corp"), "corp-app");

    [Fact]
    public Task A_release_that_is_too_new() => MatchAsync(
        new Universe().Add("app 1.0").Add("app 2.0").Add("app 3.0", "lib").Withhold("app 2.0", WithheldReason.TooNew, "pypi", "2026-09-14T10:00:00Z"), "app>=2,<3");

    [Fact]
    public Task A_release_that_is_too_new_with_what_it_needs() => MatchAsync(
        new Universe().Add("app 1.0").Add("app 2.0", "lib>=2").Add("app 2.1", "lib>=3").Add("lib 1.0").Add("lib 2.0").Add("lib 3.0")
            .Withhold("app 2.0", WithheldReason.TooNew, "pypi", "2024-04-02T10:00:00Z").Withhold("app 2.1", WithheldReason.TooNew, "pypi", "2025-04-02T10:00:00Z")
            .Withhold("lib 2.0", WithheldReason.TooNew, "pypi", "2024-03-05T23:59:59Z").Withhold("lib 3.0", WithheldReason.TooNew, "pypi", "2025-03-05T10:00:00Z"),
        "app>=2");

    [Fact]
    public Task A_distribution_that_is_too_new() => MatchAsync(
        new Universe().Add("app 1.0").Withhold("app 1.0", WithheldReason.TooNew, "pypi", "2024-04-02T10:00:00Z"), "app");

    [Fact]
    public Task A_release_whose_day_is_unknown() => MatchAsync(
        new Universe().Add("app 1.0").Add("app 2.0").Withhold("app 2.0", WithheldReason.TooNew, "pypi"), "app>=2");

    [Fact]
    public Task An_index_that_comes_later_and_has_what_is_needed_too() => MatchAsync(
        new Universe().Add("app 1.0").Add("app 2.0", "inner").Add("inner 1.0").At("https://corp.test/", "app 2.0", "inner 1.0")
            .Withhold("app 2.0", WithheldReason.LaterIndex, "corp"),
        "app>=2");

    [Fact]
    public Task A_platform_whose_wheels_want_a_newer_C_library() => MatchAsync(
        new Universe().Add("app 1.0", null, ["cp311-cp311-manylinux_2_34_x86_64", "cp311-cp311-win_amd64"], false), "app");

    [Fact]
    public Task A_distribution_that_is_quarantined() => MatchAsync(new Universe().Quarantine("bad").Add("app 1.0", "bad"), "app");

    [Fact]
    public Task A_request_that_is_quarantined() => MatchAsync(new Universe().Quarantine("bad"), "bad");

    [Fact]
    public Task An_override_that_nothing_meets() => MatchAsync(
        new Universe().Add("app 1.0", "lib>=1").Add("lib 1.0"), Universe.Linux311, request => request with { Overrides = [Requirement.Parse("lib>9")] }, "app");

    [Fact]
    public Task A_version_that_this_run_asks_for() => MatchAsync(
        new Universe().Add("app 1.0"), Universe.Linux311, request => request with { RunConstraints = [Requirement.Parse("app==9")] }, "app");

    [Fact]
    public Task A_long_back_and_forth()
    {
        var universe = new Universe();
        for (var i = 1; i <= 30; i++)
        {
            universe.Add($"sdk 1.{i}", $"engine>={i},<{i + 1}", "helper");
            universe.Add($"engine {i}.0", $"http>={1 + i / 10},<3", $"json>={i % 4}");
            universe.Add($"helper 1.{i}", $"engine>={31 - i}");
        }

        for (var i = 0; i <= 4; i++)
            universe.Add($"json {i}.0").Add($"http {i}.0", "socket>=2");
        universe.Add("socket 1.0").Add("socket 2.0");
        return MatchAsync(universe, "sdk", "socket<2");
    }

    private static Task MatchAsync(Universe universe, params string[] requirements) => MatchAsync(universe, Universe.Linux311, requirements);

    private static Task MatchAsync(Universe universe, IReadOnlyList<ResolutionEnvironment> environments, params string[] requirements) =>
        MatchAsync(universe, environments, request => request, requirements);

    private static async Task MatchAsync(
        Universe universe, IReadOnlyList<ResolutionEnvironment> environments, Func<ResolutionRequest, ResolutionRequest> change, params string[] requirements)
    {
        var request = change(new() { Environments = environments, Requirements = [.. requirements.Select(Requirement.Parse)] });
        var refusal = await Assert.ThrowsAsync<UnsatisfiableException>(() => universe.ResolveAsync(request));
        var diagnostic = Assert.Single(refusal.Diagnostics);
        var text = $"{diagnostic.Message}\n{(diagnostic.Detail is null ? "" : string.Concat(diagnostic.Detail.Split('\n').Select(line => $"    {line}\n")))}  -> {diagnostic.Remedy}";
        Snapshot.Match(text, Path.Combine("Explanations", TestContext.Current.TestMethod!.MethodName));
    }
}
