namespace VenvBuild.Workspace;

/// <summary>The pins of a lock as trees.</summary>
/// <param name="Name">The environment's name.</param>
/// <param name="Roots">What the manifest asks for or, inverted, what needs nothing itself.</param>
/// <param name="Unread">The pins whose metadata could not be read, and why: what they need is told by the lock alone, without bounds.</param>
public sealed record TreeOutcome(string Name, IReadOnlyList<TreeNode> Roots, IReadOnlyList<string> Unread);
