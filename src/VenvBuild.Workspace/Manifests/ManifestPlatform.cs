using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>A platform that a manifest declares.</summary>
/// <param name="Platform">The platform, with the oldest system that is meant.</param>
/// <param name="Location">Where it stands.</param>
public sealed record ManifestPlatform(Platform Platform, SourceLocation Location)
{
    /// <summary>Whether the build of CPython without the global lock is meant (PEP 703), which has wheels of its own.</summary>
    public bool IsFreeThreaded { get; init; }

    /// <summary>Whether PyPy is meant, which has wheels of its own, and not CPython.</summary>
    public bool IsPyPy { get; init; }

    /// <summary>The minors of Python that it exists for, of some.</summary>
    internal bool Has(PythonMinor minor) => IsPyPy ? PyPyMinors.Supported.Contains(minor) : !IsFreeThreaded || minor.CompareTo(CPythonMinors.OldestFreeThreaded) >= 0;

    internal Target ToTarget(PythonMinor minor) => IsPyPy ? Target.PyPy(Platform, minor) : new(Platform, minor, IsFreeThreaded);

    /// <summary>The canonical form, the oldest system always written out: <c>linux-x64 glibc 2.28</c>, <c>win-x64 free-threaded</c>, <c>win-x64 pypy</c>.</summary>
    public override string ToString() =>
        (Platform.FloorName is { } name ? $"{Platform.RuntimeIdentifier} {name} {Platform.Floor}" : Platform.RuntimeIdentifier)
        + (IsPyPy ? " pypy" : IsFreeThreaded ? " free-threaded" : "");
}
