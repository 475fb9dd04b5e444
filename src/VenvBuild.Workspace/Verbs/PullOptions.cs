namespace VenvBuild.Workspace;

/// <summary>How <c>pull</c> is to work.</summary>
public sealed record PullOptions
{
    /// <summary>The only place to look at, or null for the manifest's sources.</summary>
    public string? From { get; init; }

    /// <summary>The groups, interpreter and folder, as <c>sync</c> takes them.</summary>
    public SyncOptions Environment { get; init; } = new();
}
