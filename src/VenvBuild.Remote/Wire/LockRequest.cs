namespace VenvBuild.Remote;

/// <summary>The body of <c>POST /v1/locks</c>.</summary>
public sealed record LockRequest
{
    /// <summary>The manifest: the text of a <c>pyenv.yaml</c>, without credentials.</summary>
    public required string Manifest { get; init; }

    /// <summary>The previous lock, whose pins are kept as long as they fit: the text of a <c>pylock.toml</c>; null for none.</summary>
    public string? Lock { get; init; }

    /// <summary>What only the client can see.</summary>
    public IReadOnlyList<LockSource> Sources { get; init; } = [];

    /// <summary>How it is to be solved.</summary>
    public LockRequestOptions Options { get; init; } = new();
}
