using System.Collections.Concurrent;

namespace VenvBuild.Index;

/// <summary>
/// What was fetched of the pins of one lock, in one file (<see cref="IndexOptions.Pack"/>): to make two files for each pin would take longer
/// than to ask for it. What a run did not look at is not kept for the next one.
/// </summary>
internal sealed class PinnedEntries(IndexOptions options, CacheWriter writer)
{
    private const string Noun = "pinned";
    private const int FormatVersion = 1;

    private readonly Lazy<Dictionary<UInt128, ReadOnlyMemory<byte>>> _kept =
        new(() => options.Pack is null ? [] : CachePack.Read(options.Cache, Noun, FormatVersion, CacheFolder.KeyOf("pinned", options.Pack)));

    private readonly ConcurrentDictionary<UInt128, ReadOnlyMemory<byte>> _used = new();
    private bool _isChanged;

    /// <summary>Whether there is a pack at all.</summary>
    public bool IsUsed => options.Pack is not null;

    /// <summary>An entry, or null.</summary>
    public byte[]? Find(string key)
    {
        var id = CachePack.IdOf(key);
        if (_used.TryGetValue(id, out var entry))
            return entry.ToArray();
        if (!_kept.Value.TryGetValue(id, out entry))
            return null;
        _used[id] = entry;
        return entry.ToArray();
    }

    /// <summary>Takes an entry in.</summary>
    public void Add(string key, byte[] content)
    {
        _used[CachePack.IdOf(key)] = content;
        _isChanged = true;
    }

    /// <summary>Writes the pack, if anything was added.</summary>
    public void Save()
    {
        if (_isChanged)
            CachePack.Write(writer, Noun, FormatVersion, CacheFolder.KeyOf("pinned", options.Pack!), [.. _used]);
    }
}
