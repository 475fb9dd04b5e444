namespace VenvBuild.Environments;

/// <summary>
/// Unpacked bytes, as long as there are not many times more of them than packed ones: headers count as well as files, so that neither can be
/// a bomb.
/// </summary>
/// <param name="unpacked">What is read; closed with this.</param>
/// <param name="packed">What it is unpacked from.</param>
internal sealed class DensityBound(Stream unpacked, Stream packed) : Stream
{
    private long _read;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <exception cref="InvalidDataException">There is too much.</exception>
    public override int Read(Span<byte> buffer)
    {
        var count = unpacked.Read(buffer);
        _read += count;
        return _read <= ArchiveTreeRules.FreeBytes || _read / ArchiveTreeRules.MaxRatio <= packed.Position
            ? count
            : throw new InvalidDataException($"it unpacks to over {ArchiveTreeRules.MaxRatio} times its size");
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            unpacked.Dispose();
        base.Dispose(disposing);
    }
}
