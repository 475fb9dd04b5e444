namespace VenvBuild.Index;

/// <summary>Reads a stream whole, up to a bound that counts unpacked bytes.</summary>
internal static class BoundedRead
{
    private const int LeastLength = 16 * 1024;
    private const int LongestFirstLength = 4 * 1024 * 1024;

    // As pages of an index are packed.
    private const int UsualRatio = 6;

    /// <exception cref="TooLargeException">There are more than <paramref name="limit"/> bytes.</exception>
    public static async ValueTask<byte[]> AllAsync(Stream stream, long limit, CancellationToken cancellationToken)
    {
        using var buffer = await PooledAsync(stream, limit, 0, cancellationToken).ConfigureAwait(false);
        return buffer.Span.ToArray();
    }

    /// <summary>As <see cref="AllAsync"/>, for who is done with the bytes soon.</summary>
    /// <param name="stream">What is read.</param>
    /// <param name="limit">How much there may be.</param>
    /// <param name="expected">How much there seems to be; 0 where nobody said.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="TooLargeException">There are more than <paramref name="limit"/> bytes.</exception>
    public static async ValueTask<PooledBuffer> PooledAsync(Stream stream, long limit, long expected, CancellationToken cancellationToken)
    {
        // One more, so that the end is found without growing.
        var buffer = new PooledBuffer((int)Math.Clamp(expected + 1, LeastLength, LongestFirstLength));
        try
        {
            while (await stream.ReadAsync(buffer.GetMemory(1), cancellationToken).ConfigureAwait(false) is var count and > 0)
                Advance(buffer, count, limit);
            return buffer;
        }
        catch
        {
            buffer.Dispose();
            throw;
        }
    }

    /// <summary>Unpacks what was read.</summary>
    /// <exception cref="TooLargeException">It makes more than <paramref name="limit"/> bytes.</exception>
    public static PooledBuffer Unpack(PooledBuffer packed, Func<Stream, Stream> unpack, long limit)
    {
        using var stream = unpack(packed.AsStream());
        var buffer = new PooledBuffer((int)Math.Clamp((long)packed.Length * UsualRatio, LeastLength, LongestFirstLength));
        try
        {
            while (stream.Read(buffer.GetSpan(LeastLength)) is var count and > 0)
                Advance(buffer, count, limit);
            return buffer;
        }
        catch
        {
            buffer.Dispose();
            throw;
        }
    }

    private static void Advance(PooledBuffer buffer, int count, long limit)
    {
        buffer.Advance(count);
        if (buffer.Length > limit)
            throw new TooLargeException(limit);
    }
}
