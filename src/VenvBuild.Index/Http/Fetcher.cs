using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using VenvBuild.Packaging;

namespace VenvBuild.Index;

/// <summary>
/// Makes GET requests: pooled connections, HTTP/2 where offered, gzip and brotli, a bounded number at once, repeated when the failure may
/// pass, redirects followed with care, credentials only to their own home.
/// </summary>
internal sealed class Fetcher : IDisposable
{
    private const int MaxRedirects = 10;
    private const int UsualStreams = 100;

    private readonly HttpClient _client;
    private readonly SemaphoreSlim _slots;
    private readonly CredentialStore _credentials;
    private readonly RetryPolicy _retries;
    private readonly TimeSpan _stallTimeout;
    private readonly TimeSpan _connectTimeout;
    private readonly TimeProvider _clock;

    public Fetcher(IndexOptions options)
    {
        _retries = options.Retries;
        _stallTimeout = options.StallTimeout;
        _connectTimeout = options.ConnectTimeout;
        _clock = options.Clock;
        _credentials = new(options.EnvironmentVariable, options.UsesVariables);
        _slots = new(Math.Max(1, options.Concurrency));
        _client = new(new SocketsHttpHandler
        {
            UseProxy = options.MayConnect is null,
            ConnectCallback = options.MayConnect is { } mayConnect ? new GuardedConnect(mayConnect).ConnectAsync : null,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = options.ConnectTimeout,
            MaxResponseHeadersLength = 64,
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(90),
            // A connection carries a hundred requests at once, as a rule; who has more at once does not wait for a second round.
            EnableMultipleHttp2Connections = options.Concurrency > UsualStreams,
            UseCookies = false,
        })
        {
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue(
            "venvbuild", typeof(Fetcher).Assembly.GetName().Version?.ToString(3)));
    }

    public void Dispose()
    {
        _client.Dispose();
        _slots.Dispose();
    }

    /// <summary>
    /// Asks, and has <paramref name="read"/> take in what comes: 200, 206, 304, 404 and 410, 406, 416. Everything else is dealt with here.
    /// When <paramref name="read"/> meets damage, it is called again with a new answer, as often as the retries allow.
    /// </summary>
    /// <exception cref="DiagnosticException">The request failed for good.</exception>
    public async Task<T> FetchAsync<T>(
        FetchRequest request, Func<FetchAnswer, CancellationToken, ValueTask<T>> read, CancellationToken cancellationToken) =>
        await FetchAsync(() => request, read, cancellationToken).ConfigureAwait(false);

