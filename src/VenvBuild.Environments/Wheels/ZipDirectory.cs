using System.Buffers.Binary;
using System.Text;
using Microsoft.Win32.SafeHandles;
using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>
/// Reads the directory of a zip archive and every local header, and refuses an archive that two readers could understand
/// differently (APPNOTE.TXT 6.3; CVE-2025-54368 is what happens otherwise). After it, the entries cover every byte before the
/// directory exactly once.
/// </summary>
internal sealed class ZipDirectory
{
    private const uint Zip64EndSignature = 0x06064b50;
    private const uint Zip64LocatorSignature = 0x07064b50;
    private const uint CentralSignature = 0x02014b50;
    private const uint LocalSignature = 0x04034b50;
    private const uint DescriptorSignature = 0x08074b50;
    private const int EndLength = 22;
    private const int Zip64LocatorLength = 20;
    private const int Zip64EndLength = 56;
    private const int CentralLength = 46;
    private const int LocalLength = 30;

    // Compression hints (bits 1, 2), sizes after the data (bit 3) and UTF-8 names (bit 11) are all that a wheel needs.
    private const ushort AllowedFlags = 0b0000_1000_0000_1110;
    private const ushort DescriptorFlag = 1 << 3;
    private const ushort Utf8Flag = 1 << 11;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly SafeFileHandle _file;
    private readonly long _length;
    private readonly WheelLimits _limits;
    private readonly string _wheel;

    private ZipDirectory(SafeFileHandle file, WheelLimits limits, string wheel)
    {
        _file = file;
        _length = RandomAccess.GetLength(file);
        _limits = limits;
        _wheel = wheel;
    }

    /// <summary>The entries in the order of their bytes.</summary>
    public static ZipEntry[] Read(SafeFileHandle file, WheelLimits limits, string wheel)
    {
        var directory = new ZipDirectory(file, limits, wheel);
        var (offset, size, count) = directory.ReadEnd();
        var entries = directory.ReadCentral(offset, (int)size, (int)count);
        Array.Sort(entries, static (a, b) => a.HeaderOffset.CompareTo(b.HeaderOffset));
        directory.ReadLocals(entries, offset);
        return entries;
    }

    private (long Offset, long Size, long Count) ReadEnd()
    {
        if (_length < EndLength)
            throw Malformed(null, "it is too short to be a zip archive");
        var tail = Bytes(Math.Max(0, _length - EndLength - ushort.MaxValue), (int)Math.Min(_length, EndLength + ushort.MaxValue));
        var at = tail.AsSpan().LastIndexOf("PK\u0005\u0006"u8);
        if (at < 0)
            throw Malformed(null, "it has no end-of-central-directory record, so it is no zip archive or was cut off");
        if (at + EndLength > tail.Length || at + EndLength + U16(tail, at + 20) != tail.Length)
            throw Refuse(EnvironmentCodes.ArchiveStrayBytes, null, "there are bytes after the end of the archive");
        var end = tail.AsSpan(at, EndLength);
        var position = _length - tail.Length + at;
        if (U16(end, 4) != U16(end, 6) || U16(end, 8) != U16(end, 10))
            throw Malformed(null, "it is one part of a multi-disk archive, or its entry counts disagree");
        long disk = U16(end, 4), count = U16(end, 10), size = U32(end, 12), offset = U32(end, 16);
        var directoryEnd = position;
        var locator = position >= Zip64LocatorLength ? Bytes(position - Zip64LocatorLength, Zip64LocatorLength) : [];
        if (locator.Length > 0 && U32(locator, 0) == Zip64LocatorSignature)
            (disk, count, size, offset, directoryEnd) = ReadZip64End(locator, position - Zip64LocatorLength, (disk, count, size, offset));
        else if (count == ushort.MaxValue || size == uint.MaxValue || offset == uint.MaxValue)
            throw Malformed(null, "its end record points to a zip64 record that is not there");
        if (disk != 0)
            throw Malformed(null, "it is one part of a multi-disk archive");
        if (count > _limits.MaxEntries)
            throw Refuse(EnvironmentCodes.BoundExceeded, null, $"it has {count} entries; at most {_limits.MaxEntries} are allowed");
        if (size < 0 || size > _limits.MaxDirectoryBytes)
            throw Refuse(EnvironmentCodes.BoundExceeded, null, $"its directory takes {size} bytes; at most {_limits.MaxDirectoryBytes} are allowed");
        if (offset < 0 || offset + size != directoryEnd)
            throw Refuse(EnvironmentCodes.ArchiveStrayBytes, null, "its directory does not end where the end record begins, or bytes were put before the archive");
        return (offset, size, count);
    }

