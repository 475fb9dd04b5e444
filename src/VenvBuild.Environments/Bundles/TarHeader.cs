using System.Globalization;
using System.Text;

namespace VenvBuild.Environments;

/// <summary>
/// The headers of the one tar that a list of files makes (POSIX.1-2001 ustar, with pax records where a name or size does not fit).
/// Everything that could vary is fixed: owner 0, no owner's name, one time, modes 0644 and 0755. So the reader need not interpret a
/// header: it writes the one it expects and compares.
/// </summary>
internal static class TarHeader
{
    public const int BlockSize = 512;

    /// <summary>Two empty blocks end an archive.</summary>
    public const int EndSize = 2 * BlockSize;

    private const long MaxOctalSize = (1L << 33) - 1;
    private const int MaxName = 100;
    private const int SizeOffset = 124;
    private const int ChecksumOffset = 148;

    private static readonly long Time = new DateTimeOffset(LayerUnpacker.Timestamp).ToUnixTimeSeconds();

    /// <summary>The header of a regular file: one block, or three with pax records before it.</summary>
    public static byte[] Of(string path, long size, bool isExecutable)
    {
        var name = Encoding.UTF8.GetBytes(path);
        var isPlain = name.Length <= MaxName && Ascii.IsValid(path);
        if (isPlain && size <= MaxOctalSize)
            return Block(name, size, isExecutable ? 0x1ED : 0x1A4, '0');
        var records = (isPlain ? [] : PaxRecord("path", name)).Concat(size > MaxOctalSize ? PaxRecord("size", Encoding.ASCII.GetBytes(size.ToString(CultureInfo.InvariantCulture))) : []).ToArray();
        return
        [
            .. Block("pax"u8, records.Length, 0x1A4, 'x'), .. records, .. new byte[Padding(records.Length)],
            .. Block(isPlain ? name : "file"u8, size <= MaxOctalSize ? size : 0, isExecutable ? 0x1ED : 0x1A4, '0'),
        ];
    }

    /// <summary>The size that a block states, or -1 when it states none.</summary>
    public static long SizeIn(ReadOnlySpan<byte> block)
    {
        var size = 0L;
        foreach (var digit in block.Slice(SizeOffset, 11))
        {
            if (digit is < (byte)'0' or > (byte)'7')
                return -1;
            size = (size << 3) + (digit - '0');
        }

        return size;
    }

    /// <summary>The zeros that fill the last block of a file.</summary>
    public static int Padding(long size) => (int)((BlockSize - size % BlockSize) % BlockSize);

    private static byte[] PaxRecord(string key, ReadOnlySpan<byte> value)
    {
        // The length counts its own digits.
        var rest = key.Length + value.Length + 3;
        var length = rest + 1;
        while (length.ToString(CultureInfo.InvariantCulture).Length + rest != length)
            length++;
        return [.. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{length} {key}=")), .. value, (byte)'\n'];
    }

    private static byte[] Block(ReadOnlySpan<byte> name, long size, int mode, char type)
    {
        var block = new byte[BlockSize];
        name.CopyTo(block);
        Octal(block.AsSpan(100, 8), mode);
        Octal(block.AsSpan(108, 8), 0);
        Octal(block.AsSpan(116, 8), 0);
        Octal(block.AsSpan(SizeOffset, 12), size);
        Octal(block.AsSpan(136, 12), Time);
        block.AsSpan(ChecksumOffset, 8).Fill((byte)' ');
        block[156] = (byte)type;
        "ustar\000"u8.CopyTo(block.AsSpan(257));
        Octal(block.AsSpan(329, 8), 0);
        Octal(block.AsSpan(337, 8), 0);
        var sum = 0;
        foreach (var part in block)
            sum += part;
        Octal(block.AsSpan(ChecksumOffset, 7), sum);
        return block;
    }

    /// <summary>Octal digits that fill the field but for the zero at its end.</summary>
    private static void Octal(Span<byte> field, long value)
    {
        for (var i = field.Length - 2; i >= 0; i--, value >>= 3)
            field[i] = (byte)('0' + (value & 7));
    }
}
