using Amazon.Runtime;
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
            Close(_body);
            (_body, _position) = (null, value);
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_position >= length || buffer.IsEmpty)
            return 0;
        _body ??= await open(_position, cancellationToken);
        int read;
        try
        {
            read = await _body.ReadAsync(buffer, cancellationToken);
        }
        catch (AmazonClientException e)
        {
            throw new IOException("The storage sent other bytes than it was given.", e);
        }

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
            Close(_body);
        base.Dispose(disposing);
    }

    /// <summary>The SDK looks at the service's own hash when a body is closed, also one that was read in part. Who reads holds it to the digest.</summary>
    private static void Close(Stream? body)
    {
        try
        {
            body?.Dispose();
        }
        catch (AmazonClientException)
        {
            // Said by what was read.
        }
    }
}