    private (long Disk, long Count, long Size, long Offset, long DirectoryEnd) ReadZip64End(
        byte[] locator, long locatorPosition, (long Disk, long Count, long Size, long Offset) plain)
    {
        var position = I64(locator, 8);
        if (U32(locator, 4) != 0 || U32(locator, 16) > 1 || position < 0 || position > locatorPosition - Zip64EndLength)
            throw Malformed(null, "its zip64 locator points nowhere");
        var end = Bytes(position, Zip64EndLength);
        if (U32(end, 0) != Zip64EndSignature || I64(end, 4) != locatorPosition - position - 12)
            throw Malformed(null, "its zip64 end record is not where the locator says, or has the wrong length");
        long count = I64(end, 32), size = I64(end, 40), offset = I64(end, 48);
        if (U32(end, 16) != 0 || U32(end, 20) != 0 || I64(end, 24) != count || count < 0)
            throw Malformed(null, "it is one part of a multi-disk archive, or its entry counts disagree");
        var agrees = (plain.Count == ushort.MaxValue || plain.Count == count)
            && (plain.Size == uint.MaxValue || plain.Size == size)
            && (plain.Offset == uint.MaxValue || plain.Offset == offset)
            && plain.Disk is 0 or ushort.MaxValue;
        if (!agrees)
            throw Malformed(null, "its zip64 end record and its plain end record disagree");
        return (0, count, size, offset, position);
    }

    private ZipEntry[] ReadCentral(long offset, int size, int count)
    {
        var bytes = Bytes(offset, size).AsSpan();
        if (count > size / CentralLength)
            throw Malformed(null, $"its end record counts {count} entries, more than the directory can hold");
        var entries = new ZipEntry[count];
        var names = new EntryNames(count);
        long unpacked = 0, packed = 0;
        for (var i = 0; i < count; i++)
        {
            var entry = entries[i] = ReadCentralEntry(bytes, out var length);
            bytes = bytes[length..];
            if (names.Objection(entry.Name) is { } objection)
                throw Refuse(EnvironmentCodes.NamesCollide, entry.Name, objection);
            if (entry.Size > _limits.RatioFreeBytes && entry.Size / _limits.MaxRatio > entry.CompressedSize)
                throw Refuse(EnvironmentCodes.BoundExceeded, entry.Name, $"it unpacks to over {_limits.MaxRatio} times its size, as a bomb does");
            unpacked += entry.Size;
            packed += entry.CompressedSize;
            if (unpacked > _limits.MaxUnpackedBytes)
                throw Refuse(EnvironmentCodes.BoundExceeded, entry.Name, $"the files take over {_limits.MaxUnpackedBytes} bytes unpacked");
        }

        if (!bytes.IsEmpty)
            throw Malformed(null, $"its directory holds more than the {count} entries that the end record counts");
        if (unpacked > _limits.RatioFreeBytes * 16 && unpacked / _limits.MaxRatio > packed)
            throw Refuse(EnvironmentCodes.BoundExceeded, null, $"it unpacks to over {_limits.MaxRatio} times its size, as a bomb does");
        return entries;
    }

    private ZipEntry ReadCentralEntry(ReadOnlySpan<byte> bytes, out int length)
    {
        if (bytes.Length < CentralLength || U32(bytes, 0) != CentralSignature)
            throw Malformed(null, "its directory holds fewer entries than the end record counts, or is damaged");
        int nameLength = U16(bytes, 28), extraLength = U16(bytes, 30), commentLength = U16(bytes, 32);
        length = CentralLength + nameLength + extraLength + commentLength;
        if (length > bytes.Length)
            throw Malformed(null, "an entry reaches beyond its directory");
        var rawName = bytes.Slice(CentralLength, nameLength);
        var flags = U16(bytes, 8);
        var name = ReadName(rawName, flags);
        long packed = U32(bytes, 20), size = U32(bytes, 24), offset = U32(bytes, 42), disk = U16(bytes, 34);
        ReadExtra(bytes.Slice(CentralLength + nameLength, extraLength), name, ref size, ref packed, ref offset, ref disk);
        if (disk != 0)
            throw Malformed(name, "it is on another disk of a multi-disk archive");
        if (size < 0 || packed < 0 || offset < 0)
            throw Malformed(name, "its sizes cannot be");
        CheckMethod(name, flags, U16(bytes, 10), packed, size);
        return new ZipEntry
        {
            Name = name,
            RawName = rawName.ToArray(),
            Flags = flags,
            Method = U16(bytes, 10),
            Crc = U32(bytes, 16),
            CompressedSize = packed,
            Size = size,
            HeaderOffset = offset,
            IsExecutable = ReadMode(name, host: bytes[5], U32(bytes, 38)),
        };
    }

