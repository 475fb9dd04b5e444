namespace VenvBuild.Server;

/// <summary>Who makes a request.</summary>
/// <param name="Key">What its requests are counted by: the token's id, or the address.</param>
/// <param name="Scopes">What it may do.</param>
/// <param name="HasBadToken">Whether it brought a token that counts for nothing.</param>
internal sealed record Caller(string Key, AccessScopes Scopes, bool HasBadToken);
