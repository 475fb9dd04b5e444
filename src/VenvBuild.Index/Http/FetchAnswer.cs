using System.Net;
using System.Net.Http.Headers;

namespace VenvBuild.Index;

/// <summary>An answer whose body is still to be read.</summary>
/// <param name="message">The answer's head.</param>
/// <param name="url">Where it came from.</param>
/// <param name="packed">The body as it comes; reading fails when nothing comes for too long.</param>
/// <param name="unpack">How it is decompressed; null where it came as it is.</param>
internal sealed class FetchAnswer(HttpResponseMessage message, Uri url, Stream packed, Func<Stream, Stream>? unpack) : IAsyncDisposable
{
    private Stream? _body;

    public HttpStatusCode Status => message.StatusCode;

    /// <summary>Where it came from after all redirects: what relative links count from.</summary>
    public Uri Url => url;

    /// <summary>The body, decompressed; reading fails when nothing comes for too long.</summary>
    public Stream Body => _body ??= unpack?.Invoke(packed) ?? packed;

    public string? MediaType => message.Content.Headers.ContentType?.MediaType;

    public string? ETag => message.Headers.ETag?.ToString();

    public string? LastModified =>
        message.Content.Headers.NonValidated.TryGetValues("Last-Modified", out var values) ? values.ToString() : null;

    public long? Length => message.Content.Headers.ContentLength;

    public ContentRangeHeaderValue? Range => message.Content.Headers.ContentRange;

    public CacheControlHeaderValue? CacheControl => message.Headers.CacheControl;

    /// <summary>Reads the body whole.</summary>
    /// <exception cref="TooLargeException">It is longer than <paramref name="limit"/>.</exception>
    public async ValueTask<byte[]> ReadAllAsync(long limit, CancellationToken cancellationToken)
    {
        using var buffer = await ReadPooledAsync(limit, cancellationToken).ConfigureAwait(false);
        return buffer.Span.ToArray();
    }

    /// <summary>
    /// As <see cref="ReadAllAsync"/>, for who is done with the bytes soon. What is packed is unpacked once all of it is there: while many
    /// answers are on their way, only the small form of each waits in memory.
    /// </summary>
    /// <exception cref="TooLargeException">It is longer than <paramref name="limit"/>.</exception>
    public async ValueTask<PooledBuffer> ReadPooledAsync(long limit, CancellationToken cancellationToken)
    {
        if (Length > limit)
            throw new TooLargeException(limit);
        var body = await BoundedRead.PooledAsync(packed, limit, Length ?? 0, cancellationToken).ConfigureAwait(false);
        if (unpack is null)
            return body;
        using (body)
            return BoundedRead.Unpack(body, unpack, limit);
    }

    public ValueTask DisposeAsync() => (_body ?? packed).DisposeAsync();
}
