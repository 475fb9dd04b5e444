using System.Buffers.Binary;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace VenvBuild.Environments;

/// <summary>
/// The bytes of one file at any place, little-endian unless said otherwise. Whatever is outside the file is an <see cref="InvalidDataException"/>, and so
/// is reading more than any real module makes one read: a file that sends its reader in circles ends.
/// </summary>
internal sealed class NativeBytes(SafeFileHandle file)
{
    /// <summary>The size of the shortest header that is looked at.</summary>
    public const int MinLength = 64;

    private const int WindowSize = 4096;
    private const int MaxWindows = 4096;
    private const int MaxTextLength = 4096;
    private const int MaxTextBytes = 2 << 20;

    private readonly byte[] _window = new byte[WindowSize];
    private long _windowStart = -1;
    private int _windowLength;
    private int _windows;
    private int _textBytes;

    public long Length { get; } = RandomAccess.GetLength(file);

    /// <summary>Whether numbers are big-endian, as in headers of Mach-O files for several machines and in ELF of some machines.</summary>
    public bool IsBigEndian { get; set; }

    public byte Byte(long at)
    {
        Span<byte> bytes = stackalloc byte[1];
        Copy(at, bytes);
        return bytes[0];
    }

    public ushort UInt16(long at)
    {
        Span<byte> bytes = stackalloc byte[2];
        Copy(at, bytes);
        return IsBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);
    }

    public uint UInt32(long at)
    {
        Span<byte> bytes = stackalloc byte[4];
        Copy(at, bytes);
        return IsBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }

    /// <summary>A number that is a place or a size, which no file of ours has beyond 2^62.</summary>
    public long Int64(long at)
    {
        Span<byte> bytes = stackalloc byte[8];
        Copy(at, bytes);
        var number = IsBigEndian ? BinaryPrimitives.ReadUInt64BigEndian(bytes) : BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        return number <= 1UL << 62 ? (long)number : throw new InvalidDataException("a number is too large");
    }

    /// <summary>A text that ends with a zero before <paramref name="end"/>. Its characters can be shown.</summary>
    public string Text(long at, long end)
    {
        var text = new List<byte>(64);
        for (; ; at++)
        {
            if (at >= end || text.Count > MaxTextLength || ++_textBytes > MaxTextBytes)
                throw new InvalidDataException("a text does not end");
            var next = Byte(at);
            if (next == 0)
                return Encoding.UTF8.GetString([.. text]);
            // A terminal may see it.
            text.Add(next is < 0x20 or 0x7F ? (byte)'?' : next);
        }
    }

    public void Copy(long at, Span<byte> target)
    {
        if (at < 0 || at > Length - target.Length)
            throw new InvalidDataException("a place is outside the file");
        for (var done = 0; done < target.Length;)
        {
            Move(at + done);
            var part = _window.AsSpan((int)(at + done - _windowStart), Math.Min(target.Length - done, (int)(_windowStart + _windowLength - at - done)));
            part.CopyTo(target[done..]);
            done += part.Length;
        }
    }

    private void Move(long at)
    {
        if (_windowStart >= 0 && at >= _windowStart && at < _windowStart + _windowLength)
            return;
        if (++_windows > MaxWindows)
            throw new InvalidDataException("it sends its reader about");
        _windowStart = at / WindowSize * WindowSize;
        _windowLength = 0;
        while (_windowLength < WindowSize && RandomAccess.Read(file, _window.AsSpan(_windowLength), _windowStart + _windowLength) is var read and > 0)
            _windowLength += read;
        if (at >= _windowStart + _windowLength)
            throw new InvalidDataException("the file ends early");
    }
}
