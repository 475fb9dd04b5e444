namespace VenvBuild.Workspace;

/// <summary>How <c>publish</c> is to work.</summary>
public sealed record PublishOptions
{
    /// <summary>The lock, groups and interpreter; the path is that of the project's own environment, whose Python is taken.</summary>
    public SyncOptions Sync { get; init; } = new();

    /// <summary>The folder to write.</summary>
    public required string Output { get; init; }

    /// <summary>A declared platform, by its runtime identifier; null for this machine's.</summary>
    public string? Platform { get; init; }

    /// <summary>Whether Python itself goes along.</summary>
    public bool WithPython { get; init; }

    /// <summary>Where Python is on the machine that the folder is for, or null for the usual place; for other platforms than this machine's.</summary>
    public string? PythonHome { get; init; }

    /// <summary>What is left out.</summary>
    public PublishTrim Trim { get; init; }
}
