namespace VenvBuild.Server;

/// <summary>A token: its secret is not kept, only the secret's digest.</summary>
internal sealed class AccessToken
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required byte[] Hash { get; init; }

    public required AccessScopes Scopes { get; init; }

    public required long Made { get; init; }

    public long? Revoked { get; set; }

    /// <summary>How many solves a day it may cause; null for the server's own bound.</summary>
    public int? SolvesADay { get; init; }

    /// <summary>How many builds a day it may begin; null for the server's own bound.</summary>
    public int? BuildsADay { get; init; }

    /// <summary>How many bytes of layers may be kept for it; null for the server's own bound.</summary>
    public long? StoredBytes { get; init; }
}
