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
}
