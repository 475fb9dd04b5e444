using System.Diagnostics.CodeAnalysis;

namespace VenvBuild.Packaging;

/// <summary>An interpreter on a platform: what an environment is built for.</summary>
public sealed class Target : IEquatable<Target>
{
    private SupportedTags? _tags;

    /// <summary>CPython of a minor version on a platform.</summary>
    /// <param name="platform">The platform.</param>
    /// <param name="python">The minor version.</param>
    /// <param name="isFreeThreaded">Whether it is the build without the global lock (PEP 703), which exists from 3.13 on.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such build of that minor.</exception>
    public Target(Platform platform, PythonMinor python, bool isFreeThreaded = false)
    {
        if (isFreeThreaded && python.CompareTo(CPythonMinors.OldestFreeThreaded) < 0)
            throw new ArgumentOutOfRangeException(nameof(isFreeThreaded), $"Python {python} has no free-threaded build.");
        Platform = platform;
        Python = python;
        IsFreeThreaded = isFreeThreaded;
        Abi = FormattableString.Invariant($"cp{python.Major}{python.Minor}") + (isFreeThreaded ? "t" : python.CompareTo(new(3, 8)) < 0 ? "m" : "");
    }

    /// <summary>The implementation, as markers name it: <c>cpython</c>.</summary>
    public string Implementation { get; } = "cpython";

    /// <summary>The platform.</summary>
    public Platform Platform { get; }

    /// <summary>The minor version.</summary>
    public PythonMinor Python { get; }

    /// <summary>Whether it is the build without the global lock (PEP 703).</summary>
    public bool IsFreeThreaded { get; }

    /// <summary>The binary interface of its own, such as <c>cp311</c> or <c>cp313t</c>.</summary>
    public string Abi { get; }

    /// <summary>The tags of the wheels that it can use, best first.</summary>
    public SupportedTags Tags => _tags ??= new(Python, Abi, IsFreeThreaded, Platform.WheelTags);

    /// <summary>
    /// What markers see there with one full version of Python. <c>platform_release</c> and <c>platform_version</c> are empty: they are the
    /// machine's, not the target's.
    /// </summary>
    public MarkerEnvironment ToMarkerEnvironment(PackageVersion fullVersion) => new()
    {
        ImplementationName = Implementation,
        ImplementationVersion = fullVersion.ToString(),
        OsName = Platform.OsName,
        PlatformMachine = Platform.PlatformMachine,
        PlatformRelease = "",
        PlatformSystem = Platform.PlatformSystem,
        PlatformVersion = "",
        PythonFullVersion = fullVersion.ToString(),
        PlatformPythonImplementation = "CPython",
        PythonVersion = Python.ToString(),
        SysPlatform = Platform.SysPlatform,
    };

    /// <inheritdoc/>
    public bool Equals([NotNullWhen(true)] Target? other) =>
        other is not null && Python == other.Python && IsFreeThreaded == other.IsFreeThreaded && Platform.Equals(other.Platform);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Target);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Platform, Python, IsFreeThreaded);

    /// <summary>Such as <c>CPython 3.11 on linux-x64</c>.</summary>
    public override string ToString() => $"CPython {Python}{(IsFreeThreaded ? "t" : "")} on {Platform}";
}
