using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>A Python on this machine, as it described itself when it was asked.</summary>
public sealed class Interpreter
{
    /// <summary>The base interpreter's executable, absolute: what an environment links to. Never one inside an environment.</summary>
    public required string Executable { get; init; }

    /// <summary>The version, such as 3.12.4.</summary>
    public required PackageVersion Version { get; init; }

    /// <summary>The major version.</summary>
    public required int Major { get; init; }

    /// <summary>The minor version.</summary>
    public required int Minor { get; init; }

    /// <summary>What markers see (PEP 508).</summary>
    public required MarkerEnvironment Markers { get; init; }

    /// <summary>Whether it is a free-threaded build (PEP 703).</summary>
    public required bool IsFreeThreaded { get; init; }

    /// <summary>The suffix of extension modules' ABI, such as <c>cpython-312-x86_64-linux-gnu</c>; empty on Windows before 3.13.</summary>
    public required string SoAbi { get; init; }

    /// <summary><c>sysconfig.get_platform()</c>, such as <c>linux-x86_64</c> or <c>macosx-14.0-arm64</c>.</summary>
    public required string Platform { get; init; }

    /// <summary>Major and minor of the machine's glibc, such as <c>2.36</c>, or null where there is none.</summary>
    public required string? Glibc { get; init; }

    /// <summary>Major and minor of the machine's musl, such as <c>1.2</c>, or null where there is none.</summary>
    public required string? Musl { get; init; }

    /// <summary>The version of macOS, such as <c>14.5</c>, or null elsewhere.</summary>
    public required string? MacOs { get; init; }

    /// <summary><c>sys.base_prefix</c>: where the installation is.</summary>
    public required string BasePrefix { get; init; }

    /// <summary>The folder of the standard library.</summary>
    public required string StandardLibrary { get; init; }

    /// <summary>The folder of the C headers.</summary>
    public required string Headers { get; init; }

    /// <summary>What names its bytecode files, such as <c>cpython-312</c>.</summary>
    public required string CacheTag { get; init; }

    /// <summary>The number that its bytecode files begin with, lower-case hex.</summary>
    public required string BytecodeMagic { get; init; }

    /// <summary>The bits of a pointer, 32 or 64.</summary>
    public required int PointerBits { get; init; }

    /// <summary>The base executable as it is now, or null when it is gone: by it a changed interpreter is known.</summary>
    internal ExecutableStamp? Stamp { get; init; }

    /// <summary>Whether it runs on Windows, whose environments are laid out differently.</summary>
    public bool IsWindows => Markers.OsName == "nt";

    /// <summary>Whether it is CPython, the only implementation that environments are made for.</summary>
    internal bool IsCPython => Markers.ImplementationName == "cpython";

    /// <summary>What this interpreter can be planned for: its platform with the floor that this machine really has.</summary>
    /// <exception cref="DiagnosticException">It is no CPython, or runs on a platform that wheels are not built for.</exception>
    public Target ToTarget()
    {
        if (!IsCPython)
        {
            throw new DiagnosticException(ExitCode.Usage, Diagnostic.Error(
                InterpreterCodes.RequestFailed, $"{this} is no CPython, and environments are made for CPython only.",
                remedy: "Use a CPython. A lock that serves PyPy is installed there with 'pypy3 -m pip install -r pylock.toml'."));
        }

        if (RuntimeIdentifier() is not { } rid || !Packaging.Platform.TryParse(rid, out var platform))
        {
            throw new DiagnosticException(ExitCode.Usage, Diagnostic.Error(
                InterpreterCodes.RequestFailed, $"{this} cannot be planned for: {Markers.ImplementationName} on {Platform} is not supported.",
                remedy: $"Use CPython on one of {string.Join(", ", Packaging.Platform.RuntimeIdentifiers)}."));
        }

        // The floor of a system that is newer or older than any wheel is made for stays the default one.
        if (PlatformFloor.TryParse(Glibc ?? Musl ?? MacOsFloor(), out var floor) && platform.TryWithFloor(floor, out var real))
            platform = real;
        return new Target(platform, new PythonMinor(Major, Minor), IsFreeThreaded);
    }

    private string? RuntimeIdentifier()
    {
        var machine = Platform[(Platform.LastIndexOf('-') + 1)..] switch
        {
            "x86_64" or "amd64" => PointerBits == 64 ? "x64" : null,
            "aarch64" or "arm64" => "arm64",
            "win32" => "x86",
            "universal2" => Markers.PlatformMachine == "arm64" ? "arm64" : "x64",
            _ => null,
        };
        var system = Markers.SysPlatform switch
        {
            "linux" => Musl is null ? "linux" : "linux-musl",
            "darwin" => "osx",
            "win32" => "win",
            _ => null,
        };
        return machine is null || system is null ? null : $"{system}-{machine}";
    }

    /// <summary>Major and minor of macOS: what its wheels' tags speak of.</summary>
    private string? MacOsFloor()
    {
        var parts = MacOs?.Split('.') ?? [];
        return parts.Length == 0 ? null : parts.Length == 1 ? parts[0] : $"{parts[0]}.{parts[1]}";
    }

    /// <summary>Implementation, version and place, for people.</summary>
    public override string ToString() =>
        $"{Markers.PlatformPythonImplementation} {Version}{(IsFreeThreaded ? " (free-threaded)" : "")} at {Executable}";
}
