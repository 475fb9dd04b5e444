namespace VenvBuild.Workspace;

/// <summary>How <c>init</c> is to begin a manifest.</summary>
public sealed record InitOptions
{
    /// <summary>A <c>requirements.txt</c>, <c>pyproject.toml</c>, <c>pylock.toml</c> or <c>environment.yml</c> to take the requests from, or null.</summary>
    public string? From { get; init; }

    /// <summary>The environment's name, or null for the folder's.</summary>
    public string? Name { get; init; }
}
