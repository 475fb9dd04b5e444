using VenvBuild.Packaging;

namespace VenvBuild.Resolver;

/// <summary>One version of a distribution with the files that an index offers for it.</summary>
/// <param name="Name">The distribution.</param>
/// <param name="Version">The version; of spellings that are equal, the first one met.</param>
/// <param name="Files">Its wheels and sdists, in the index's order; at least one, and none only for a folder that is asked for by address.</param>
public sealed record Release(PackageName Name, PackageVersion Version, IReadOnlyList<IndexFile> Files)
{
    /// <summary>The index that served this version, as a lock records it; null when a folder or a page of links did.</summary>
    public Uri? Index { get; init; }

    /// <summary>Where it lies, for one that a person asks for by address; null for what indexes and folders offer.</summary>
    public DirectReference? Direct { get; init; }

    /// <summary>Whether a person asks for it by address and a build makes its wheel.</summary>
    internal bool IsSourceAtAddress => Direct is not null && Files.All(file => file.Wheel is null);
}
