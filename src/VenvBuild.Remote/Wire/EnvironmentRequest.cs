using System.Diagnostics.CodeAnalysis;

namespace VenvBuild.Remote;

/// <summary>The body of <c>POST /v1/environments</c>: an environment by its exact pins, which the server makes once.</summary>
public sealed record EnvironmentRequest
{
    /// <summary>The lock: the text of a <c>pylock.toml</c>, or <c>sha256:</c> and the digest of one that the server keeps.</summary>
    public required string Lock { get; init; }

    /// <summary>What it is for.</summary>
    public required EnvironmentTarget Target { get; init; }

    /// <summary>What of the lock is wanted, and how.</summary>
    [AllowNull]
    public EnvironmentOptions Options { get; init => field = value ?? new(); } = new();
}
