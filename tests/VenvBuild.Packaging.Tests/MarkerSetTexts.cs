using System.Runtime.CompilerServices;

namespace VenvBuild.Packaging.Tests;

public sealed class MarkerSetTexts
{
    [Theory]
    [InlineData("python_version >= '3.8' and python_version >= '3.9'", "python_version >= \"3.9\"")]
    [InlineData("python_version > '3.9'", "python_version >= \"3.10\"")]
    [InlineData("python_version >= '3.9' and python_version <= '3.11'", "python_version >= \"3.9\" and python_version < \"3.12\"")]
    [InlineData("python_version == '3.9'", "python_version == \"3.9\"")]
    [InlineData("python_version != '3.9'", "python_version != \"3.9\"")]
    [InlineData("python_version < '3.9' or python_version > '3.9'", "python_version != \"3.9\"")]
    [InlineData("python_version in '3.8 3.9'", "python_version >= \"3.8\" and python_version < \"3.10\"")]
    [InlineData("python_version in '3.8 3.10'", "python_version == \"3.1\" or python_version == \"3.8\" or python_version == \"3.10\"")]
    [InlineData("python_full_version >= '3.8.1' and python_version < '3.12'", "python_full_version >= \"3.8.1\" and python_version < \"3.12\"")]
    [InlineData("python_full_version < '3.8.1'", "python_full_version < \"3.8.1\"")]
    [InlineData("python_full_version <= '3.11.5' and python_full_version != '3.11.5'", "python_full_version < \"3.11.5\"")]
    [InlineData("python_full_version > '3.11.4'", "python_full_version >= \"3.11.5\"")]
    [InlineData("python_full_version <= '3.11.4'", "python_full_version < \"3.11.5\"")]
    [InlineData("python_full_version >= '3.11.5' and python_full_version < '3.11.7'", "python_full_version >= \"3.11.5\" and python_full_version < \"3.11.7\"")]
    [InlineData("python_full_version == '3.11.5.*'", "python_full_version == \"3.11.5\"")]
    [InlineData("python_full_version == '3.12.0.*'", "python_full_version == \"3.12.0.*\"")]
    [InlineData("python_full_version >= '3.9.2rc1'", "python_full_version >= \"3.9.2\"")]
    [InlineData("python_full_version < '3.12.0rc1'", "python_full_version < \"3.12.0rc1\"")]
    [InlineData("python_full_version != '3.9.7'", "python_full_version != \"3.9.7\"")]
    [InlineData("platform_system == 'Windows'", "sys_platform == \"win32\"")]
    [InlineData("os_name == 'nt' and platform_system == 'Windows'", "sys_platform == \"win32\"")]
    [InlineData("os_name != 'nt'", "sys_platform != \"win32\"")]
    [InlineData("sys_platform == 'linux' and os_name == 'posix'", "sys_platform == \"linux\"")]
    [InlineData("platform_python_implementation == 'PyPy'", "implementation_name == \"pypy\"")]
    [InlineData("sys_platform != 'win32' and sys_platform != 'darwin'", "sys_platform != \"darwin\" and sys_platform != \"win32\"")]
    [InlineData("sys_platform == 'linux' or sys_platform == 'darwin'", "sys_platform == \"darwin\" or sys_platform == \"linux\"")]
    [InlineData("python_version >= '3.8' and sys_platform == 'win32' or python_version < '3.8'", "python_version < \"3.8\" or sys_platform == \"win32\"")]
    [InlineData("sys_platform == 'win32' and extra == 'x' or sys_platform != 'win32' and extra == 'x'", "extra == \"x\"")]
    [InlineData("(os_name == 'nt' or extra == 'b') and (python_version < '3.9' or extra == 'a')",
        "(sys_platform == \"win32\" or extra == \"b\") and (python_version < \"3.9\" or extra == \"a\")")]
    [InlineData("(sys_platform == 'linux' or sys_platform == 'darwin') and python_version < '3.9'",
        "python_version < \"3.9\" and (sys_platform == \"darwin\" or sys_platform == \"linux\")")]
    [InlineData("(sys_platform == 'linux' and platform_machine == 'x86_64' or sys_platform == 'win32' and platform_machine == 'AMD64') and extra == 'x'",
        "extra == \"x\" and (sys_platform == \"linux\" and platform_machine == \"x86_64\" or sys_platform == \"win32\" and platform_machine == \"AMD64\")")]
    [InlineData("'a' in extras or 'g' not in dependency_groups", "\"a\" in extras or \"g\" not in dependency_groups")]
    [InlineData("os_name == 'nt' and sys_platform == 'linux'", "python_version < \"0.0\"")]
    [InlineData("os_name == 'nt' or os_name != 'nt'", "")]
    public void Are_short_and_say_nothing_twice(string marker, string text)
    {
        var set = MarkerSet.Of(Marker.Parse(marker));
        Assert.Equal(text, set.ToString());
        Assert.Equal(set, MarkerSet.OfOptional(set.ToMarker()));
    }

