using System.Globalization;
using VenvBuild.Packaging;

namespace VenvBuild.Server;

/// <summary>
/// A build's log as server-sent events: <c>state</c> and <c>log</c>, each with its line's number, so that a reader who comes back goes on
/// where it was. The stream ends when the build has.
/// </summary>
internal static class BuildEvents
{
    private const int LinesAtOnce = 500;

    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    public static async Task<IResult> SendAsync(string key, HttpContext context, BuildStore builds, BuildFeeds feeds, IHostApplicationLifetime lifetime)
    {
        // A server that stops does not wait for those who read: they come back elsewhere, and go on where they were.
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        var stop = ending.Token;
        if (!Sha256Digest.TryParse(key, out var digest) || await builds.FindAsync(digest.ToString(), stop) is not { } build)
            return Problems.NotFound("Nobody has asked for an environment with this key.");
        var last = context.Request.Headers["Last-Event-ID"].ToString();
        if (!long.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out var after))
            after = 0;
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["X-Accel-Buffering"] = "no";
        try
        {
            using var feed = feeds.Open(build.Key);
            await SendAsync(context.Response, builds, feed, build.Key, after, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The reader went away.
        }

        return Results.Empty;
    }

    private static async Task SendAsync(HttpResponse response, BuildStore builds, BuildFeed feed, string key, long after, CancellationToken cancellationToken)
    {
        var state = "";
        await response.StartAsync(cancellationToken);
        while (true)
        {
            var (lines, isBehind, end, changed) = feed.Look(after);
            // A reader who begins long before what the feed still holds catches up by itself.
            if (isBehind)
                lines = [.. (await builds.ReadLinesAsync(key, after, LinesAtOnce, cancellationToken)).Select(line => (line, BuildFeed.EventOf(line)))];
            foreach (var (line, bytes) in lines)
            {
                await response.Body.WriteAsync(bytes, cancellationToken);
                after = line.Sequence;
                if (line.Kind == BuildLine.State)
                    state = line.Text;
            }

            if (end is not null)
            {
                // Said again to those who had heard it before, or where a server died before it wrote the line.
                if (end.Length > 0 && state != end)
                    await response.WriteAsync($"event: state\ndata: {BuildFeed.Quoted(end)}\n\n", cancellationToken);
                return;
            }

            await response.Body.FlushAsync(cancellationToken);
            if (isBehind || await EndsAsync(changed, Heartbeat, cancellationToken))
                continue;
            await response.WriteAsync(": still here\n\n", cancellationToken);
        }
    }

    private static async Task<bool> EndsAsync(Task task, TimeSpan within, CancellationToken cancellationToken)
    {
        await task.WaitAsync(within, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        return task.IsCompleted;
    }
}
