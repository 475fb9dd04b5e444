using System.Formats.Tar;
using System.IO.Compression;
using System.Text;

namespace VenvBuild.Environments.Tests;

/// <summary>Makes tar archives of whatever a test needs in them.</summary>
internal static class HostileTar
{
    /// <summary>A packed archive of one honest file and what a test adds.</summary>
    public static byte[] Pack(string first, Action<TarWriter> write)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        using (var tar = new TarWriter(gzip, TarEntryFormat.Pax, leaveOpen: true))
        {
            tar.File(first);
            write(tar);
        }

        return packed.ToArray();
    }

    public static void File(this TarWriter tar, string name, string content = "x") =>
        tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content)) });

    public static void Link(this TarWriter tar, string name, string target) => tar.Entry(TarEntryType.SymbolicLink, name, target);

    public static void Entry(this TarWriter tar, TarEntryType type, string name, string? target)
    {
        var entry = new PaxTarEntry(type, name);
        if (target is not null)
            entry.LinkName = target;
        tar.WriteEntry(entry);
    }

    /// <summary>The header of an entry, byte for byte as it is told, with the checksum that such bytes have and a lie may change.</summary>
    public static byte[] Header(string name, char type, string target, string size, string magic = "ustar\00000", int checksumLie = 0)
    {
        var header = new byte[512];
        Text(0, name, 100);
        Text(100, "0000755\0", 8);
        Text(124, size, 12);
        Text(136, "00000000000", 12);
        header[156] = (byte)type;
        Text(157, target, 100);
        Text(257, magic, 8);
        Text(148, "        ", 8);
        Text(148, Convert.ToString(header.Sum(b => b) + checksumLie, 8).PadLeft(6, '0') + "\0 ", 8);
        return header;

        void Text(int at, string text, int length)
        {
            // Sizes may be told in bytes that are no text.
            var bytes = at == 124 ? Encoding.Latin1.GetBytes(text) : Encoding.UTF8.GetBytes(text);
            bytes.AsSpan(0, Math.Min(bytes.Length, length)).CopyTo(header.AsSpan(at));
        }
    }
}
