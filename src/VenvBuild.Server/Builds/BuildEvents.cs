using System.Globalization;
using System.Text;
using System.Text.Json;
using VenvBuild.Packaging;
using VenvBuild.Remote;

namespace VenvBuild.Server;

/// <summary>
/// A build's log as server-sent events: <c>state</c> and <c>log</c>, each with its line's number, so that a reader who comes back goes on
/// where it was. The stream ends when the build has.
/// </summary>
internal static class BuildEvents
{
    private const int LinesAtOnce = 500;

    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    public static async Task<IResult> SendAsync(string key, HttpContext context, BuildStore builds)
    {
        var stop = context.RequestAborted;
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
            await SendAsync(context.Response, builds, build.Key, after, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The reader went away.
        }

        return Results.Empty;
    }

    private static async Task SendAsync(HttpResponse response, BuildStore builds, string key, long after, CancellationToken cancellationToken)
    {
        var (state, silent) = ("", TimeSpan.Zero);
        while (true)
        {
            // The row first: lines of an end that it tells of are there then, or come by themselves.
            var build = await builds.FindAsync(key, cancellationToken);
            var lines = await builds.ReadLinesAsync(key, after, LinesAtOnce, cancellationToken);
            foreach (var line in lines)
            {
                await response.WriteAsync(Event(line), cancellationToken);
                after = line.Sequence;
                if (line.Kind == BuildLine.State)
                    state = line.Text;
            }

            if (lines.Count == 0 && build is null or { State: BuildState.Ready or BuildState.Failed or BuildState.Cancelled })
            {
                var final = build is null ? state : BuildStore.StateName(build.State);
                // Said again to those who had heard it before, or where a server died before it wrote the line.
                if (state != final)
                    await response.WriteAsync($"event: state\ndata: {Quoted(final)}\n\n", cancellationToken);
                return;
            }

            silent = lines.Count > 0 ? TimeSpan.Zero : silent + LookInterval;
            if (silent >= Heartbeat)
            {
                await response.WriteAsync(": still here\n\n", cancellationToken);
                silent = TimeSpan.Zero;
            }

            await response.Body.FlushAsync(cancellationToken);
            if (lines.Count == 0)
                await Task.Delay(LookInterval, cancellationToken);
        }
    }

    private static string Event(BuildLine line) =>
        new StringBuilder().Append(CultureInfo.InvariantCulture, $"id: {line.Sequence}\nevent: {line.Kind}\ndata: {Quoted(line.Text)}\n\n").ToString();

    /// <summary>As a JSON string: one line, whatever is in it.</summary>
    private static string Quoted(string text) => JsonSerializer.Serialize(text, RemoteJson.Default.String);
}
