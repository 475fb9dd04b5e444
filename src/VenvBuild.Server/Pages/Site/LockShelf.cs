using System.Collections.Concurrent;
using VenvBuild.Packaging;
using VenvBuild.Server.Pages.Locks;

namespace VenvBuild.Server;

/// <summary>Locks as pages show them, read once: a lock never changes.</summary>
internal sealed class LockShelf(LockStore locks)
{
    private const int MaxKept = 200;

    private const int MaxTold = 20_000;

    private readonly ConcurrentDictionary<string, string> _told = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, LockDocument> _kept = new(StringComparer.Ordinal);

    /// <summary>A lock by its digest; null when it is not kept here.</summary>
    public async Task<LockDocument?> FindAsync(string digest, CancellationToken cancellationToken)
    {
        if (_kept.TryGetValue(digest, out var known))
            return known;
        if (await locks.ReadAsync(digest, cancellationToken) is not { } content)
            return null;
        var document = LockReader.Read(content, "the lock", LockOrigin.Elsewhere).Document;
        if (_kept.Count >= MaxKept)
            _kept.Clear();
        return _kept[digest] = document;
    }

    /// <summary>What a lock was asked for, in few words; empty when it is not kept here.</summary>
    public async Task<string> AskedAsync(string? digest, CancellationToken cancellationToken)
    {
        if (digest is null)
            return "";
        if (_told.TryGetValue(digest, out var known))
            return known;
        if (await FindAsync(digest, cancellationToken) is not { } document)
            return "";
        if (_told.Count >= MaxTold)
            _told.Clear();
        return _told[digest] = LockSummary.Asked(document);
    }
}
