namespace VenvBuild.Workspace;

/// <summary>The manifest that was written.</summary>
/// <param name="ManifestPath">The manifest, absolute.</param>
/// <param name="Requirements">The requests that it begins with, as written.</param>
/// <param name="LeftOut">What the source said that has no place in a manifest, and why: a line each.</param>
public sealed record InitOutcome(string ManifestPath, IReadOnlyList<string> Requirements, IReadOnlyList<string> LeftOut)
{
    /// <summary>What was taken and may mean something else here, and why: a line each.</summary>
    public IReadOnlyList<string> ToCheck { get; init; } = [];
}
