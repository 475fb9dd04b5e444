using Microsoft.Win32.SafeHandles;
using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>
/// The packed bytes of one entry as a stream of their own. Several can be read from one file at once. The last byte comes by
/// itself: a decompressor that ends without asking for it has left packed bytes over, which the position then shows.
/// </summary>
internal sealed class EntryWindow(SafeFileHandle file, long offset, long length) : ForwardStream
{
    private long _position;

    public override bool CanSeek => true;

    public override long Length => length;

    public override long Position
    {
        get => _position;
        set => _position = value;
    }

    public override int Read(Span<byte> buffer)
    {
        var ahead = length - _position;
        var wanted = (int)Math.Min(buffer.Length, ahead > 1 ? ahead - 1 : ahead);
        if (wanted <= 0)
            return 0;
        var read = RandomAccess.Read(file, buffer[..wanted], offset + _position);
        _position += read;
        return read;
    }

    public override long Seek(long offset, SeekOrigin origin) => _position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => _position + offset,
        _ => length + offset,
    };
}