    [Theory]
    [InlineData("python_version >= '3.9'", ">=3.9", "")]
    [InlineData("python_version >= '3.9' and python_version < '3.11'", ">=3.9,<3.14", "python_version < \"3.11\"")]
    [InlineData("python_version == '3.9'", ">=3.9,<3.11", "python_version < \"3.10\"")]
    [InlineData("python_full_version >= '3.9' and python_version < '3.11'", ">=3.9", "python_version < \"3.11\"")]
    [InlineData("python_version < '3.8'", ">=3.9", "python_version < \"0.0\"")]
    public void Leave_out_what_the_range_of_python_says(string marker, string python, string text)
    {
        var assumption = MarkerSet.ForPython(VersionSpecifiers.Parse(python).Set);
        Assert.Equal(text, MarkerSet.Of(Marker.Parse(marker)).Restrict(assumption).ToString());
    }

    [Theory]
    [InlineData("os_name == 'posix'", "sys_platform == 'linux'", "")]
    [InlineData("sys_platform == 'win32' and platform_machine == 'AMD64'", "sys_platform == 'win32' or sys_platform == 'linux'",
        "sys_platform == \"win32\" and platform_machine == \"AMD64\"")]
    [InlineData("sys_platform != 'win32'", "sys_platform == 'win32' or sys_platform == 'linux'", "sys_platform == \"linux\"")]
    [InlineData("sys_platform == 'linux' or sys_platform == 'darwin'", "sys_platform == 'win32' or sys_platform == 'linux' or sys_platform == 'darwin'",
        "sys_platform != \"win32\"")]
    public void Leave_out_what_the_platforms_say(string marker, string assumption, string text) =>
        Assert.Equal(text, MarkerSet.Of(Marker.Parse(marker)).Restrict(MarkerSet.Of(Marker.Parse(assumption))).ToString());

    [Fact]
    public void Admit_where_no_marker_says_the_opposite()
    {
        var set = MarkerSet.Of(Marker.Parse("platform_release >= '6'"));
        Assert.True(set.HasExactMarker);
        Assert.False(set.Not().HasExactMarker);
        Assert.True(set.Not().Implies(MarkerSet.OfOptional(set.Not().ToMarker())));
    }

    [Fact]
    public void Know_what_excludes_what()
    {
        static MarkerSet Of(string marker) => MarkerSet.Of(Marker.Parse(marker));
        Assert.True(Of("os_name == 'nt'").IsDisjointFrom(Of("sys_platform == 'linux'")));
        Assert.True(Of("sys_platform == 'darwin'").Implies(Of("os_name == 'posix' and platform_system == 'Darwin'")));
        Assert.True(Of("python_version == '3.9'").Implies(Of("python_full_version >= '3.8.5'")));
        Assert.True(Of("python_full_version <= '3.9.5'").IsDisjointFrom(Of("python_full_version >= '3.9.6'")));
        Assert.True(Of("python_full_version > '3.9.5'").IsDisjointFrom(Of("python_full_version < '3.9.6'")));
        Assert.True(Of("sys_platform == 'linux'").Implies(Of("'linux' in sys_platform and sys_platform not in 'win32'")));
        Assert.True(Of("implementation_name == 'cpython'").IsDisjointFrom(Of("platform_python_implementation == 'PyPy'")));
        Assert.False(Of("os_name == 'posix'").IsDisjointFrom(Of("sys_platform != 'linux' and sys_platform != 'darwin'")));
        Assert.False(Of("extra == 'a'").IsDisjointFrom(Of("extra == 'b'")));
    }

    [Fact]
    public void Of_markers_that_no_diagram_can_hold_are_refused_in_time()
    {
        // Pairs of questions that stand far apart in the order of variables.
        var pairs = Enumerable.Range(10, 60).Select(i => $"(platform_release == 'a{i}' or platform_version == 'b{i}')");
        var marker = Marker.Parse(string.Join(" and ", pairs));
        Assert.Throws<PackagingFormatException>(() => MarkerSet.Of(marker));
        Assert.True(MarkerSet.Of(Marker.Parse("os_name == 'nt'")).And(MarkerSet.All) != MarkerSet.None);
    }

    [Fact]
    public void Do_not_keep_what_nobody_holds()
    {
        // Not inlined, so that no local of this method holds the set.
        [MethodImpl(MethodImplOptions.NoInlining)]
        static WeakReference Make()
        {
            var set = MarkerSet.ForField(MarkerFields.PlatformMachine, "a machine that nobody else asks for");
            Assert.Equal(set, MarkerSet.ForField(MarkerFields.PlatformMachine, "a machine that nobody else asks for"));
            return new(set.Node);
        }

        var node = Make();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.False(node.IsAlive);
    }
}
