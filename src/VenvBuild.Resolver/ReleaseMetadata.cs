using VenvBuild.Packaging;

namespace VenvBuild.Resolver;

/// <summary>The core metadata of a release, or why none can be used; a release without metadata is no candidate.</summary>
/// <param name="Metadata">The metadata, or null.</param>
/// <param name="Problem">Why there is none, as a clause that follows "because", or null.</param>
public sealed record ReleaseMetadata(CoreMetadata? Metadata, string? Problem = null);
