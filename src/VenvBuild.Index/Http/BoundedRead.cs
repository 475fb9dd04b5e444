namespace VenvBuild.Index;

/// <summary>Reads a stream whole, up to a bound that counts unpacked bytes.</summary>
internal static class BoundedRead
{
    /// <exception cref="TooLargeException">There are more than <paramref name="limit"/> bytes.</exception>
    public static async ValueTask<byte[]> AllAsync(Stream stream, long limit, CancellationToken cancellationToken)
    {
        using var buffer = await PooledAsync(stream, limit, cancellationToken).ConfigureAwait(false);
        return buffer.Span.ToArray();
    }

    /// <summary>As <see cref="AllAsync"/>, for who is done with the bytes soon.</summary>
    /// <exception cref="TooLargeException">There are more than <paramref name="limit"/> bytes.</exception>
    public static async ValueTask<PooledBuffer> PooledAsync(Stream stream, long limit, CancellationToken cancellationToken)
    {
        var buffer = new PooledBuffer(16 * 1024);
        try
        {
            while (await stream.ReadAsync(buffer.GetMemory(8 * 1024), cancellationToken).ConfigureAwait(false) is var count and > 0)
            {
                buffer.Advance(count);
                if (buffer.Length > limit)
                    throw new TooLargeException(limit);
            }

            return buffer;
        }
        catch
        {
            buffer.Dispose();
            throw;
        }
    }
}
