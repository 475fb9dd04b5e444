using System.Net;
using System.Net.Http.Headers;

namespace VenvBuild.Index;

/// <summary>An answer whose body is still to be read.</summary>
internal sealed class FetchAnswer(HttpResponseMessage message, Uri url, Stream body)
{
    public HttpStatusCode Status => message.StatusCode;

    /// <summary>Where it came from after all redirects: what relative links count from.</summary>
    public Uri Url => url;

    /// <summary>The body, decompressed; reading fails when nothing comes for too long.</summary>
    public Stream Body => body;

    public string? MediaType => message.Content.Headers.ContentType?.MediaType;

    public string? ETag => message.Headers.ETag?.ToString();

    public string? LastModified =>
        message.Content.Headers.NonValidated.TryGetValues("Last-Modified", out var values) ? values.ToString() : null;

    public long? Length => message.Content.Headers.ContentLength;

    public ContentRangeHeaderValue? Range => message.Content.Headers.ContentRange;

    public CacheControlHeaderValue? CacheControl => message.Headers.CacheControl;

    /// <summary>Reads the body whole.</summary>
    /// <exception cref="TooLargeException">It is longer than <paramref name="limit"/>.</exception>
    public ValueTask<byte[]> ReadAllAsync(long limit, CancellationToken cancellationToken) =>
        Length > limit ? throw new TooLargeException(limit) : BoundedRead.AllAsync(body, limit, cancellationToken);

    /// <summary>As <see cref="ReadAllAsync"/>, for who is done with the bytes soon.</summary>
    /// <exception cref="TooLargeException">It is longer than <paramref name="limit"/>.</exception>
    public ValueTask<PooledBuffer> ReadPooledAsync(long limit, CancellationToken cancellationToken) =>
        Length > limit ? throw new TooLargeException(limit) : BoundedRead.PooledAsync(body, limit, cancellationToken);
}
