using System.Collections.Concurrent;
using VenvBuild.Packaging;

namespace VenvBuild.Index;

/// <summary>
/// The metadata of many releases of one distribution in one file. A search that went back through a thousand releases read a thousand
/// files; it leaves them together for the next one. A pack is a copy: each entry stands alone in the cache, too.
/// </summary>
internal sealed class MetadataPacks(IndexOptions options, CacheWriter writer)
{
    private const string Noun = "metadata-pack";
    private const int FormatVersion = 1;

    // Below this, files one by one are as quick as a pack.
    private const int LeastNews = 16;

    private readonly ConcurrentDictionary<PackageName, Pack> _packs = new();

    /// <summary>An entry of a distribution's pack.</summary>
    public bool TryFind(PackageName name, string key, out ReadOnlyMemory<byte> content) => PackOf(name).Entries.TryGetValue(CachePack.IdOf(key), out content);

    /// <summary>Takes an entry into the pack that the next run finds.</summary>
    public void Note(PackageName name, string key, ReadOnlyMemory<byte> content) => PackOf(name).News[CachePack.IdOf(key)] = content;

    /// <summary>Writes the packs that have grown enough.</summary>
    public void Save()
    {
        foreach (var (name, pack) in _packs)
        {
            if (pack.News.Count < LeastNews)
                continue;
            CachePack.Write(writer, Noun, FormatVersion, KeyOf(name), [.. pack.Entries.Where(entry => !pack.News.ContainsKey(entry.Key)), .. pack.News]);
            pack.News.Clear();
        }
    }

    private Pack PackOf(PackageName name) => _packs.GetOrAdd(name, asked => new(CachePack.Read(options.Cache, Noun, FormatVersion, KeyOf(asked))));

    private static string KeyOf(PackageName name) => CacheFolder.KeyOf("pack", name.Value);

    private sealed record Pack(Dictionary<UInt128, ReadOnlyMemory<byte>> Entries)
    {
        public ConcurrentDictionary<UInt128, ReadOnlyMemory<byte>> News { get; } = new();
    }
}
