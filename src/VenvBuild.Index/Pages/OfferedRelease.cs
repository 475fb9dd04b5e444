using VenvBuild.Packaging;

namespace VenvBuild.Index;

/// <summary>One version as one place offers it.</summary>
internal readonly record struct OfferedRelease(PackageVersion Version, IReadOnlyList<IndexFile> Files, Uri? Index);
