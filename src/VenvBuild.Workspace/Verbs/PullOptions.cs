namespace VenvBuild.Workspace;

/// <summary>How <c>pull</c> is to work.</summary>
public sealed record PullOptions
{
    /// <summary>A declared platform, by its runtime identifier, whose environment is fetched into <see cref="Output"/>; null for this machine's.</summary>
    public string? Platform { get; init; }

    /// <summary>The bundle to write instead of installing; null to install.</summary>
    public string? Output { get; init; }

    /// <summary>The only place to look at, or null for the manifest's sources.</summary>
    public string? From { get; init; }

    /// <summary>The groups, interpreter and folder, as <c>sync</c> takes them.</summary>
    public SyncOptions Environment { get; init; } = new();
}
