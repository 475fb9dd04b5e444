using VenvBuild.Packaging;

namespace VenvBuild.Workspace.Tests;

public sealed class ManifestTargets
{
    [Theory]
    [InlineData(">=3.11,<3.14", "3.11! 3.12! 3.13!")]
    [InlineData(">=3.11,<=3.13", "3.11! 3.12! 3.13!")]
    [InlineData("==3.12.*", "3.12!")]
    [InlineData("==3.12.4", "3.12!")]
    [InlineData("~=3.12.1", "3.12!")]
    [InlineData(">=3.13", "3.13! 3.14 3.15")]
    [InlineData(">=3.13,<4", "3.13! 3.14 3.15")]
    [InlineData("~=3.13", "3.13! 3.14 3.15")]
    [InlineData(">=3.12,!=3.12.*", "3.13! 3.14 3.15")]
    [InlineData(">=3.6,<3.11", "3.9! 3.10!")]
    [InlineData(">=3.9,!=3.10.*,<3.12", "3.9! 3.11!")]
    [InlineData(">3.13.5,<3.15", "3.13! 3.14!")]
    public void Are_all_minors_of_a_bounded_range_and_the_lowest_of_an_open_one(string python, string expected) =>
        Assert.Equal(expected, string.Join(' ', ServedPython.Of(VersionSpecifiers.Parse(python)).Select(served => $"{served}{(served.IsRequired ? "!" : "")}")));

    [Fact]
    public void Hold_only_the_versions_that_are_asked_for()
    {
        var served = ServedPython.Of(VersionSpecifiers.Parse(">=3.11.4,<3.13"));
        Assert.False(served[0].Versions.Contains(PackageVersion.Parse("3.11.3")));
        Assert.True(served[0].Versions.Contains(PackageVersion.Parse("3.11.4")));
        Assert.False(served[0].Versions.Contains(PackageVersion.Parse("3.12.0")));
        Assert.True(served[1].Versions.Contains(PackageVersion.Parse("3.12.0")));
    }

    [Fact]
    public void Are_every_platform_with_every_python()
    {
        var manifest = ManifestReading.Read("python: '>=3.12,<3.14'\nplatforms: [win-x64, {rid: linux-x64, glibc: '2.17'}]\n");
        Assert.Equal(
            ["CPython 3.12 on win-x64", "CPython 3.13 on win-x64", "CPython 3.12 on linux-x64 (glibc 2.17)", "CPython 3.13 on linux-x64 (glibc 2.17)"],
            manifest.Targets.Select(target => target.Target.ToString()));
    }

    [Fact]
    public void Are_free_threaded_from_the_minor_on_that_has_such_a_build_and_that_one_is_required()
    {
        var manifest = ManifestReading.Read("python: '>=3.12'\nplatforms: [linux-x64, {rid: linux-x64, free-threaded: true}]\n");
        Assert.Equal(
            ["3.12!", "3.13", "3.14", "3.15", "3.13t!", "3.14t", "3.15t"],
            manifest.Targets.Select(target => $"{target.Target.Python}{(target.Target.IsFreeThreaded ? "t" : "")}{(target.IsRequired ? "!" : "")}"));
        Assert.Equal(["platform: linux-x64 glibc 2.28", "platform: linux-x64 glibc 2.28 free-threaded"], manifest.Requests.Lines.Where(line => line.StartsWith("platform", StringComparison.Ordinal)));
    }

    [Fact]
    public void Are_of_pypy_for_the_minors_that_it_speaks()
    {
        var manifest = ManifestReading.Read("python: '>=3.10'\nplatforms: [linux-x64, {rid: linux-x64, implementation: pypy}]\n");
        Assert.Equal(
            ["CPython 3.10 on linux-x64", "PyPy 3.10 on linux-x64"],
            manifest.Targets.Where(target => target.IsRequired).Select(target => target.Target.ToString()));
        Assert.Equal(["3.10", "3.11"], manifest.Targets.Where(target => target.Target.Implementation == "pypy").Select(target => target.Target.Python.ToString()));
        Assert.Contains("platform: linux-x64 glibc 2.28 pypy", manifest.Requests.Lines);
    }

    [Fact]
    public void Are_this_machines_where_no_platform_is_declared() =>
        Assert.Equal([Platform.OfThisProcess()], ManifestReading.Read("python: '==3.12.*'\n").Targets.Select(target => target.Target.Platform));
}
