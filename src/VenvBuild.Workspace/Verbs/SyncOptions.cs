namespace VenvBuild.Workspace;

/// <summary>How <c>sync</c> is to work.</summary>
public sealed record SyncOptions
{
    /// <summary>Whether a stale or missing lock is refused instead of made anew.</summary>
    public bool Locked { get; init; }

    /// <summary>Whether the lock is installed as it is, whatever the manifest asks.</summary>
    public bool Frozen { get; init; }

    /// <summary>The dependency groups to install besides the manifest's default ones.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];

    /// <summary>The interpreter: a path, or a version such as <c>3.11</c>; null for the newest that fits.</summary>
    public string? Python { get; init; }

    /// <summary>The environment's folder instead of the manifest's, or null.</summary>
    public string? Path { get; init; }
}
