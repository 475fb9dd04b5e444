using VenvBuild.Environments;
using VenvBuild.Packaging;

namespace VenvBuild.Workspace.Tests;

public sealed class ChoosingPythonForMetadata
{
    // As the finder lists them: the newest first, then builds without the global lock, then other implementations.
    private static readonly Interpreter[] Found =
        [Make("3.13.1"), Make("3.12.4"), Make("3.11.9"), Make("3.11.2"), Make("3.9.18"), Make("3.13.0", isFreeThreaded: true), Make("3.10.16", implementation: "pypy")];

    [Theory]
    [InlineData(">=3.9", "3.9.18")]
    [InlineData(">=3.10", "3.11.9")]
    [InlineData(">=3.11", "3.11.9")]
    [InlineData(">=3.11,!=3.11.9", "3.11.2")]
    [InlineData(">=3.12,<3.14", "3.12.4")]
    [InlineData("==3.13.*", "3.13.1")]
    [InlineData("==3.13.0", null)]
    [InlineData("==3.10.*", null)]
    public void The_oldest_that_the_manifest_lets_in_is_asked(string python, string? expected) =>
        Assert.Equal(expected, InterpreterFinder.OldestOf(Found, VersionSpecifiers.Parse(python))?.Version.ToString());

    private static Interpreter Make(string version, bool isFreeThreaded = false, string implementation = "cpython")
    {
        var parsed = PackageVersion.Parse(version);
        var minor = PythonMinor.Of(parsed)!.Value;
        var markers = new Target(Platform.Parse("linux-x64"), minor, isFreeThreaded).ToMarkerEnvironment(parsed) with { ImplementationName = implementation };
        return new()
        {
            Executable = $"/opt/python{version}/bin/python",
            Version = parsed,
            Major = minor.Major,
            Minor = minor.Minor,
            Markers = markers,
            IsFreeThreaded = isFreeThreaded,
            SoAbi = "",
            Platform = "linux-x86_64",
            Glibc = "2.36",
            Musl = null,
            MacOs = null,
            BasePrefix = "/opt",
            StandardLibrary = "/opt/lib",
            Headers = "/opt/include",
            CacheTag = "",
            BytecodeMagic = "",
            PointerBits = 64,
        };
    }
}
