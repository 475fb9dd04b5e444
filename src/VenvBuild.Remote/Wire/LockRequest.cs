using System.Diagnostics.CodeAnalysis;

namespace VenvBuild.Remote;

/// <summary>The body of <c>POST /v1/locks</c>.</summary>
public sealed record LockRequest
{
    /// <summary>The manifest: the text of a <c>pyenv.yaml</c>, without credentials.</summary>
    public required string Manifest { get; init; }

    /// <summary>The previous lock, whose pins are kept as long as they fit: the text of a <c>pylock.toml</c>; null for none.</summary>
    public string? Lock { get; init; }

    /// <summary>What only the client can see.</summary>
    [AllowNull]
    public IReadOnlyList<LockSource> Sources { get; init => field = value ?? []; } = [];

    /// <summary>How it is to be solved.</summary>
    [AllowNull]
    public LockRequestOptions Options { get; init => field = value ?? new(); } = new();
}
