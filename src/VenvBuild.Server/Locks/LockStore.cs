using Microsoft.EntityFrameworkCore;
using VenvBuild.Packaging;

namespace VenvBuild.Server;

/// <summary>Locks by their digests, and which of them answers which question.</summary>
internal sealed class LockStore(CatalogFactory catalogs, TimeProvider clock)
{
    /// <summary>The lock's bytes, or null.</summary>
    public async Task<byte[]?> ReadAsync(string digest, CancellationToken cancellationToken)
    {
        await using var catalog = catalogs.Open();
        return await catalog.Locks.Where(row => row.Digest == digest).Select(row => row.Content).FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>The lock that answers a question and is still fresh, or null.</summary>
    public async Task<LockAnswerBytes?> AnswerAsync(string key, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        await using var catalog = catalogs.Open();
        var known = await (from answer in catalog.Answers
                           join stored in catalog.Locks on answer.LockDigest equals stored.Digest
                           where answer.Key == key && answer.FreshUntil > now
                           select new { stored.Content, answer.FreshUntil }).FirstOrDefaultAsync(cancellationToken);
        return known is null ? null : new(known.Content, DateTimeOffset.FromUnixTimeMilliseconds(known.FreshUntil));
    }

    /// <summary>Keeps a lock for ever, and its being the answer until a time.</summary>
    public async Task WriteAsync(string key, LockDocument document, byte[] content, DateTimeOffset freshUntil, CancellationToken cancellationToken)
    {
        var digest = Sha256Digest.Of(content).ToString();
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await TryWriteAsync(key, digest, document, content, freshUntil, cancellationToken);
                return;
            }
            catch (DbUpdateException) when (attempt < 3)
            {
                // Another process wrote the same lock or answer between our look and our write.
            }
        }
    }

    /// <summary>Keeps a lock that a client sent, as the answer to no question.</summary>
    public async Task KeepAsync(LockDocument document, byte[] content, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var catalog = catalogs.Open();
                await AddAsync(catalog, Sha256Digest.Of(content).ToString(), document, content, cancellationToken);
                await catalog.SaveChangesAsync(cancellationToken);
                return;
            }
            catch (DbUpdateException) when (attempt < 3)
            {
                // Another process wrote the same lock.
            }
        }
    }

    private async Task AddAsync(CatalogContext catalog, string digest, LockDocument document, byte[] content, CancellationToken cancellationToken)
    {
        if (await catalog.Locks.AnyAsync(row => row.Digest == digest, cancellationToken))
            return;
        catalog.Locks.Add(new() { Digest = digest, Content = content, Made = clock.GetUtcNow().ToUnixTimeMilliseconds() });
        foreach (var package in document.Packages.Where(package => package.Version is not null).DistinctBy(package => (package.Name, package.Version!.SortKey)))
        {
            catalog.Pins.Add(new()
            {
                LockDigest = digest,
                Name = package.Name.Value,
                SortKey = package.Version!.SortKey,
                Version = package.Version.ToString(),
            });
        }
    }

    private async Task TryWriteAsync(string key, string digest, LockDocument document, byte[] content, DateTimeOffset freshUntil, CancellationToken cancellationToken)
    {
        await using var catalog = catalogs.Open();
        await AddAsync(catalog, digest, document, content, cancellationToken);
        var until = freshUntil.ToUnixTimeMilliseconds();
        if (await catalog.Answers.FindAsync([key], cancellationToken) is { } answer)
            (answer.LockDigest, answer.FreshUntil) = (digest, until);
        else
            catalog.Answers.Add(new() { Key = key, LockDigest = digest, FreshUntil = until });
        await catalog.SaveChangesAsync(cancellationToken);
    }
}