    /// <summary>As above; each attempt makes its request anew, to go on where the last one stopped.</summary>
    public async Task<T> FetchAsync<T>(
        Func<FetchRequest> makeRequest, Func<FetchAnswer, CancellationToken, ValueTask<T>> read, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var request = makeRequest();
            var (result, failure, retryAfter) = await AttemptAsync(request, read, attempt, cancellationToken).ConfigureAwait(false);
            if (failure is null)
                return result!;
            if (attempt >= _retries.Attempts || retryAfter > _retries.LongestRetryAfter)
                throw failure;
            await Task.Delay(_retries.PauseAfter(attempt, retryAfter), _clock, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>One attempt. A failure that is returned may pass; one that is thrown will not.</summary>
    private async Task<(T? Result, DiagnosticException? Failure, TimeSpan? RetryAfter)> AttemptAsync<T>(
        FetchRequest request, Func<FetchAnswer, CancellationToken, ValueTask<T>> read, int attempt, CancellationToken cancellationToken)
    {
        var at = new Hop(request.Url);
        await _slots.WaitAsync(cancellationToken).ConfigureAwait(false);
        using var guard = new StallGuard(_stallTimeout, cancellationToken);
        try
        {
            using var message = await SendAsync(request, at, guard).ConfigureAwait(false);
            var status = message.StatusCode;
            if (IsPassing(status))
            {
                var retryAfter = RetryAfter(message);
                return (default, FetchErrors.Stop(FetchErrors.ServerFailed(request, at.Url, status, attempt, retryAfter)), retryAfter);
            }

            if (status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.ProxyAuthenticationRequired)
            {
                throw FetchErrors.Stop(FetchErrors.Unauthorized(
                    request, at.Url, status, at.HadCredentials, _credentials.Searched(at.Url, request.Asker)));
            }

            if (!IsForReader(status))
                throw FetchErrors.Stop(FetchErrors.Unexpected(request, at.Url, status));
            var raw = await message.Content.ReadAsStreamAsync(guard.Token).ConfigureAwait(false);
            var answer = new FetchAnswer(message, at.Url, new GuardedStream(raw, guard), Unpacking(message.Content.Headers.ContentEncoding, request, at.Url));
            await using (answer.ConfigureAwait(false))
            {
                var result = await read(answer, guard.Token).ConfigureAwait(false);
                return (result, null, null);
            }
        }
        catch (TooLargeException e)
        {
            throw FetchErrors.Stop(FetchErrors.TooLarge(request, at.Url, e.Limit), e);
        }
        catch (DamagedAnswerException e)
        {
            return (default, FetchErrors.Stop(e.Verdict, e.InnerException), null);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            // The stall guard's doing, or the connect time-out's.
            return (default, FetchErrors.Stop(FetchErrors.TimedOut(request, at.Url, guard.HasStalled ? _stallTimeout : _connectTimeout, attempt), e), null);
        }
        catch (HttpRequestException e) when (e.InnerException is ForbiddenAddressException forbidden)
        {
            throw FetchErrors.Stop(FetchErrors.Forbidden(request, forbidden.Host), e);
        }
        catch (HttpRequestException e) when (e.HttpRequestError is HttpRequestError.SecureConnectionError or HttpRequestError.NameResolutionError)
        {
            throw FetchErrors.Stop(FetchErrors.Connection(request, at.Url, e, attempt), e);
        }
        catch (Exception e) when (e is HttpRequestException or HttpIOException or InvalidDataException
            || (e is IOException && e.InnerException is System.Net.Sockets.SocketException))
        {
            return (default, FetchErrors.Stop(FetchErrors.Connection(request, at.Url, e, attempt), e), null);
        }
        finally
        {
            _slots.Release();
        }
    }

    private async Task<HttpResponseMessage> SendAsync(FetchRequest request, Hop at, StallGuard guard)
    {
        for (var redirects = 0; ; redirects++)
        {
            using var asked = MakeMessage(request, at);
            guard.Begin();
            var answer = await _client.SendAsync(asked, HttpCompletionOption.ResponseHeadersRead, guard.Token).ConfigureAwait(false);
            guard.End();
            if (!IsRedirect(answer.StatusCode) || answer.Headers.Location is not { } location)
                return answer;
            answer.Dispose();
            if (redirects == MaxRedirects)
                throw FetchErrors.Stop(FetchErrors.BadRedirect(request, request.Url, $"more than {MaxRedirects} times"));
            var next = ShownUrl.WithoutSecrets(new Uri(at.Url, location));
            if (next.Scheme != Uri.UriSchemeHttps && (next.Scheme != Uri.UriSchemeHttp || at.Url.Scheme == Uri.UriSchemeHttps))
                throw FetchErrors.Stop(FetchErrors.BadRedirect(request, at.Url, $"to {ShownUrl.Of(next)}, which is not https"));
            at.Url = next;
        }
    }

    private HttpRequestMessage MakeMessage(FetchRequest request, Hop at)
    {
        var message = new HttpRequestMessage(HttpMethod.Get, at.Url)
        {
            Version = _client.DefaultRequestVersion,
            VersionPolicy = _client.DefaultVersionPolicy,
        };
        var headers = message.Headers;
        headers.TryAddWithoutValidation("Accept", request.Accept ?? "*/*");
        headers.TryAddWithoutValidation("Accept-Encoding", request.AllowCompression ? "gzip, br" : "identity");
        if (request.IfNoneMatch is { } tag)
            headers.TryAddWithoutValidation("If-None-Match", tag);
        if (request.IfModifiedSince is { } since)
            headers.TryAddWithoutValidation("If-Modified-Since", since);
        if (request.From is { } from)
            headers.Range = from < 0 ? new(null, -from) : new(from, request.To);
        if (request.IfRange is { } of)
            headers.TryAddWithoutValidation("If-Range", of);
        var credentials = _credentials.For(at.Url, request.Asker);
        at.HadCredentials = credentials is not null;
        headers.Authorization = credentials?.Header;
        return message;
    }

    private static Func<Stream, Stream>? Unpacking(ICollection<string> encodings, FetchRequest request, Uri url) => encodings switch
    {
        { Count: 0 } => null,
        { Count: 1 } when encodings.First().Equals("gzip", StringComparison.OrdinalIgnoreCase) => static body => new GZipStream(body, CompressionMode.Decompress),
        { Count: 1 } when encodings.First().Equals("br", StringComparison.OrdinalIgnoreCase) => static body => new BrotliStream(body, CompressionMode.Decompress),
        { Count: 1 } when encodings.First().Equals("identity", StringComparison.OrdinalIgnoreCase) => null,
        _ => throw FetchErrors.Stop(Diagnostic.Error(
            IndexCodes.UnexpectedAnswer,
            $"{ShownUrl.Of(url)} sends {request.What} encoded as '{string.Join(", ", encodings)}', which was not asked for.",
            remedy: "The server, or a proxy before it, is at fault: correct its settings.")),
    };

    private TimeSpan? RetryAfter(HttpResponseMessage message)
    {
        var header = message.Headers.RetryAfter;
        var wait = header?.Delta ?? header?.Date - _clock.GetUtcNow();
        return wait is { } asked ? asked < TimeSpan.Zero ? TimeSpan.Zero : asked : null;
    }

    private static bool IsPassing(HttpStatusCode status) =>
        status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or (HttpStatusCode)425 or >= HttpStatusCode.InternalServerError;

    private static bool IsForReader(HttpStatusCode status) => status is HttpStatusCode.OK or HttpStatusCode.PartialContent
        or HttpStatusCode.NotModified or HttpStatusCode.NotFound or HttpStatusCode.Gone or HttpStatusCode.NotAcceptable
        or HttpStatusCode.RequestedRangeNotSatisfiable;

    private static bool IsRedirect(HttpStatusCode status) => status is HttpStatusCode.MovedPermanently or HttpStatusCode.Found
        or HttpStatusCode.SeeOther or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;

    /// <summary>Where an attempt has come to.</summary>
    private sealed class Hop(Uri url)
    {
        public Uri Url { get; set; } = url;

        public bool HadCredentials { get; set; }
    }
}
