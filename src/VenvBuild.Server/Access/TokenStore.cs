using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;

namespace VenvBuild.Server;

/// <summary>
/// Makes and knows tokens. A token is <c>vb_ID_SECRET</c>; the secret has 256 random bits and is kept as its SHA-256 only, which for such a
/// secret is as good as a slow hash.
/// </summary>
internal sealed class TokenStore(CatalogFactory catalogs, TimeProvider clock)
{
    private const string Prefix = "vb";

    /// <summary>A token within the server's own bounds.</summary>
    public Task<(AccessToken Token, string Text)> MakeAsync(string name, AccessScopes scopes, CancellationToken cancellationToken) =>
        MakeAsync(name, scopes, new(null, null, null), cancellationToken);

    /// <summary>The new token's text, which nobody can tell again.</summary>
    public async Task<(AccessToken Token, string Text)> MakeAsync(string name, AccessScopes scopes, CallerBounds bounds, CancellationToken cancellationToken)
    {
        var secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        var token = new AccessToken
        {
            Id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6)),
            Name = name,
            Hash = HashOf(secret),
            Scopes = scopes | AccessScopes.Read,
            SolvesADay = bounds.SolvesADay,
            BuildsADay = bounds.BuildsADay,
            StoredBytes = bounds.StoredBytes,
            Made = clock.GetUtcNow().ToUnixTimeMilliseconds(),
        };
        await using var catalog = catalogs.Open();
        catalog.Tokens.Add(token);
        await catalog.SaveChangesAsync(cancellationToken);
        return (token, $"{Prefix}_{token.Id}_{secret}");
    }

    /// <summary>All tokens, oldest first.</summary>
    public async Task<IReadOnlyList<AccessToken>> ListAsync(CancellationToken cancellationToken)
    {
        await using var catalog = catalogs.Open();
        return await catalog.Tokens.AsNoTracking().OrderBy(token => token.Made).ToListAsync(cancellationToken);
    }

    /// <summary>Makes a token worthless.</summary>
    /// <returns>Whether there is such a token.</returns>
    public async Task<bool> RevokeAsync(string id, CancellationToken cancellationToken)
    {
        await using var catalog = catalogs.Open();
        if (await catalog.Tokens.FindAsync([id], cancellationToken) is not { } token)
            return false;
        token.Revoked ??= clock.GetUtcNow().ToUnixTimeMilliseconds();
        await catalog.SaveChangesAsync(cancellationToken);
        return true;
    }

    /// <summary>The token of a text, or null when it is none that counts.</summary>
    public async Task<AccessToken?> FindAsync(string text, CancellationToken cancellationToken)
    {
        if (text.Length > 256 || text.Split('_') is not [Prefix, { Length: > 0 } id, { Length: > 0 } secret])
            return null;
        await using var catalog = catalogs.Open();
        var token = await catalog.Tokens.AsNoTracking().FirstOrDefaultAsync(row => row.Id == id, cancellationToken);
        return token is { Revoked: null } && CryptographicOperations.FixedTimeEquals(token.Hash, HashOf(secret)) ? token : null;
    }

    private static byte[] HashOf(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));
}
