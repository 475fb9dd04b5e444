using VenvBuild.Packaging;

namespace VenvBuild.Index;

/// <summary>What an index says of a project.</summary>
/// <param name="IsAbsent">Whether it has no such project.</param>
/// <param name="Status">The project's status (PEP 792).</param>
/// <param name="StatusReason">Why it has that status, where that is said.</param>
/// <param name="Files">The files by version, oldest first; those of one version in the index's order.</param>
public sealed record IndexPage(bool IsAbsent, ProjectStatus Status, string? StatusReason, IReadOnlyList<IndexFile> Files);
