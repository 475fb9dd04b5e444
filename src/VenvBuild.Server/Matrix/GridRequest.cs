using VenvBuild.Remote;

namespace VenvBuild.Server;

/// <summary>The body of <c>POST /v1/grids</c>: all targets of a lock, or some.</summary>
internal sealed record GridRequest
{
    /// <summary>The lock: the text of a <c>pylock.toml</c>, or <c>sha256:</c> and the digest of one that the server keeps.</summary>
    public required string Lock { get; init; }

    /// <summary>The targets; null for all that the lock was made for, which only locks of this tool say.</summary>
    public IReadOnlyList<EnvironmentTarget>? Targets { get; init; }

    /// <summary>What of the lock is wanted, and how. Checks run where the server can run them.</summary>
    public EnvironmentOptions Options { get; init; } = new();
}
