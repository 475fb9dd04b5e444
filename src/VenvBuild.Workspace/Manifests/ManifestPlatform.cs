using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>A platform that a manifest declares.</summary>
/// <param name="Platform">The platform, with the oldest system that is meant.</param>
/// <param name="Location">Where it stands.</param>
public sealed record ManifestPlatform(Platform Platform, SourceLocation Location)
{
    /// <summary>The canonical form, the oldest system always written out: <c>linux-x64 glibc 2.28</c>.</summary>
    public override string ToString() =>
        Platform.FloorName is { } name ? $"{Platform.RuntimeIdentifier} {name} {Platform.Floor}" : Platform.RuntimeIdentifier;
}