    private string ReadName(ReadOnlySpan<byte> raw, ushort flags)
    {
        if (raw.Length > _limits.MaxNameBytes)
            throw Refuse(EnvironmentCodes.BoundExceeded, null, $"an entry's name takes {raw.Length} bytes; at most {_limits.MaxNameBytes} are allowed");
        if ((flags & Utf8Flag) == 0 && !Ascii.IsValid(raw))
            throw Refuse(EnvironmentCodes.NameRefused, Encoding.Latin1.GetString(raw), "the name is not ASCII and not marked as UTF-8, so readers differ on it");
        string name;
        try
        {
            name = StrictUtf8.GetString(raw);
        }
        catch (DecoderFallbackException)
        {
            throw Refuse(EnvironmentCodes.NameRefused, Encoding.Latin1.GetString(raw), "the name is not UTF-8");
        }

        return EntryName.Objection(name, _limits.MaxDepth) is { } objection ? throw Refuse(EnvironmentCodes.NameRefused, name, objection) : name;
    }

    private void CheckMethod(string name, ushort flags, ushort method, long packed, long size)
    {
        if ((flags & ~AllowedFlags) != 0)
            throw Refuse(EnvironmentCodes.MethodRefused, name, (flags & 1) != 0 ? "it is encrypted" : $"it has the flags 0x{flags:X4}, which wheels do not use");
        if (method is not (ZipMethod.Stored or ZipMethod.Deflate or ZipMethod.Zstandard))
            throw Refuse(EnvironmentCodes.MethodRefused, name, $"it is packed with method {method}; stored, deflate and zstandard are allowed");
        if (method == ZipMethod.Stored && packed != size)
            throw Malformed(name, "it is stored, and yet its packed and unpacked sizes differ");
        if (name.EndsWith('/') && size != 0)
            throw Refuse(EnvironmentCodes.SpecialFile, name, "it is a folder with content");
    }

    /// <summary>Whether the entry is executable; refuses whatever is neither a plain file nor a folder.</summary>
    private bool ReadMode(string name, byte host, uint external)
    {
        var mode = external >> 16;
        var kind = mode & 0xF000;
        var isFolder = name.EndsWith('/');
        const uint regular = 0x8000, folder = 0x4000;
        if (kind != 0 && kind != (isFolder ? folder : regular))
            throw Refuse(EnvironmentCodes.SpecialFile, name, kind == 0xA000 ? "it is a symbolic link" : "it is neither a plain file nor a folder");
        if (!isFolder && (external & 0x10) != 0)
            throw Refuse(EnvironmentCodes.SpecialFile, name, "it is marked as a folder without being named as one");
        return host is 3 or 19 && (mode & 0b001_001_001) != 0 && !isFolder;
    }

    private void ReadExtra(ReadOnlySpan<byte> extra, string name, ref long size, ref long packed, ref long offset, ref long disk)
    {
        var hasZip64 = false;
        for (; extra.Length > 0; extra = extra[Math.Min(extra.Length, 4 + U16(extra, 2))..])
        {
            if (extra.Length < 4 || extra.Length < 4 + U16(extra, 2))
                throw Malformed(name, "its extra fields are damaged");
            var field = extra.Slice(4, U16(extra, 2));
            // 0x7075 and 0x6375 give the entry a second name or comment that only some readers see.
            if (U16(extra, 0) == 0x7075)
                throw Refuse(EnvironmentCodes.NameRefused, name, "it has a second name in a Unicode path field");
            if (U16(extra, 0) != 1)
                continue;
            if (hasZip64)
                throw Malformed(name, "it has two zip64 fields");
            hasZip64 = true;
            // Some builders (Bazel's) repeat sizes that fit the header: harmless as long as both say the same.
            if (size != uint.MaxValue && packed != uint.MaxValue && field.Length == 16 && I64(field, 0) == size && I64(field, 8) == packed)
                continue;
            Take64(ref field, ref size, name);
            Take64(ref field, ref packed, name);
            Take64(ref field, ref offset, name);
            if (disk == ushort.MaxValue && field.Length >= 4)
            {
                disk = U32(field, 0);
                field = field[4..];
            }

            if (!field.IsEmpty)
                throw Malformed(name, "its zip64 field holds more than the entry asks for");
        }
    }

    private void Take64(ref ReadOnlySpan<byte> field, ref long value, string name)
    {
        if (value != uint.MaxValue)
            return;
        if (field.Length < 8)
            throw Malformed(name, "its zip64 field is too short");
        value = I64(field, 0);
        field = field[8..];
    }

