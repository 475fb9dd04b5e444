namespace VenvBuild.Workspace;

/// <summary>A manifest that was edited, and its lock.</summary>
/// <param name="ManifestPath">The manifest, absolute.</param>
/// <param name="Group">The group that was edited, or null for the plain requirements.</param>
/// <param name="Requirements">What was put in or taken out, as given.</param>
/// <param name="Lock">What became of the lock.</param>
public sealed record EditOutcome(string ManifestPath, string? Group, IReadOnlyList<string> Requirements, LockOutcome Lock);
