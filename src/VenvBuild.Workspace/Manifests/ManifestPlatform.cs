using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>A platform that a manifest declares.</summary>
/// <param name="Platform">The platform, with the oldest system that is meant.</param>
/// <param name="Location">Where it stands.</param>
public sealed record ManifestPlatform(Platform Platform, SourceLocation Location)
{
    /// <summary>Whether the build of CPython without the global lock is meant (PEP 703), which has wheels of its own.</summary>
    public bool IsFreeThreaded { get; init; }

    /// <summary>The canonical form, the oldest system always written out: <c>linux-x64 glibc 2.28</c>, <c>win-x64 free-threaded</c>.</summary>
    public override string ToString() =>
        (Platform.FloorName is { } name ? $"{Platform.RuntimeIdentifier} {name} {Platform.Floor}" : Platform.RuntimeIdentifier)
        + (IsFreeThreaded ? " free-threaded" : "");
}