    /// <summary>Holds each local header against the directory, and the entries' bytes end to end.</summary>
    private void ReadLocals(ZipEntry[] entries, long directoryOffset)
    {
        long position = 0;
        for (var i = 0; i < entries.Length; i++)
        {
            var entry = entries[i];
            var next = i + 1 < entries.Length ? entries[i + 1].HeaderOffset : directoryOffset;
            if (entry.HeaderOffset != position)
                throw Refuse(EnvironmentCodes.ArchiveStrayBytes, entry.Name, entry.HeaderOffset < position ? "it overlaps another entry" : "there are bytes before it that belong to no entry");
            ReadLocal(entry, next);
            position = entry.DataOffset + entry.CompressedSize;
            if ((entry.Flags & DescriptorFlag) != 0)
                position += ReadDescriptor(entry, position, next);
        }

        if (position != directoryOffset)
            throw Refuse(EnvironmentCodes.ArchiveStrayBytes, null, "there are bytes between the last entry and the directory");
    }

    private void ReadLocal(ZipEntry entry, long limit)
    {
        if (entry.HeaderOffset + LocalLength + entry.RawName.Length > limit)
            throw Refuse(EnvironmentCodes.ArchiveStrayBytes, entry.Name, "it overlaps another entry");
        var header = Bytes(entry.HeaderOffset, (int)Math.Min(limit - entry.HeaderOffset, LocalLength + entry.RawName.Length + 64));
        if (U32(header, 0) != LocalSignature)
            throw Malformed(entry.Name, "there is no local header where the directory says");
        int nameLength = U16(header, 26), extraLength = U16(header, 28);
        entry.DataOffset = entry.HeaderOffset + LocalLength + nameLength + extraLength;
        if (entry.DataOffset + entry.CompressedSize > limit || entry.DataOffset + entry.CompressedSize < 0)
            throw Refuse(EnvironmentCodes.ArchiveStrayBytes, entry.Name, "it overlaps another entry");
        if (nameLength != entry.RawName.Length || !header.AsSpan(LocalLength, nameLength).SequenceEqual(entry.RawName))
            throw Refuse(EnvironmentCodes.HeadersDisagree, entry.Name, "its local header gives another name");
        long packed = U32(header, 18), size = U32(header, 22), offset = 0, disk = 0;
        var crc = U32(header, 14);
        var extra = LocalLength + nameLength + extraLength <= header.Length
            ? header.AsSpan(LocalLength + nameLength, extraLength)
            : Bytes(entry.HeaderOffset + LocalLength + nameLength, extraLength);
        ReadExtra(extra, entry.Name, ref size, ref packed, ref offset, ref disk);
        if (U16(header, 6) != entry.Flags || U16(header, 8) != entry.Method)
            throw Refuse(EnvironmentCodes.HeadersDisagree, entry.Name, "its local header gives another method or other flags");
        var isDeferred = (entry.Flags & DescriptorFlag) != 0 && crc == 0 && packed == 0 && size == 0;
        if (!isDeferred && (crc != entry.Crc || packed != entry.CompressedSize || size != entry.Size))
            throw Refuse(EnvironmentCodes.HeadersDisagree, entry.Name, "its local header gives another checksum or size");
    }

    private int ReadDescriptor(ZipEntry entry, long position, long next)
    {
        var length = next - position;
        if (length is not (12 or 16 or 20 or 24))
            throw Refuse(EnvironmentCodes.ArchiveStrayBytes, entry.Name, "what follows it is no data descriptor");
        var bytes = Bytes(position, (int)length).AsSpan();
        if (length is 16 or 24)
        {
            if (U32(bytes, 0) != DescriptorSignature)
                throw Malformed(entry.Name, "its data descriptor has no signature");
            bytes = bytes[4..];
        }

        var packed = bytes.Length == 12 ? U32(bytes, 4) : I64(bytes, 4);
        var size = bytes.Length == 12 ? U32(bytes, 8) : I64(bytes, 12);
        return U32(bytes, 0) == entry.Crc && packed == entry.CompressedSize && size == entry.Size
            ? (int)length
            : throw Refuse(EnvironmentCodes.HeadersDisagree, entry.Name, "its data descriptor gives another checksum or size");
    }

    private byte[] Bytes(long offset, int count)
    {
        var bytes = new byte[count];
        var read = 0;
        while (read < count)
        {
            var got = RandomAccess.Read(_file, bytes.AsSpan(read), offset + read);
            if (got == 0)
                throw Malformed(null, "it ends too soon");
            read += got;
        }

        return bytes;
    }

    private DiagnosticException Malformed(string? entry, string why) => Refuse(EnvironmentCodes.ArchiveMalformed, entry, why);

    private DiagnosticException Refuse(string code, string? entry, string why) => WheelRefusal.Of(code, _wheel, entry, why);

    private static ushort U16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    private static uint U32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    private static long I64(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadInt64LittleEndian(bytes[at..]);
}
