using VenvBuild.Packaging;

namespace VenvBuild.Server;

/// <summary>An object as a stream with a length and a place to begin at: it is asked for when it is first read, from there.</summary>
internal sealed class BucketReading(Func<long, CancellationToken, Task<Stream>> open, long length) : ForwardStream
{
    private Stream? _body;
    private long _position;

    public override bool CanSeek => true;

    public override long Length => length;

    public override long Position
    {
        get => _position;
        set
        {
            if (value == _position)
                return;
            _body?.Dispose();
            (_body, _position) = (null, value);
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_position >= length || buffer.IsEmpty)
            return 0;
        _body ??= await open(_position, cancellationToken);
        var read = await _body.ReadAsync(buffer, cancellationToken);
        if (read == 0)
            throw new EndOfStreamException("The storage ended an archive before its end.");
        _position += read;
        return read;
    }

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => _position + offset,
        _ => length + offset,
    };

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _body?.Dispose();
        base.Dispose(disposing);
    }
}
