using System.Buffers.Binary;
using System.Collections.Concurrent;
using VenvBuild.Packaging;

namespace VenvBuild.Index;

/// <summary>
/// The metadata of many releases of one distribution in one file. A search that went back through a thousand releases read a thousand
/// files; it leaves them together for the next one. A pack is a copy: each entry stands alone in the cache, too, so that a pack that is
/// lost, damaged or overwritten by another process costs time only.
/// </summary>
internal sealed class MetadataPacks(IndexOptions options, CacheWriter writer)
{
    private const string Noun = "metadata-pack";
    private const int FormatVersion = 1;
    private const int HeadLength = 20;

    // Below this, files one by one are as quick as a pack.
    private const int LeastNews = 16;
    private const int MaxBytes = 32 << 20;

    private readonly ConcurrentDictionary<PackageName, Pack> _packs = new();

    /// <summary>An entry of a distribution's pack.</summary>
    public bool TryFind(PackageName name, string key, out ReadOnlyMemory<byte> content) => PackOf(name).Entries.TryGetValue(IdOf(key), out content);

    /// <summary>Takes an entry into the pack that the next run finds.</summary>
    public void Note(PackageName name, string key, ReadOnlyMemory<byte> content) => PackOf(name).News[IdOf(key)] = content;

    /// <summary>Writes the packs that have grown enough.</summary>
    public void Save()
    {
        foreach (var (name, pack) in _packs)
        {
            if (pack.News.Count < LeastNews)
                continue;
            var entries = pack.Entries.Where(entry => !pack.News.ContainsKey(entry.Key)).Concat(pack.News).ToList();
            if (entries.Sum(entry => (long)HeadLength + entry.Value.Length) is var length and <= MaxBytes)
                writer.Write(Noun, FormatVersion, KeyOf(name), Write(entries, (int)length));
            pack.News.Clear();
        }
    }

    private Pack PackOf(PackageName name) => _packs.GetOrAdd(name, asked => new(Read(asked)));

    private Dictionary<UInt128, ReadOnlyMemory<byte>> Read(PackageName name)
    {
        var entries = new Dictionary<UInt128, ReadOnlyMemory<byte>>();
        if (options.Cache.TryRead(Noun, FormatVersion, KeyOf(name), out var start) is not { } bytes)
            return entries;
        var rest = bytes.AsMemory(start);
        while (rest.Length >= HeadLength)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(rest.Span[16..]);
            if (length < 0 || length > rest.Length - HeadLength)
                break;
            entries[BinaryPrimitives.ReadUInt128LittleEndian(rest.Span)] = rest.Slice(HeadLength, length);
            rest = rest[(HeadLength + length)..];
        }

        return entries;
    }

    private static byte[] Write(List<KeyValuePair<UInt128, ReadOnlyMemory<byte>>> entries, int length)
    {
        var bytes = new byte[length];
        var rest = bytes.AsSpan();
        foreach (var (id, content) in entries)
        {
            BinaryPrimitives.WriteUInt128LittleEndian(rest, id);
            BinaryPrimitives.WriteInt32LittleEndian(rest[16..], content.Length);
            content.Span.CopyTo(rest[HeadLength..]);
            rest = rest[(HeadLength + content.Length)..];
        }

        return bytes;
    }

    private static string KeyOf(PackageName name) => CacheFolder.KeyOf("pack", name.Value);

    /// <summary>Half of a key's digits: enough to tell the entries of one distribution apart.</summary>
    private static UInt128 IdOf(string key) => BinaryPrimitives.ReadUInt128LittleEndian(Convert.FromHexString(key.AsSpan(0, 32)));

    private sealed record Pack(Dictionary<UInt128, ReadOnlyMemory<byte>> Entries)
    {
        public ConcurrentDictionary<UInt128, ReadOnlyMemory<byte>> News { get; } = new();
    }
}
