namespace VenvBuild.Workspace;

/// <summary>How <c>pack</c> is to work.</summary>
public sealed record PackOptions
{
    /// <summary>The lock, groups and interpreter; the path is not used.</summary>
    public SyncOptions Sync { get; init; } = new();

    /// <summary>Whether the interpreter goes along, for machines that have none.</summary>
    public bool WithPython { get; init; }

    /// <summary>The file to write.</summary>
    public required string Output { get; init; }
}
