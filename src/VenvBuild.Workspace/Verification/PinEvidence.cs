using VenvBuild.Packaging;
using VenvBuild.Resolver;

namespace VenvBuild.Workspace;

/// <summary>What is known of a pin from elsewhere than its lock: how the manifest's indexes offer it, and what its own metadata says.</summary>
/// <param name="Pin">The pin.</param>
/// <param name="List">All releases of the name that the manifest admits; null where that could not be had.</param>
/// <param name="Release">The pinned release as it is offered; null where it is not, or where that could not be had.</param>
/// <param name="Metadata">Its core metadata; null where that could not be had.</param>
internal sealed record PinEvidence(LockedPackage Pin, ReleaseList? List, Release? Release, CoreMetadata? Metadata)
{
    /// <summary>Why something is missing, as a sentence; null where nothing is, or where the release is not offered at all.</summary>
    public string? Problem { get; init; }
}
