namespace VenvBuild.Packaging.Tests;

public sealed class MarkerEvaluation
{
    [Theory]
    [InlineData("python_version < '3.13'", true)]
    [InlineData("python_version > '3.12'", false)]
    [InlineData("python_version >= '3.9' and python_version != '3.12'", false)]
    [InlineData("python_version in '3.10 3.11 3.12'", true)]
    [InlineData("'2.7' not in python_version", true)]
    [InlineData("python_version ~= '3.10'", true)]
    [InlineData("python_version == '3.*'", true)]
    [InlineData("python_version === '3.12'", true)]
    [InlineData("python_full_version === '3.12'", false)]
    [InlineData("python_full_version == '3.12'", true)]
    [InlineData("'3.13' > python_version", true)]
    [InlineData("'3.12.1' ~= python_full_version", true)]
    [InlineData("python_version >= 'dog'", false)]
    [InlineData("python_version != 'dog'", true)]
    [InlineData("sys_platform == 'linux' or sys_platform == 'win32' and os_name == 'nt'", true)]
    [InlineData("(sys_platform == 'linux' or sys_platform == 'win32') and os_name == 'nt'", false)]
    [InlineData("sys_platform >= 'linux'", true)]
    [InlineData("sys_platform > 'a'", false)]
    [InlineData("sys_platform ~= 'linux'", false)]
    [InlineData("sys_platform === 'linux'", false)]
    [InlineData("'nux' in sys_platform", true)]
    [InlineData("sys_platform in 'linux darwin'", true)]
    [InlineData("sys_platform not in 'linux darwin'", false)]
    [InlineData("platform_release >= '6'", true)]
    [InlineData("platform_release == '6.1.0'", true)]
    [InlineData("platform_release >= 'x'", false)]
    [InlineData("platform_version == '#1'", true)]
    [InlineData("platform_version > '0'", false)]
    [InlineData("platform_version != 'x'", true)]
    [InlineData("extra == 'A.b'", true)]
    [InlineData("extra == 'c'", true)]
    [InlineData("extra != 'c'", false)]
    [InlineData("extra == 'd'", false)]
    [InlineData("extra == ''", false)]
    [InlineData("'A_B' in extras and 'g' in dependency_groups and 'a-b' not in dependency_groups", true)]
    public void Follows_the_rules_for_versions_texts_and_names(string marker, bool holds) =>
        Assert.Equal(holds, Marker.Parse(marker).Evaluate(MarkerEnvironments.Linux, MarkerEnvironments.Names("a-b", "c"), MarkerEnvironments.Names("g")));

    [Theory]
    [InlineData("3.13.0rc2", "python_version < '3.13'", false)]
    [InlineData("3.13.0rc2", "python_full_version >= '3.13'", false)]
    [InlineData("3.13.0rc2", "python_full_version < '3.13'", false)]
    [InlineData("3.13.0rc2", "python_full_version >= '3.13.0b1'", true)]
    [InlineData("3.15.0+", "python_full_version == '3.15.0'", true)]
    [InlineData("3.15.0+", "python_full_version == '3.15.0+local'", true)]
    public void Admits_interpreters_that_are_no_release(string python, string marker, bool holds) =>
        Assert.Equal(holds, Marker.Parse(marker).Evaluate(MarkerEnvironments.Linux.WithPython(python)));

    [Fact]
    public void Takes_no_extra_for_the_empty_text()
    {
        Assert.True(Marker.Parse("extra == ''").Evaluate(MarkerEnvironments.Linux));
        Assert.True(Marker.Parse("extra != 'x'").Evaluate(MarkerEnvironments.Linux));
        Assert.False(Marker.Parse("extra == 'x'").Evaluate(MarkerEnvironments.Linux));
    }

    [Theory]
    [InlineData("python_version > '3' and sys_platform == 'x' or extra == 'y'", MarkerFields.PythonVersion | MarkerFields.SysPlatform | MarkerFields.Extra, true)]
    [InlineData("python_full_version > '3' and sys_platform == 'x'", MarkerFields.PythonFullVersion | MarkerFields.SysPlatform, false)]
    [InlineData("platform_release > '3'", MarkerFields.PlatformRelease, false)]
    public void Is_known_to_be_decided_by_platform_and_minor(string text, MarkerFields fields, bool isDecided)
    {
        var marker = Marker.Parse(text);
        Assert.Equal((fields, isDecided), (marker.Fields, marker.IsDecidedByPlatformAndMinor));
    }

    [Theory]
    [InlineData("'a\" == os_name or python_version >= \"0\" or \"b' == os_name", "'a\" == os_name or python_version >= \"0\" or \"b' == os_name")]
    [InlineData("((os_name=='a'))and(os_name=='b' or os_name=='c')", "os_name == \"a\" and (os_name == \"b\" or os_name == \"c\")")]
    [InlineData("((os_name=='a' and os_name=='b'))", "os_name == \"a\" and os_name == \"b\"")]
    [InlineData(@"platform_version == 'C:\\x'", @"platform_version == ""C:\\x""")]
    [InlineData(@"platform_version == 'a\'", null)]
    [InlineData(@"platform_version == 'both \x22 and \x27'", @"platform_version == ""both \x22 and '""")]
    public void Writes_the_marker_in_normal_form(string text, string? normal)
    {
        Assert.Equal(normal is not null, Marker.TryParse(text, out var marker));
        Assert.Equal(normal, marker?.ToString());
        if (marker is not null)
            Assert.Equal(marker, Marker.Parse(marker.ToString()));
    }

    [Fact]
    public void Compares_environments_by_value()
    {
        Assert.Equal(MarkerEnvironments.Linux, MarkerEnvironments.Windows with
        {
            OsName = "posix",
            SysPlatform = "linux",
            PlatformSystem = "Linux",
            PlatformMachine = "x86_64",
            PlatformRelease = "6.1",
        });
        Assert.NotEqual(MarkerEnvironments.Linux, MarkerEnvironments.Linux.WithPython("3.12.1"));
        Assert.Equal("3.15.0+local", MarkerEnvironments.Linux.WithPython("3.15.0+").PythonFullVersion);
    }
}
