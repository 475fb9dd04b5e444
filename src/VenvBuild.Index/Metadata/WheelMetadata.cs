using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using VenvBuild.Packaging;

namespace VenvBuild.Index;

/// <summary>
/// Finds the METADATA of a wheel in its archive (PEP 427), reading the end of the archive, its directory and that one member only, so that
/// it works on a file at the other end of a wire.
/// </summary>
internal static class WheelMetadata
{
    private const uint EndMark = 0x06054b50, End64Mark = 0x06064b50, Locator64Mark = 0x07064b50, DirectoryMark = 0x02014b50, MemberMark = 0x04034b50;
    private const int EndLength = 22, End64Length = 56, Locator64Length = 20, DirectoryRowLength = 46, MemberHeadLength = 30;
    private const int MaxCommentLength = ushort.MaxValue;
    private const int MaxDirectoryLength = 64 << 20;
    private const int Stored = 0, Deflated = 8;

    /// <summary>Reads <c>NAME-VERSION.dist-info/METADATA</c>.</summary>
    /// <exception cref="InvalidDataException">The archive is damaged, or has no such member or more than one.</exception>
    /// <exception cref="TooLargeException">The member is longer than <paramref name="limit"/>.</exception>
    public static async ValueTask<byte[]> ReadAsync(Stream wheel, WheelFileName name, long limit, CancellationToken cancellationToken)
    {
        var (start, length) = await FindDirectoryAsync(wheel, cancellationToken).ConfigureAwait(false);
        if (length > MaxDirectoryLength)
            throw new InvalidDataException("the wheel's directory is too long");
        var directory = await ReadAsync(wheel, start, (int)length, cancellationToken).ConfigureAwait(false);
        var member = Find(directory, name);
        if (member.PackedLength > limit || member.Length > limit)
            throw new TooLargeException(limit);
        var head = await ReadAsync(wheel, member.Start, MemberHeadLength, cancellationToken).ConfigureAwait(false);
        if (BinaryPrimitives.ReadUInt32LittleEndian(head) != MemberMark)
            throw new InvalidDataException("the wheel's METADATA is not where its directory says");
        var data = member.Start + MemberHeadLength + BinaryPrimitives.ReadUInt16LittleEndian(head.AsSpan(26)) + BinaryPrimitives.ReadUInt16LittleEndian(head.AsSpan(28));
        var packed = await ReadAsync(wheel, data, (int)member.PackedLength, cancellationToken).ConfigureAwait(false);
        var content = await UnpackAsync(packed, member.Method, limit, cancellationToken).ConfigureAwait(false);
        return content.Length == member.Length && Crc32.Append(0, content) == member.Crc
            ? content
            : throw new InvalidDataException("the wheel's METADATA does not have the length and checksum that the archive states");
    }

    private static async ValueTask<(long Start, long Length)> FindDirectoryAsync(Stream wheel, CancellationToken cancellationToken)
    {
        var tailLength = (int)Math.Min(wheel.Length, EndLength + MaxCommentLength);
        // Nearly every wheel ends without a comment.
        var end = await ReadAsync(wheel, wheel.Length - Math.Min(EndLength, tailLength), Math.Min(EndLength, tailLength), cancellationToken).ConfigureAwait(false);
        var at = wheel.Length - end.Length;
        if (!IsEnd(end))
        {
            end = await ReadAsync(wheel, wheel.Length - tailLength, tailLength, cancellationToken).ConfigureAwait(false);
            var found = end.Length - EndLength;
            while (found >= 0 && !IsEnd(end.AsSpan(found)))
                found--;
            if (found < 0)
                throw new InvalidDataException("the wheel is no zip archive, or is cut short");
            at = wheel.Length - tailLength + found;
            end = end[found..];
        }

        long length = BinaryPrimitives.ReadUInt32LittleEndian(end.AsSpan(12)), start = BinaryPrimitives.ReadUInt32LittleEndian(end.AsSpan(16));
        return length == uint.MaxValue || start == uint.MaxValue ? await FindDirectory64Async(wheel, at, cancellationToken).ConfigureAwait(false) : (start, length);
    }

