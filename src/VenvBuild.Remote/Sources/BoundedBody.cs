namespace VenvBuild.Remote;

/// <summary>Reads answers no further than they may be long, and no longer than something comes.</summary>
internal static class BoundedBody
{
    private const int ChunkLength = 128 << 10;

    /// <summary>Reads a small answer whole.</summary>
    /// <exception cref="Packaging.DiagnosticException">It is longer than <paramref name="limit"/>.</exception>
    public static async Task<byte[]> ReadAsync(HttpResponseMessage answer, int limit, TimeSpan stallTimeout, CancellationToken cancellationToken)
    {
        using var bytes = new MemoryStream();
        await CopyAsync(answer, bytes, limit, stallTimeout, cancellationToken).ConfigureAwait(false);
        return bytes.ToArray();
    }

    /// <summary>Copies an answer to a stream.</summary>
    /// <exception cref="Packaging.DiagnosticException">It is longer than <paramref name="limit"/>.</exception>
    public static async Task CopyAsync(HttpResponseMessage answer, Stream destination, long limit, TimeSpan stallTimeout, CancellationToken cancellationToken)
    {
        using var stall = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var chunk = System.Buffers.ArrayPool<byte>.Shared.Rent(ChunkLength);
        try
        {
            var body = await answer.Content.ReadAsStreamAsync(stall.Token).ConfigureAwait(false);
            await using (body.ConfigureAwait(false))
            {
                for (var left = limit; ;)
                {
                    stall.CancelAfter(stallTimeout);
                    var count = await body.ReadAsync(chunk.AsMemory(0, ChunkLength), stall.Token).ConfigureAwait(false);
                    if (count == 0)
                        return;
                    if ((left -= count) < 0)
                        throw PlaceFault.TooLarge(PlaceFault.Shown(answer.RequestMessage!.RequestUri!), limit);
                    await destination.WriteAsync(chunk.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(chunk);
        }
    }
}
