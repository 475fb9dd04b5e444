namespace VenvBuild.Packaging;

/// <summary>A tree in version control (PEP 751, <c>packages.vcs</c>).</summary>
/// <param name="Type">The system, such as <c>git</c>.</param>
/// <param name="CommitId">The exact commit.</param>
public sealed record LockedVcs(string Type, string CommitId)
{
    /// <summary>The repository's address, or null when a path is given.</summary>
    public string? Url { get; init; }

    /// <summary>The repository's path, relative to the lock's folder or absolute, or null when an address is given.</summary>
    public string? Path { get; init; }

    /// <summary>The branch, tag or commit that was asked for, or null.</summary>
    public string? RequestedRevision { get; init; }

    /// <summary>The folder of the project in the tree, or null for its root.</summary>
    public string? Subdirectory { get; init; }
}
