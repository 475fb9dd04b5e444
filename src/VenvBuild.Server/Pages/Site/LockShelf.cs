using System.Collections.Concurrent;
using VenvBuild.Packaging;

namespace VenvBuild.Server;

/// <summary>Locks as pages show them, read once: a lock never changes.</summary>
internal sealed class LockShelf(LockStore locks)
{
    private const int MaxKept = 200;

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
}
