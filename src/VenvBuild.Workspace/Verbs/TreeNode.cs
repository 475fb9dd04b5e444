namespace VenvBuild.Workspace;

/// <summary>A pin in a tree of dependencies.</summary>
/// <param name="Name">The distribution.</param>
/// <param name="Version">The pinned version; null for a source tree.</param>
/// <param name="Asked">What is asked of it, or, in an inverted tree, what it asks of the pin above: name, extras and bounds.</param>
/// <param name="Where">The marker under which it is, or null for always.</param>
/// <param name="Group">The group of the manifest that asks, where one does.</param>
/// <param name="IsShownAbove">Whether what follows was shown at its first place and is left out here.</param>
/// <param name="Children">What it needs or, in an inverted tree, who needs it.</param>
public sealed record TreeNode(
    string Name, string? Version, string? Asked, string? Where, string? Group, bool IsShownAbove, IReadOnlyList<TreeNode> Children);
