using System.Diagnostics.CodeAnalysis;

namespace VenvBuild.Packaging;

/// <summary>An interpreter on a platform: what an environment is built for.</summary>
public sealed class Target : IEquatable<Target>
{
    internal const string CPython = "cpython", PyPyName = "pypy";

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

    private Target(Platform platform, PythonMinor python, string implementation, string abi)
    {
        Platform = platform;
        Python = python;
        Implementation = implementation;
        Abi = abi;
    }

    /// <summary>The implementation, as markers name it: <c>cpython</c> or <c>pypy</c>.</summary>
    public string Implementation { get; } = CPython;

    /// <summary>The platform.</summary>
    public Platform Platform { get; }

    /// <summary>The minor version.</summary>
    public PythonMinor Python { get; }

    /// <summary>Whether it is the build without the global lock (PEP 703).</summary>
    public bool IsFreeThreaded { get; private init; }

    /// <summary>The binary interface of its own, such as <c>cp311</c> or <c>cp313t</c>.</summary>
    public string Abi { get; }

    /// <summary>The tags of the wheels that it can use, best first.</summary>
    public SupportedTags Tags => _tags ??= IsPyPy ? SupportedTags.OfPyPy(Python, Abi, Platform.WheelTags) : new(Python, Abi, IsFreeThreaded, Platform.WheelTags);

    internal bool IsPyPy => Implementation == PyPyName;

    /// <summary>PyPy of a minor version on a platform.</summary>
    /// <param name="platform">The platform.</param>
    /// <param name="python">The minor version of Python that it speaks.</param>
    /// <exception cref="ArgumentOutOfRangeException">No PyPy speaks that minor.</exception>
    public static Target PyPy(Platform platform, PythonMinor python) => PyPyMinors.Supported.Contains(python)
        ? new(platform, python, PyPyName, FormattableString.Invariant($"pypy{python.Major}{python.Minor}_{PyPyMinors.Abi}"))
        : throw new ArgumentOutOfRangeException(nameof(python), $"No PyPy speaks Python {python}.");

    /// <summary>The same interpreter on another platform.</summary>
    internal Target WithPlatform(Platform platform) => new(platform, Python, Implementation, Abi) { IsFreeThreaded = IsFreeThreaded };

    /// <summary>The same kind of interpreter of another minor, or null when there is none.</summary>
    internal Target? WithPython(PythonMinor minor) => IsPyPy
        ? PyPyMinors.Supported.Contains(minor) ? PyPy(Platform, minor) : null
        : IsFreeThreaded && minor.CompareTo(CPythonMinors.OldestFreeThreaded) < 0 ? null : new(Platform, minor, IsFreeThreaded);

    /// <summary>
    /// What markers see there with one full version of Python. <c>platform_release</c> and <c>platform_version</c> are empty: they are the
    /// machine's, not the target's.
    /// </summary>
    public MarkerEnvironment ToMarkerEnvironment(PackageVersion fullVersion) => new()
    {
        ImplementationName = Implementation,
        ImplementationVersion = IsPyPy ? PyPyMinors.Version : fullVersion.ToString(),
        OsName = Platform.OsName,
        PlatformMachine = Platform.PlatformMachine,
        PlatformRelease = "",
        PlatformSystem = Platform.PlatformSystem,
        PlatformVersion = "",
        PythonFullVersion = fullVersion.ToString(),
        PlatformPythonImplementation = IsPyPy ? "PyPy" : "CPython",
        PythonVersion = Python.ToString(),
        SysPlatform = Platform.SysPlatform,
    };

    /// <inheritdoc/>
    public bool Equals([NotNullWhen(true)] Target? other) =>
        other is not null && Python == other.Python && Abi == other.Abi && Platform.Equals(other.Platform);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Target);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Platform, Python, Abi);

    /// <summary>Such as <c>CPython 3.11 on linux-x64</c>.</summary>
    public override string ToString() => $"{(IsPyPy ? "PyPy" : "CPython")} {Python}{(IsFreeThreaded ? "t" : "")} on {Platform}";
}