    private static bool IsEnd(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= EndLength && BinaryPrimitives.ReadUInt32LittleEndian(bytes) == EndMark
        && BinaryPrimitives.ReadUInt16LittleEndian(bytes[20..]) == bytes.Length - EndLength;

    private static async ValueTask<(long Start, long Length)> FindDirectory64Async(Stream wheel, long end, CancellationToken cancellationToken)
    {
        var locator = await ReadAsync(wheel, end - Locator64Length, Locator64Length, cancellationToken).ConfigureAwait(false);
        var at = BinaryPrimitives.ReadInt64LittleEndian(locator.AsSpan(8));
        var end64 = await ReadAsync(wheel, at, End64Length, cancellationToken).ConfigureAwait(false);
        return BinaryPrimitives.ReadUInt32LittleEndian(locator) == Locator64Mark && BinaryPrimitives.ReadUInt32LittleEndian(end64) == End64Mark
            ? (BinaryPrimitives.ReadInt64LittleEndian(end64.AsSpan(48)), BinaryPrimitives.ReadInt64LittleEndian(end64.AsSpan(40)))
            : throw new InvalidDataException("the wheel's directory cannot be found");
    }

    private static Member Find(ReadOnlySpan<byte> directory, WheelFileName name)
    {
        Member? found = null;
        while (!directory.IsEmpty)
        {
            if (directory.Length < DirectoryRowLength || BinaryPrimitives.ReadUInt32LittleEndian(directory) != DirectoryMark)
                throw new InvalidDataException("the wheel's directory is damaged");
            var nameLength = BinaryPrimitives.ReadUInt16LittleEndian(directory[28..]);
            var rowLength = DirectoryRowLength + nameLength + BinaryPrimitives.ReadUInt16LittleEndian(directory[30..]) + BinaryPrimitives.ReadUInt16LittleEndian(directory[32..]);
            if (directory.Length < rowLength)
                throw new InvalidDataException("the wheel's directory is damaged");
            if (IsMetadataOf(directory.Slice(DirectoryRowLength, nameLength), name))
            {
                if (found is not null)
                    throw new InvalidDataException("the wheel holds METADATA more than once");
                found = new(
                    BinaryPrimitives.ReadUInt16LittleEndian(directory[10..]),
                    BinaryPrimitives.ReadUInt32LittleEndian(directory[16..]),
                    BinaryPrimitives.ReadUInt32LittleEndian(directory[20..]),
                    BinaryPrimitives.ReadUInt32LittleEndian(directory[24..]),
                    BinaryPrimitives.ReadUInt32LittleEndian(directory[42..]));
            }

            directory = directory[rowLength..];
        }

        return found ?? throw new InvalidDataException("the wheel holds no METADATA");
    }

    private static bool IsMetadataOf(ReadOnlySpan<byte> member, WheelFileName name)
    {
        var tail = ".dist-info/METADATA"u8;
        if (!member.EndsWith(tail) || member.IndexOfAny((byte)'/', (byte)'\\') != member.Length - "/METADATA".Length)
            return false;
        ReadOnlySpan<char> stem = Encoding.UTF8.GetString(member[..^tail.Length]);
        var dash = stem.IndexOf('-');
        return dash > 0
            && PackageName.TryParse(stem[..dash], out var distribution) && distribution == name.Name
            && PackageVersion.TryParse(stem[(dash + 1)..], out var version) && version.Equals(name.Version);
    }

    private static async ValueTask<byte[]> UnpackAsync(byte[] packed, int method, long limit, CancellationToken cancellationToken)
    {
        if (method == Stored)
            return packed;
        if (method != Deflated)
            throw new InvalidDataException($"the wheel's METADATA is packed by a method that is not supported ({method})");
        var inflater = new DeflateStream(new MemoryStream(packed), CompressionMode.Decompress);
        await using (inflater.ConfigureAwait(false))
            return await BoundedRead.AllAsync(inflater, limit, cancellationToken).ConfigureAwait(false);
    }

    private static async ValueTask<byte[]> ReadAsync(Stream wheel, long start, int length, CancellationToken cancellationToken)
    {
        if (start < 0 || start > wheel.Length - length)
            throw new InvalidDataException("the wheel is cut short");
        wheel.Position = start;
        var bytes = new byte[length];
        await wheel.ReadExactlyAsync(bytes, cancellationToken).ConfigureAwait(false);
        return bytes;
    }

    private readonly record struct Member(int Method, uint Crc, long PackedLength, long Length, long Start);
}
