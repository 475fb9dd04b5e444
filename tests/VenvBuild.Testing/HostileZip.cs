using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace VenvBuild.Testing;

/// <summary>Writes zip archives byte by byte, so that a test can make any of them lie.</summary>
public sealed class HostileZip
{
    private readonly List<Entry> _entries = [];

    /// <summary>Bytes before the first entry.</summary>
    public byte[] Prefix { get; set; } = [];

    /// <summary>Bytes between the last entry and the directory.</summary>
    public byte[] Gap { get; set; } = [];

    /// <summary>Bytes after the end of the archive.</summary>
    public byte[] Suffix { get; set; } = [];

    /// <summary>The archive's comment.</summary>
    public byte[] Comment { get; set; } = [];

    /// <summary>The count of entries that the end record states, where it lies.</summary>
    public int? StatedCount { get; set; }

    /// <summary>Whether sizes and counts stand in zip64 records.</summary>
    public bool IsZip64 { get; set; }

    /// <summary>The entries so far.</summary>
    public IReadOnlyList<Entry> Entries => _entries;

    /// <summary>Adds a file; the entry's lies are set on what is answered.</summary>
    public Entry Add(string name, string text, ushort method = 8) => Add(name, Encoding.UTF8.GetBytes(text), method);

    /// <summary>Adds a file; the entry's lies are set on what is answered.</summary>
    public Entry Add(string name, byte[] content, ushort method = 8)
    {
        var entry = new Entry { Name = Encoding.UTF8.GetBytes(name), Content = content, Method = method };
        _entries.Add(entry);
        return entry;
    }

    /// <summary>The archive.</summary>
    public byte[] ToArray()
    {
        var zip = new MemoryStream();
        zip.Write(Prefix);
        var offsets = new List<long>();
        foreach (var entry in _entries)
        {
            offsets.Add(entry.StatedOffset ?? zip.Position);
            entry.WriteLocal(zip);
        }

        zip.Write(Gap);
        var directory = zip.Position;
        for (var i = 0; i < _entries.Count; i++)
            _entries[i].WriteCentral(zip, offsets[i], IsZip64);
        var end = zip.Position;
        var count = StatedCount ?? _entries.Count;
        if (IsZip64)
        {
            Put(zip, "PK\u0006\u0006", 44L, (ushort)45, (ushort)45, 0u, 0u, (long)count, (long)count, end - directory, directory);
            Put(zip, "PK\u0006\u0007", 0u, end, 1u);
        }

        Put(
            zip, "PK\u0005\u0006", (ushort)0, (ushort)0, IsZip64 ? ushort.MaxValue : (ushort)count, IsZip64 ? ushort.MaxValue : (ushort)count,
            IsZip64 ? uint.MaxValue : (uint)(end - directory), IsZip64 ? uint.MaxValue : (uint)directory, (ushort)Comment.Length);
        zip.Write(Comment);
        zip.Write(Suffix);
        return zip.ToArray();
    }

    /// <summary>Writes the archive to a file and answers its path.</summary>
    public string Save(string path)
    {
        File.WriteAllBytes(path, ToArray());
        return path;
    }

