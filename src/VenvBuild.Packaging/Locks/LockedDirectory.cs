namespace VenvBuild.Packaging;

/// <summary>A source tree on this machine (PEP 751, <c>packages.directory</c>).</summary>
/// <param name="Path">The folder, relative to the lock's folder or absolute.</param>
public sealed record LockedDirectory(string Path)
{
    /// <summary>Whether the environment uses the tree in place.</summary>
    public bool IsEditable { get; init; }

    /// <summary>The folder of the project in the tree, or null for its root.</summary>
    public string? Subdirectory { get; init; }
}
