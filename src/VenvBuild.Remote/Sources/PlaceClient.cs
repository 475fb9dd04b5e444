using System.Net;
using System.Net.Http.Headers;

namespace VenvBuild.Remote;

/// <summary>
/// Requests to places, repeated where the failure may pass. Redirects are followed by the handler, which drops the Authorization header
/// on the way and never goes from https to http.
/// </summary>
internal sealed class PlaceClient : IDisposable
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);

    private readonly HttpClient _client;
    private readonly int _attempts;

    /// <param name="stallTimeout">How long nothing may come.</param>
    /// <param name="connectTimeout">How long a connection may take.</param>
    /// <param name="attempts">How often a request is sent: less often where something else will do as well.</param>
    public PlaceClient(TimeSpan? stallTimeout = null, TimeSpan? connectTimeout = null, int attempts = 4)
    {
        _attempts = attempts;
        _client = new(new SocketsHttpHandler
        {
            ConnectTimeout = connectTimeout ?? TimeSpan.FromSeconds(15),
            MaxAutomaticRedirections = 10,
            MaxResponseHeadersLength = 64,
            UseCookies = false,
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(90),
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("venvbuild", typeof(PlaceClient).Assembly.GetName().Version?.ToString(3)));
        StallTimeout = stallTimeout ?? TimeSpan.FromSeconds(60);
    }

    /// <summary>How long nothing may come before a transfer counts as broken.</summary>
    public TimeSpan StallTimeout { get; }

    /// <summary>Sends what <paramref name="make"/> makes, anew for each attempt; what a server may get over is waited for and asked again.</summary>
    /// <exception cref="Packaging.DiagnosticException">The place cannot be reached, or takes no more requests for longer than is waited.</exception>
    public async Task<HttpResponseMessage> SendAsync(Func<HttpRequestMessage> make, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            using var request = make();
            var url = request.RequestUri!;
            HttpResponseMessage? answer = null;
            try
            {
                answer = await SendOnceAsync(request, cancellationToken).ConfigureAwait(false);
                if (!MayPass(answer) || attempt == _attempts)
                    return answer;
            }
            catch (Exception e) when (IsBroken(e, cancellationToken))
            {
                if (attempt == _attempts)
                    throw PlaceFault.Unreachable(url, e);
            }

            var pause = PauseOf(answer, attempt);
            if (pause > LongestWait)
                return answer!;
            answer?.Dispose();
            await Task.Delay(pause, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Whether a failure is the network's, and not the caller's wish to stop.</summary>
    public static bool IsBroken(Exception exception, CancellationToken cancellationToken) =>
        !cancellationToken.IsCancellationRequested && exception is HttpRequestException or IOException or OperationCanceledException;

    public static TimeSpan PauseAfter(int attempt) => FirstPause * (1 << (attempt - 1));

    public void Dispose() => _client.Dispose();

    /// <summary>Sends a request once.</summary>
    public async Task<HttpResponseMessage> SendOnceAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // A body that is sent may take as long as it needs; only the answer's head is awaited for a while.
        if (request.Content is not null)
            return await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        using var stall = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        stall.CancelAfter(StallTimeout);
        return await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stall.Token).ConfigureAwait(false);
    }

    private static bool MayPass(HttpResponseMessage answer) => answer.StatusCode
        is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or HttpStatusCode.InternalServerError
        or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout
        // GitHub says so of a secondary limit.
        || (answer.StatusCode == HttpStatusCode.Forbidden && answer.Headers.RetryAfter is not null);

    private static TimeSpan PauseOf(HttpResponseMessage? answer, int attempt) => answer?.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - DateTimeOffset.UtcNow is var span && span > TimeSpan.Zero ? span : TimeSpan.Zero,
        _ => PauseAfter(attempt),
    };
}
