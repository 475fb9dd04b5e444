using System.Buffers;

namespace VenvBuild.Index;

/// <summary>Reads a stream whole, up to a bound that counts unpacked bytes.</summary>
internal static class BoundedRead
{
    /// <exception cref="TooLargeException">There are more than <paramref name="limit"/> bytes.</exception>
    public static async ValueTask<byte[]> AllAsync(Stream stream, long limit, CancellationToken cancellationToken)
    {
        var buffer = new ArrayBufferWriter<byte>(16 * 1024);
        while (await stream.ReadAsync(buffer.GetMemory(8 * 1024), cancellationToken).ConfigureAwait(false) is var count and > 0)
        {
            buffer.Advance(count);
            if (buffer.WrittenCount > limit)
                throw new TooLargeException(limit);
        }

        return buffer.WrittenSpan.ToArray();
    }
}
