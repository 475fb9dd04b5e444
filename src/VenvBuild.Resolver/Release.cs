using VenvBuild.Packaging;

namespace VenvBuild.Resolver;

/// <summary>One version of a distribution with the files that an index offers for it.</summary>
/// <param name="Name">The distribution.</param>
/// <param name="Version">The version; of spellings that are equal, the first one met.</param>
/// <param name="Files">Its wheels and sdists, in the index's order; at least one.</param>
public sealed record Release(PackageName Name, PackageVersion Version, IReadOnlyList<IndexFile> Files)
{
    /// <summary>The index that served this version, as a lock records it; null when a folder or a page of links did.</summary>
    public Uri? Index { get; init; }
}
