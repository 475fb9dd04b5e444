using System.Buffers.Binary;

namespace VenvBuild.Index;

/// <summary>
/// Many small entries of the cache in one file: an entry is half of its key's digits, its length and its bytes. A pack that is lost, damaged
/// or overwritten by another process costs time only.
/// </summary>
internal static class CachePack
{
    private const int HeadLength = 20;
    private const int MaxBytes = 32 << 20;

    /// <summary>Half of a key's digits: enough to tell the entries of one pack apart.</summary>
    public static UInt128 IdOf(string key) => BinaryPrimitives.ReadUInt128LittleEndian(Convert.FromHexString(key.AsSpan(0, 32)));

    /// <summary>The entries of a pack; those before the damage where it is damaged.</summary>
    public static Dictionary<UInt128, ReadOnlyMemory<byte>> Read(CacheFolder cache, string noun, int formatVersion, string key)
    {
        var entries = new Dictionary<UInt128, ReadOnlyMemory<byte>>();
        if (cache.TryRead(noun, formatVersion, key, out var start) is not { } bytes)
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

    /// <summary>Writes a pack; one that is longer than any that is read is left as it was.</summary>
    public static void Write(CacheWriter cache, string noun, int formatVersion, string key, IReadOnlyCollection<KeyValuePair<UInt128, ReadOnlyMemory<byte>>> entries)
    {
        if (entries.Sum(entry => (long)HeadLength + entry.Value.Length) is not (var length and <= MaxBytes))
            return;
        var bytes = new byte[length];
        var rest = bytes.AsSpan();
        foreach (var (id, content) in entries)
        {
            BinaryPrimitives.WriteUInt128LittleEndian(rest, id);
            BinaryPrimitives.WriteInt32LittleEndian(rest[16..], content.Length);
            content.Span.CopyTo(rest[HeadLength..]);
            rest = rest[(HeadLength + content.Length)..];
        }

        cache.Write(noun, formatVersion, key, bytes);
    }
}
