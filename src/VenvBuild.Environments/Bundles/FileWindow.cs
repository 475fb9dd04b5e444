using Microsoft.Win32.SafeHandles;
using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>A part of a file as a stream of its own; many may be read at once from one handle.</summary>
internal sealed class FileWindow(SafeFileHandle file, long offset, long length) : ForwardStream
{
    private long _position;

    public override long Length => length;

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        var read = RandomAccess.Read(file, buffer[..(int)Math.Min(buffer.Length, length - _position)], offset + _position);
        _position += read;
        return read;
    }
}
