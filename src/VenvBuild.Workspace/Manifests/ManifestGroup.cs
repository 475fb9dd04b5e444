using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>A dependency group (PEP 735): requirements of its own and the groups that it includes.</summary>
/// <param name="Name">The name in normal form.</param>
/// <param name="Requirements">Its own requirements.</param>
/// <param name="Includes">The groups whose requirements are its own, too; there are no circles.</param>
/// <param name="Location">Where it stands.</param>
public sealed record ManifestGroup(
    ExtraName Name,
    IReadOnlyList<ManifestRequirement> Requirements,
    IReadOnlyList<ExtraName> Includes,
    SourceLocation Location);
