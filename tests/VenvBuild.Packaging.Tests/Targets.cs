namespace VenvBuild.Packaging.Tests;

public sealed class Targets
{
    [Theory]
    [InlineData("linux-x64", "posix", "linux", "Linux", "x86_64", "glibc", "manylinux_2_28_x86_64", "linux_x86_64")]
    [InlineData("linux-arm64", "posix", "linux", "Linux", "aarch64", "glibc", "manylinux_2_28_aarch64", "linux_aarch64")]
    [InlineData("linux-musl-x64", "posix", "linux", "Linux", "x86_64", "musl", "musllinux_1_2_x86_64", "linux_x86_64")]
    [InlineData("linux-musl-arm64", "posix", "linux", "Linux", "aarch64", "musl", "musllinux_1_2_aarch64", "linux_aarch64")]
    [InlineData("win-x64", "nt", "win32", "Windows", "AMD64", null, "win_amd64", "win_amd64")]
    [InlineData("win-x86", "nt", "win32", "Windows", "x86", null, "win32", "win32")]
    [InlineData("win-arm64", "nt", "win32", "Windows", "ARM64", null, "win_arm64", "win_arm64")]
    [InlineData("osx-x64", "posix", "darwin", "Darwin", "x86_64", "macos", "macosx_14_0_x86_64", "macosx_10_4_universal")]
    [InlineData("osx-arm64", "posix", "darwin", "Darwin", "arm64", "macos", "macosx_14_0_arm64", "macosx_10_4_universal2")]
    public void Have_platforms_with_marker_values_and_tags(
        string rid, string osName, string sysPlatform, string system, string machine, string? floorName, string best, string last)
    {
        var platform = Platform.Parse(rid);
        var environment = new Target(platform, new(3, 12)).ToMarkerEnvironment(PackageVersion.Parse("3.12.4"));
        Assert.Equal((osName, sysPlatform, system, machine), (environment.OsName, environment.SysPlatform, environment.PlatformSystem, environment.PlatformMachine));
        Assert.Equal(("3.12", "3.12.4", "cpython", "CPython"), (environment.PythonVersion, environment.PythonFullVersion, environment.ImplementationName, environment.PlatformPythonImplementation));
        Assert.Equal(floorName, platform.FloorName);
        Assert.Equal(best, platform.WheelTags[0]);
        Assert.Equal(last, platform.WheelTags[^1]);
        Assert.Equal(platform.WheelTags.Count, platform.WheelTags.Distinct().Count());
        Assert.Equal(rid, platform.ToString());
        Assert.Equal(platform, Platform.Parse(platform.ToString()));
    }

    [Theory]
    [InlineData("linux-x64", "glibc", "2.17", "linux-x64 (glibc 2.17)", "manylinux_2_17_x86_64")]
    [InlineData("linux-musl-arm64", "musl", "1.1", "linux-musl-arm64 (musl 1.1)", "musllinux_1_1_aarch64")]
    [InlineData("osx-x64", "macos", "10.15", "osx-x64 (macos 10.15)", "macosx_10_15_x86_64")]
    [InlineData("osx-arm64", "macos", "12", "osx-arm64 (macos 12.0)", "macosx_12_0_arm64")]
    [InlineData("linux-x64", "glibc", "2.28", "linux-x64", "manylinux_2_28_x86_64")]
    public void Have_platforms_with_finer_versions(string rid, string name, string version, string text, string best)
    {
        Assert.True(Platform.Parse(rid).TryWithFloor(name, version, out var platform, out _));
        Assert.Equal(text, platform.ToString());
        Assert.Equal(best, platform.WheelTags[0]);
        Assert.Equal(platform, Platform.Parse(text));
        Assert.Equal(text == rid, platform.Equals(Platform.Parse(rid)));
    }

    [Theory]
    [InlineData("win-x64", "glibc", "2.17")]
    [InlineData("linux-x64", "musl", "1.2")]
    [InlineData("linux-x64", "glibc", "2")]
    [InlineData("linux-x64", "glibc", "3.1")]
    [InlineData("linux-arm64", "glibc", "2.16")]
    [InlineData("linux-x64", "glibc", "x.y")]
    [InlineData("osx-arm64", "macos", "10.15")]
    [InlineData("linux-musl-x64", "musl", "2.0")]
    public void Refuse_versions_that_no_wheel_is_built_for(string rid, string name, string version)
    {
        Assert.False(Platform.Parse(rid).TryWithFloor(name, version, out _, out var problem));
        Assert.NotEmpty(problem);
        Assert.False(Platform.TryParse($"{rid} ({name} {version})", out _));
    }

