using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>A target that the lock of a manifest serves.</summary>
/// <param name="Target">CPython of a minor on a platform.</param>
/// <param name="IsRequired">Whether the lock must serve it; else it is served as far as that goes.</param>
/// <param name="Versions">Which versions of the minor are asked for: the manifest's range within it.</param>
public sealed record ManifestTarget(Target Target, bool IsRequired, VersionSet Versions);
