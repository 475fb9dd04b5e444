namespace VenvBuild.Workspace;

/// <summary>What <c>run</c> is to start.</summary>
public sealed record RunOptions
{
    /// <summary>The command and its arguments; a command of the environment comes before others of its name.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>How the environment is brought up to date first.</summary>
    public SyncOptions Sync { get; init; } = new();

    /// <summary>Whether the environment is used as it is.</summary>
    public bool WithoutSync { get; init; }

    /// <summary>Whether what the command writes to its output goes to this process's error stream, so that the output holds only the verb's answer.</summary>
    public bool KeepsOutputFree { get; init; }
}