    [Theory]
    [InlineData("linux-x86_64", "linux-x64")]
    [InlineData("Linux-X64", "linux-x64")]
    [InlineData("windows-x64", "win-x64")]
    [InlineData("macos-aarch64", "osx-arm64")]
    [InlineData("win_amd64", "win-x64")]
    [InlineData("linux/amd64", "linux-x64")]
    [InlineData("win64", "win-x64")]
    [InlineData("osx-arm", "osx-arm64")]
    [InlineData("", null)]
    [InlineData("solaris", null)]
    public void Suggest_the_platform_that_was_meant(string text, string? nearest)
    {
        Assert.False(Platform.TryParse(text, out _));
        Assert.Equal(nearest, Platform.Nearest(text));
        Assert.Contains(nearest ?? "linux-x64", Assert.Throws<PackagingFormatException>(() => Platform.Parse(text)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Know_the_platform_of_this_process() =>
        Assert.Equal(OperatingSystem.IsWindows() ? "win32" : OperatingSystem.IsMacOS() ? "darwin" : "linux", Platform.OfThisProcess()?.SysPlatform);

    [Fact]
    public void Know_the_minors_of_CPython()
    {
        Assert.Equal("3.9 3.10 3.11 3.12 3.13 3.14 3.15", string.Join(' ', CPythonMinors.Supported));
        Assert.Equal(new PythonMinor(3, 0), CPythonMinors.Known[0]);
        Assert.Equal(CPythonMinors.Known, CPythonMinors.Known.Order());
    }

    [Theory]
    [InlineData("3.11.0", true)]
    [InlineData("3.11.9", true)]
    [InlineData("3.11", true)]
    [InlineData("3.12.0", false)]
    [InlineData("3.12.0rc1", false)]
    [InlineData("3.10.99", false)]
    public void Hold_the_versions_of_their_minor(string version, bool isIn)
    {
        var minor = PythonMinor.Parse("3.11");
        Assert.Equal(isIn, minor.Versions.Contains(PackageVersion.Parse(version)));
        Assert.True(minor.Versions.IsSubsetOf(VersionSpecifiers.Parse(">=3.11,<3.12").Set));
        Assert.Equal("3.11.0", minor.FirstRelease.ToString());
        Assert.Equal(version.StartsWith("3.11", StringComparison.Ordinal), PythonMinor.Of(PackageVersion.Parse(version)) == minor);
    }

    [Theory]
    [InlineData("3")]
    [InlineData("3.")]
    [InlineData(".3")]
    [InlineData("3.11.1")]
    [InlineData("3.x")]
    [InlineData("3.12345")]
    [InlineData(" 3.11")]
    public void Refuse_what_is_no_minor(string text) => Assert.Throws<PackagingFormatException>(() => PythonMinor.Parse(text));

    [Fact]
    public void Order_their_tags_from_the_narrowest_to_the_widest()
    {
        var tags = new Target(Platform.Parse("win-x64"), new(3, 10)).Tags.InOrder().Select(tag => tag.ToString()).ToList();
        Assert.Equal(["cp310-cp310-win_amd64", "cp310-abi3-win_amd64", "cp310-none-win_amd64", "cp39-abi3-win_amd64"], tags[..4]);
        Assert.Equal(["cp32-abi3-win_amd64", "py310-none-win_amd64", "py3-none-win_amd64", "py39-none-win_amd64"], tags[10..14]);
        Assert.Equal(["py30-none-win_amd64", "cp310-none-any", "py310-none-any", "py3-none-any", "py39-none-any"], tags[22..27]);
        Assert.Equal("py30-none-any", tags[^1]);
        Assert.Equal(36, tags.Count);
    }

    [Fact]
    public void Name_old_manylinux_after_the_glibc_that_it_means() => Assert.Equal(
        "manylinux_2_18_x86_64 manylinux_2_17_x86_64 manylinux2014_x86_64 manylinux_2_16_x86_64",
        string.Join(' ', Platform.Parse("linux-x64").WheelTags.Skip(10).Take(4)));

    [Theory]
    [InlineData("linux-x64", "x-1-cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64.whl", true)]
    [InlineData("linux-x64", "x-1-cp312-cp312-manylinux_2_34_x86_64.whl", false)]
    [InlineData("linux-x64", "x-1-cp39-abi3-manylinux_2_12_x86_64.whl", true)]
    [InlineData("linux-x64", "x-1-cp313-abi3-manylinux_2_12_x86_64.whl", false)]
    [InlineData("linux-x64", "x-1-cp312-cp312-musllinux_1_2_x86_64.whl", false)]
    [InlineData("linux-musl-x64", "x-1-cp312-cp312-musllinux_1_2_x86_64.whl", true)]
    [InlineData("osx-arm64", "x-1-cp312-cp312-macosx_10_9_universal2.whl", true)]
    [InlineData("osx-arm64", "x-1-cp312-cp312-macosx_15_0_arm64.whl", false)]
    [InlineData("osx-x64", "x-1-cp312-cp312-macosx_10_13_x86_64.whl", true)]
    [InlineData("win-arm64", "x-1-cp312-cp312-win_amd64.whl", false)]
    [InlineData("win-x86", "x-1-py2.py3-none-any.whl", true)]
    [InlineData("win-x86", "x-1-py2-none-any.whl", false)]
    [InlineData("win-x86", "x-1-pp310-pypy310_pp73-win32.whl", false)]
    public void Use_the_wheels_that_fit(string rid, string file, bool fits)
    {
        var tags = new Target(Platform.Parse(rid), new(3, 12)).Tags;
        var rank = tags.Rank(WheelFileName.Parse(file));
        Assert.Equal(fits, rank is not null);
        Assert.Equal(rank, tags.Rank(WheelFileName.Parse(file)));
    }

    [Fact]
    public void Rank_a_set_by_the_best_of_its_tags()
    {
        var tags = new Target(Platform.Parse("linux-x64"), new(3, 11)).Tags;
        var inOrder = tags.InOrder().ToList();
        Assert.Equal(tags.Count, inOrder.Count);
        Assert.Equal(Enumerable.Range(0, inOrder.Count), inOrder.Select(tag => tags.Rank(tag)!.Value));
        Gen.Int[0, inOrder.Count - 1].Select(Gen.Int[0, inOrder.Count - 1]).Sample((a, b) =>
        {
            var (left, right) = (inOrder[a], inOrder[b]);
            var set = WheelTagSet.Parse($"{left.Python}.{right.Python}-{left.Abi}.{right.Abi}-{left.Platform}.{right.Platform}");
            Assert.Equal(set.Expand().Min(tag => tags.Rank(tag) ?? int.MaxValue), tags.Rank(set));
        });
    }

    [Fact]
    public void Of_pypy_take_its_own_wheels_and_pure_ones_in_the_order_of_the_specification()
    {
        var target = Target.PyPy(Platform.Parse("win-x64"), new(3, 10));
        Assert.Equal(
            [
                "pp310-pypy310_pp73-win_amd64", "pp310-none-win_amd64", "py310-none-win_amd64", "py3-none-win_amd64", "py39-none-win_amd64", "py38-none-win_amd64",
                "py37-none-win_amd64", "py36-none-win_amd64", "py35-none-win_amd64", "py34-none-win_amd64", "py33-none-win_amd64", "py32-none-win_amd64",
                "py31-none-win_amd64", "py30-none-win_amd64", "pp3-none-any", "py310-none-any", "py3-none-any", "py39-none-any", "py38-none-any", "py37-none-any",
                "py36-none-any", "py35-none-any", "py34-none-any", "py33-none-any", "py32-none-any", "py31-none-any", "py30-none-any",
            ],
            target.Tags.InOrder().Select(tag => tag.ToString()));
        Assert.Equal(Enumerable.Range(0, target.Tags.Count), target.Tags.InOrder().Select(tag => target.Tags.Rank(tag)!.Value));
        Assert.Null(target.Tags.Rank(WheelFileName.Parse("x-1-cp310-cp310-win_amd64.whl")));
        Assert.Null(target.Tags.Rank(WheelFileName.Parse("x-1-cp38-abi3-win_amd64.whl")));
        Assert.Null(target.Tags.Rank(WheelFileName.Parse("x-1-pp39-pypy39_pp73-win_amd64.whl")));
        Assert.Equal("PyPy 3.10 on win-x64", target.ToString());
        var markers = target.ToMarkerEnvironment(PackageVersion.Parse("3.10.16"));
        Assert.Equal(("pypy", "PyPy", "3.10"), (markers.ImplementationName, markers.PlatformPythonImplementation, markers.PythonVersion));
        Assert.NotEqual(target, new(Platform.Parse("win-x64"), new(3, 10)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Target.PyPy(Platform.Parse("win-x64"), new(3, 13)));
    }

    [Fact]
    public void Of_free_threaded_builds_take_no_abi3()
    {
        var target = new Target(Platform.Parse("linux-x64"), new(3, 15), isFreeThreaded: true);
        Assert.Equal("cp315t", target.Abi);
        Assert.Null(target.Tags.Rank(WheelFileName.Parse("x-1-cp39-abi3-manylinux_2_17_x86_64.whl")));
        Assert.Null(target.Tags.Rank(WheelFileName.Parse("x-1-cp315-cp315-manylinux_2_17_x86_64.whl")));
        Assert.NotNull(target.Tags.Rank(WheelFileName.Parse("x-1-cp315-cp315t-manylinux_2_17_x86_64.whl")));
        Assert.NotNull(target.Tags.Rank(WheelFileName.Parse("x-1-cp315-abi3.abi3t-manylinux_2_17_x86_64.whl")));
        Assert.NotNull(target.Tags.Rank(WheelFileName.Parse("x-1-py3-none-any.whl")));
        Assert.NotEqual(target, new(Platform.Parse("linux-x64"), new(3, 15)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Target(Platform.Parse("linux-x64"), new(3, 12), isFreeThreaded: true));
    }
}
