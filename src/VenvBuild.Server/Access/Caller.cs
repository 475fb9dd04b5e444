namespace VenvBuild.Server;

/// <summary>Who makes a request.</summary>
/// <param name="Key">What its requests are counted by: the token's id, or the address.</param>
/// <param name="Scopes">What it may do.</param>
/// <param name="HasBadToken">Whether it brought a token that counts for nothing.</param>
internal sealed record Caller(string Key, AccessScopes Scopes, bool HasBadToken)
{
    /// <summary>The token's id; null for those who bring none.</summary>
    public string? Token { get; init; }

    /// <summary>The token's own bounds; null for those who bring none.</summary>
    public CallerBounds? Bounds { get; init; }

    /// <summary>The token's name, for its owner to see.</summary>
    public string? Name { get; init; }

    /// <summary>Whether something may be done that needs a scope.</summary>
    public bool May(AccessScopes scope) => !HasBadToken && (Scopes & (scope | AccessScopes.Admin)) != 0;
}