    /// <summary>The checksum of zip archives, bit by bit: another way than the product's.</summary>
    public static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ (0xEDB88320 & (0 - (crc & 1)));
        }

        return ~crc;
    }

    private static void Put(Stream stream, params ReadOnlySpan<object> values)
    {
        Span<byte> bytes = stackalloc byte[8];
        foreach (var value in values)
        {
            switch (value)
            {
                case string text:
                    stream.Write(Encoding.Latin1.GetBytes(text));
                    break;
                case byte[] raw:
                    stream.Write(raw);
                    break;
                case ushort number:
                    BinaryPrimitives.WriteUInt16LittleEndian(bytes, number);
                    stream.Write(bytes[..2]);
                    break;
                case uint number:
                    BinaryPrimitives.WriteUInt32LittleEndian(bytes, number);
                    stream.Write(bytes[..4]);
                    break;
                case long number:
                    BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
                    stream.Write(bytes);
                    break;
                default:
                    throw new ArgumentException($"A {value.GetType()} cannot be written.", nameof(values));
            }
        }
    }

    /// <summary>One entry, and what it says falsely.</summary>
    public sealed class Entry
    {
        /// <summary>The name in the directory.</summary>
        public required byte[] Name { get; set; }

        /// <summary>The bytes, unpacked.</summary>
        public required byte[] Content { get; set; }

        /// <summary>The method: 0 stored, 8 deflate, 93 zstandard; others are claimed and not done.</summary>
        public ushort Method { get; set; }

        /// <summary>Flags in both headers.</summary>
        public ushort Flags { get; set; } = 1 << 11;

        /// <summary>The Unix mode in the directory.</summary>
        public uint Mode { get; set; } = 0x81A4;

        /// <summary>The name in the local header, where it differs.</summary>
        public byte[]? LocalName { get; set; }

        /// <summary>The method in the local header, where it differs.</summary>
        public ushort? LocalMethod { get; set; }

        /// <summary>The unpacked size in the local header, where it differs.</summary>
        public uint? LocalSize { get; set; }

        /// <summary>The checksum in the local header, where it differs.</summary>
        public uint? LocalCrc { get; set; }

        /// <summary>The checksum in both headers, where it lies.</summary>
        public uint? StatedCrc { get; set; }

        /// <summary>The unpacked size in both headers, where it lies.</summary>
        public uint? StatedSize { get; set; }

        /// <summary>Where the directory says that the entry begins, where it lies.</summary>
        public long? StatedOffset { get; set; }

        /// <summary>Extra fields in the directory.</summary>
        public byte[] Extra { get; set; } = [];

        /// <summary>The packed bytes, where they are not what the method makes of the content.</summary>
        public byte[]? Packed { get; set; }

        /// <summary>Whether sizes follow the data (with a signature) instead of standing in the local header.</summary>
        public bool HasDescriptor { get; set; }

        private byte[] PackedBytes => Packed ?? Method switch
        {
            8 => Deflate(Content),
            93 => Zstandard(Content),
            _ => Content,
        };

        private ushort AllFlags => (ushort)(Flags | (HasDescriptor ? 1 << 3 : 0));

        internal void WriteLocal(Stream zip)
        {
            var name = LocalName ?? Name;
            var crc = LocalCrc ?? StatedCrc ?? Crc(Content);
            var size = LocalSize ?? StatedSize ?? (uint)Content.Length;
            var packed = PackedBytes;
            Put(
                zip, "PK\u0003\u0004", (ushort)20, AllFlags, LocalMethod ?? Method, (ushort)0, (ushort)33, HasDescriptor ? 0u : crc,
                HasDescriptor ? 0u : (uint)packed.Length, HasDescriptor ? 0u : size, (ushort)name.Length, (ushort)0, name, packed);
            if (HasDescriptor)
                Put(zip, "PK\u0007\u0008", crc, (uint)packed.Length, size);
        }

        internal void WriteCentral(Stream zip, long offset, bool isZip64)
        {
            var size = StatedSize ?? (uint)Content.Length;
            var packed = (uint)PackedBytes.Length;
            var extra = Extra;
            if (isZip64)
            {
                var field = new MemoryStream();
                Put(field, (ushort)1, (ushort)24, (long)size, (long)packed, offset);
                extra = [.. field.ToArray(), .. Extra];
            }

            Put(
                zip, "PK\u0001\u0002", (ushort)(3 << 8 | 20), (ushort)20, AllFlags, Method, (ushort)0, (ushort)33, StatedCrc ?? Crc(Content),
                isZip64 ? uint.MaxValue : packed, isZip64 ? uint.MaxValue : size, (ushort)Name.Length, (ushort)extra.Length, (ushort)0, (ushort)0,
                (ushort)0, Mode << 16, isZip64 ? uint.MaxValue : (uint)offset, Name, extra);
        }

        private static byte[] Deflate(byte[] content)
        {
            var packed = new MemoryStream();
            using (var deflate = new DeflateStream(packed, CompressionLevel.Optimal, leaveOpen: true))
                deflate.Write(content);
            return packed.ToArray();
        }

        private static byte[] Zstandard(byte[] content)
        {
            using var compressor = new ZstdSharp.Compressor();
            return compressor.Wrap(content).ToArray();
        }
    }
}
