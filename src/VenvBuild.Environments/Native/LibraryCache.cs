using System.Buffers.Binary;
using System.Text;

namespace VenvBuild.Environments;

/// <summary>The list of libraries that glibc's loader looks into (<c>/etc/ld.so.cache</c>, written by ldconfig), in the format since glibc 2.2.</summary>
internal static class LibraryCache
{
    public const string Path = "/etc/ld.so.cache";

    public const int MaxBytes = 64 << 20;
    private const int HeaderSize = 48;
    private const int EntrySize = 24;
    private static readonly byte[] OldMark = "ld.so-1.7.0\0"u8.ToArray();
    private static readonly byte[] Mark = "glibc-ld.so.cache1.1"u8.ToArray();

    /// <summary>The paths of libraries by name, as far as they are for a machine; empty where the bytes are no such list.</summary>
    public static Dictionary<string, string> Read(ReadOnlySpan<byte> bytes, string machine)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        if (bytes.Length > MaxBytes)
            return found;
        if (bytes.StartsWith(OldMark) && bytes.Length > 16)
        {
            // The old list comes first, and the new one on the next multiple of eight.
            var old = 16 + (BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]) * 12L);
            if (old > bytes.Length)
                return found;
            bytes = bytes[(int)Math.Min(bytes.Length, (old + 7) / 8 * 8)..];
        }

        if (!bytes.StartsWith(Mark) || bytes.Length < HeaderSize)
            return found;
        var count = Math.Min(BinaryPrimitives.ReadUInt32LittleEndian(bytes[20..]), (bytes.Length - HeaderSize) / EntrySize);
        var wanted = MachineBits(machine);
        for (var i = 0; i < count; i++)
        {
            var entry = bytes.Slice(HeaderSize + (i * EntrySize), EntrySize);
            const uint machineMask = 0xFF00;
            if ((BinaryPrimitives.ReadUInt32LittleEndian(entry) & machineMask) == wanted
                && Text(bytes, BinaryPrimitives.ReadUInt32LittleEndian(entry[4..])) is { } name && Text(bytes, BinaryPrimitives.ReadUInt32LittleEndian(entry[8..])) is { } path)
            {
                found.TryAdd(name, path);
            }
        }

        return found;
    }

    private static uint MachineBits(string machine) => machine switch
    {
        "x64" => 0x0300,
        "arm64" => 0x0A00,
        _ => 0,
    };

    private static string? Text(ReadOnlySpan<byte> bytes, uint at)
    {
        if (at >= bytes.Length)
            return null;
        var end = bytes[(int)at..].IndexOf((byte)0);
        return end is >= 0 and <= 4096 ? Encoding.UTF8.GetString(bytes.Slice((int)at, end)) : null;
    }
}
