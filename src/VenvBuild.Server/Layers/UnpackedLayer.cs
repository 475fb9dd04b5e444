using VenvBuild.Packaging;
using ZstdSharp;

namespace VenvBuild.Server;

/// <summary>A packed archive as it is unpacked, with a length and a place to begin at; what is before the place is unpacked and dropped.</summary>
internal sealed class UnpackedLayer(Stream packed, long size) : ForwardStream
{
    private readonly DecompressionStream _unpacking = new(packed);
    private long _wanted;
    private long _at;

    public override bool CanSeek => true;

    public override long Length => size;

    public override long Position
    {
        get => _wanted;
        set => _wanted = value >= _at ? value : throw new NotSupportedException("An archive is unpacked forwards.");
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_at < _wanted)
        {
            var dropped = new byte[128 << 10];
            while (_at < _wanted)
            {
                var read = await _unpacking.ReadAsync(dropped.AsMemory(0, (int)Math.Min(dropped.Length, _wanted - _at)), cancellationToken);
                if (read == 0)
                    return 0;
                _at += read;
            }
        }

        var count = await _unpacking.ReadAsync(buffer, cancellationToken);
        _at += count;
        _wanted = _at;
        return count;
    }

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => _wanted + offset,
        _ => size + offset,
    };

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _unpacking.Dispose();
        base.Dispose(disposing);
    }
}
