using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace VenvBuild.Testing;

/// <summary>
/// The releases of <c>owner/repo</c> on GitHub, inside the test's process, by the rules that GitHub documents: asking by tag omits drafts,
/// a tag is published once, names of assets are unique in a release, an upload that breaks leaves a <c>starter</c>, bytes come from another
/// host by a redirect, lists have pages; what is published while releases are immutable can neither be added to nor changed, and its tag is
/// never given again; who creates more than 80 things a minute or 500 an hour is turned away. It writes down what it is asked, and fails as
/// it is told.
/// </summary>
public sealed partial class GitHubStandIn : IAsyncDisposable
{
    private readonly HttpListener _listener;
    private readonly HttpListener _storage;
    private readonly ConcurrentQueue<string> _calls = new();
    private readonly ConcurrentDictionary<string, ConcurrentQueue<(int Status, string? RetryAfter)>> _ordered = new(StringComparer.Ordinal);
    private readonly Uri _storageRoot;
    private readonly Task[] _serving;
    private long _bytesTaken;
    private long _bytesGiven;
    private readonly List<DateTimeOffset> _created = [];
    private int _turnedAway;

    public GitHubStandIn()
    {
        (_listener, Root) = FolderServer.Listen("127.0.0.1");
        // Another name is another host, to which no token may go.
        (_storage, _storageRoot) = FolderServer.Listen("localhost");
        _serving = [ServeAsync(_listener, AnswerAsync), ServeAsync(_storage, StoreAsync)];
    }

    /// <summary>The root of the API.</summary>
    public Uri Root { get; }

    /// <summary>The token that may write; reading needs it only where the repository is private.</summary>
    public string Token { get; } = "ghs_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(18));

    /// <summary>Whether reading needs the token, too.</summary>
    public bool IsPrivate { get; set; }

    /// <summary>Whether the repository is set to have immutable releases: what is published from then on.</summary>
    public bool HasImmutableReleases { get; set; }

    /// <summary>The time by which the secondary limits are kept; null where nobody keeps them.</summary>
    public TimeProvider? Clock { get; set; }

    /// <summary>How often somebody was turned away for creating too much.</summary>
    public int TurnedAway => _turnedAway;

    /// <summary>What was asked so far, in order: the method and what it is about.</summary>
    public IReadOnlyList<string> Calls => [.. _calls];

    /// <summary>How many bytes of assets were taken in.</summary>
    public long BytesTaken => Interlocked.Read(ref _bytesTaken);

    /// <summary>How many bytes of assets were given out.</summary>
    public long BytesGiven => Interlocked.Read(ref _bytesGiven);

    /// <summary>What came to the storage with an Authorization header: there must be nothing.</summary>
    public ConcurrentQueue<string> Leaks { get; } = new();

    /// <summary>Forgets the calls so far.</summary>
    public void Clear()
    {
        _calls.Clear();
        (_bytesTaken, _bytesGiven) = (0, 0);
    }

