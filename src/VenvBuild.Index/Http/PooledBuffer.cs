using System.Buffers;

namespace VenvBuild.Index;

/// <summary>
/// Bytes that are gathered, looked at and given back. A page of an index has a megabyte, and grows by doubling as it comes: on the heap, each
/// of its sizes would stay behind until a collection.
/// </summary>
internal sealed class PooledBuffer(int capacity) : IBufferWriter<byte>, IDisposable
{
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(capacity);

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Memory => _bytes.AsMemory(0, Length);

    public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, Length);

    public void Advance(int count) => Length = count >= 0 && count <= _bytes.Length - Length ? Length + count : throw new ArgumentOutOfRangeException(nameof(count));

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsMemory(Length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsSpan(Length);
    }

    /// <summary>The bytes to be read, as long as they are not given back.</summary>
    public Stream AsStream() => new MemoryStream(_bytes, 0, Length, writable: false);

    /// <summary>Gives the bytes back; what was handed out of them must not be used any more.</summary>
    public void Dispose()
    {
        var bytes = _bytes;
        _bytes = [];
        Length = 0;
        if (bytes.Length > 0)
            ArrayPool<byte>.Shared.Return(bytes);
    }

    private void Reserve(int count)
    {
        count = Math.Max(count, 1);
        if (count <= _bytes.Length - Length)
            return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(checked(Length + count), (int)Math.Min(2L * _bytes.Length, Array.MaxLength)));
        Span.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
