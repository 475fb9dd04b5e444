namespace VenvBuild.Environments;

/// <summary>How an environment is made; none of it changes what is in it.</summary>
public sealed record SyncOptions
{
    /// <summary>How files come from the store.</summary>
    public LinkMode Link { get; init; } = LinkMode.Auto;

    /// <summary>How many wheels are fetched at once.</summary>
    public int MaxDownloads { get; init; } = 16;

    /// <summary>The name that shells show, or null for the folder's.</summary>
    public string? Prompt { get; init; }

    /// <summary>Commands that must succeed in the finished environment before it is visible.</summary>
    public IReadOnlyList<EnvironmentCheck> Checks { get; init; } = [];

    /// <summary>Told of what was done, for those who ask for detail.</summary>
    public Action<Packaging.Diagnostic>? Remark { get; init; }
}