    /// <summary>
    /// Answers the next call of a kind, such as <c>POST layer</c>, with a status. An upload then leaves a starter; a status of 0 closes the
    /// connection in the middle.
    /// </summary>
    public void Fail(string call, int status, string? retryAfter = null) => _ordered.GetOrAdd(call, _ => new()).Enqueue((status, retryAfter));

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        _storage.Stop();
        await Task.WhenAll(_serving);
        _listener.Close();
        _storage.Close();
    }

    private static async Task ServeAsync(HttpListener listener, Func<HttpListenerContext, Task> answer)
    {
        var running = new List<Task>();
        while (listener.IsListening)
        {
            try
            {
                var context = await listener.GetContextAsync();
                running.Add(Task.Run(() => ServeOneAsync(context, answer)));
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                break;
            }
        }

        await Task.WhenAll(running);
    }

    private static async Task ServeOneAsync(HttpListenerContext context, Func<HttpListenerContext, Task> answer)
    {
        try
        {
            await answer(context);
            context.Response.Close();
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or IOException or InvalidOperationException)
        {
            // The client, or the test, went away.
            context.Response.Abort();
        }
    }

    /// <summary>Whether the call is to fail; then it did.</summary>
    private async Task<bool> FailsAsync(HttpListenerContext context, string call)
    {
        if (!_ordered.TryGetValue(call, out var queue) || !queue.TryDequeue(out var ordered))
            return false;
        if (ordered.Status == 0)
        {
            // In the middle of the answer: an abort before it would be an answer of its own.
            context.Response.StatusCode = 201;
            context.Response.ContentLength64 = 1000;
            await context.Response.OutputStream.WriteAsync(" "u8.ToArray());
            await context.Response.OutputStream.FlushAsync();
            throw new IOException("The connection is to break.");
        }

        if (ordered.RetryAfter is { } seconds)
            context.Response.Headers["Retry-After"] = seconds;
        await WriteAsync(context, ordered.Status, new JsonObject
        {
            ["message"] = ordered.RetryAfter is null ? "It fails, as it was told." : "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
        });
        return true;
    }

    /// <summary>Whether the request creates more than the secondary limits allow; then it is turned away.</summary>
    private async Task<bool> IsLimitedAsync(HttpListenerContext context)
    {
        if (Clock is not { } clock || context.Request.HttpMethod is not ("POST" or "PATCH"))
            return false;
        lock (_created)
        {
            var now = clock.GetUtcNow();
            if (_created.Count(time => now - time < TimeSpan.FromMinutes(1)) < 80 && _created.Count(time => now - time < TimeSpan.FromHours(1)) < 500)
            {
                _created.Add(now);
                return false;
            }

            _turnedAway++;
        }

        context.Response.Headers["Retry-After"] = "60";
        await WriteAsync(context, 403, new JsonObject { ["message"] = "You have exceeded a secondary rate limit and have been temporarily blocked from content creation. Please retry your request again later." });
        return true;
    }

    private async Task StoreAsync(HttpListenerContext context)
    {
        _calls.Enqueue("GET bytes");
        if (context.Request.Headers["Authorization"] is { } leaked)
            Leaks.Enqueue(leaked);
        if (Find(int.Parse(context.Request.Url!.AbsolutePath.Trim('/'), CultureInfo.InvariantCulture)) is not { } asset)
        {
            context.Response.StatusCode = 404;
            return;
        }

        var tag = $"\"{asset.Id}\"";
        context.Response.Headers["ETag"] = tag;
        var from = 0;
        if (context.Request.Headers["Range"] is { } range && (context.Request.Headers["If-Range"] is not { } only || only == tag))
        {
            from = int.Parse(range["bytes=".Length..].TrimEnd('-'), CultureInfo.InvariantCulture);
            context.Response.StatusCode = 206;
            context.Response.Headers["Content-Range"] = string.Create(CultureInfo.InvariantCulture, $"bytes {from}-{asset.Content.Length - 1}/{asset.Content.Length}");
        }

        context.Response.ContentLength64 = asset.Content.Length - from;
        if (_ordered.TryGetValue("GET bytes", out var queue) && queue.TryDequeue(out _))
        {
            await context.Response.OutputStream.WriteAsync(asset.Content.AsMemory(from, (asset.Content.Length - from) / 2));
            await context.Response.OutputStream.FlushAsync();
            Interlocked.Add(ref _bytesGiven, (asset.Content.Length - from) / 2);
            context.Response.Abort();
            return;
        }

        await context.Response.OutputStream.WriteAsync(asset.Content.AsMemory(from));
        Interlocked.Add(ref _bytesGiven, asset.Content.Length - from);
    }

    private static async Task WriteAsync(HttpListenerContext context, int status, JsonNode? body)
    {
        context.Response.StatusCode = status;
        if (body is null)
            return;
        context.Response.ContentType = "application/json; charset=utf-8";
        await context.Response.OutputStream.WriteAsync(System.Text.Encoding.UTF8.GetBytes(body.ToJsonString()));
    }
}
