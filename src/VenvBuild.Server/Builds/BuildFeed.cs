using System.Globalization;
using System.Text;
using System.Text.Json;
using VenvBuild.Remote;

namespace VenvBuild.Server;

/// <summary>
/// A build's log as it grows, read from the database once for all who follow it: when something was written, and once a second in case
/// nobody said so. It holds the newest lines, each as the bytes of its event.
/// </summary>
internal sealed class BuildFeed(string key, BuildStore builds, Action<BuildFeed> left) : IDisposable
{
    private const int Kept = 2000;
    private const int LinesAtOnce = 500;

    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly List<(BuildLine Line, byte[] Event)> _lines = [];
    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly CancellationTokenSource _stop = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _readers;
    private bool _isClosed;
    private long _last;
    private string? _state;
    private long? _endSeen;
    private string? _end;

    /// <summary>One more follows it; false when it follows nothing any more.</summary>
    public bool Join()
    {
        lock (_lock)
        {
            if (_isClosed)
                return false;
            if (_readers++ == 0)
                _ = Task.Run(FollowAsync);
            return true;
        }
    }

    /// <summary>Something was written.</summary>
    public void Wake()
    {
        try
        {
            if (_wake.CurrentCount == 0)
                _wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // Somebody else said so.
        }
    }

    /// <summary>
    /// The events after a line, as far as they are held; where those just after it are not, <c>IsBehind</c>. With no events, <c>End</c> is the
    /// state in which the build has ended, or null while it goes on, and <c>Changed</c> ends when there is more.
    /// </summary>
    public (IReadOnlyList<(BuildLine Line, byte[] Event)> Lines, bool IsBehind, string? End, Task Changed) Look(long after)
    {
        lock (_lock)
        {
            if (_lines.Count > 0 && _lines[0].Line.Sequence > after + 1 && after < _last)
                return ([], true, null, _changed.Task);
            var from = _lines.Count - 1;
            while (from >= 0 && _lines[from].Line.Sequence > after)
                from--;
            return (_lines.GetRange(from + 1, _lines.Count - from - 1), false, _end, _changed.Task);
        }
    }

    /// <summary>A line as an event.</summary>
    public static byte[] EventOf(BuildLine line) =>
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"id: {line.Sequence}\nevent: {line.Kind}\ndata: {Quoted(line.Text)}\n\n"));

    /// <summary>As a JSON string: one line, whatever is in it.</summary>
    public static string Quoted(string text) => JsonSerializer.Serialize(text, RemoteJson.Default.String);

    /// <summary>One less follows it.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (--_readers > 0)
                return;
            _isClosed = true;
        }

        left(this);
        _stop.Cancel();
    }

    private async Task FollowAsync()
    {
        try
        {
            while (!await ReadAsync())
                await _wake.WaitAsync(LookInterval, _stop.Token);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Nobody reads it any more.
        }
    }

    /// <summary>Reads what is new.</summary>
    /// <returns>Whether the build has ended, and all of its lines are here.</returns>
    private async Task<bool> ReadAsync()
    {
        try
        {
            while (true)
            {
                // The row first: lines of an end that it tells of are there then, or come by themselves.
                var build = await builds.FindAsync(key, _stop.Token);
                var lines = await builds.ReadLinesAsync(key, _last, LinesAtOnce, _stop.Token);
                var isEnd = lines.Count == 0 && build is null or { State: BuildState.Ready or BuildState.Failed or BuildState.Cancelled };
                if (lines.Count == 0 && !isEnd)
                    return false;
                // The line of the end is written after the row. It is waited for a moment, in which its writer may have died.
                if (isEnd && build is not null && _state != BuildStore.StateName(build.State)
                    && Environment.TickCount64 - (_endSeen ??= Environment.TickCount64) < LookInterval.TotalMilliseconds)
                {
                    return false;
                }

                lock (_lock)
                {
                    _lines.AddRange(lines.Select(line => (line, EventOf(line))));
                    if (_lines.Count > Kept)
                        _lines.RemoveRange(0, _lines.Count - Kept);
                    if (lines.Count > 0)
                        _last = lines[^1].Sequence;
                    if (lines.LastOrDefault(line => line.Kind == BuildLine.State) is { } stated)
                        (_state, _endSeen) = (stated.Text, null);
                    if (isEnd)
                        (_end, _isClosed) = (build is null ? "" : BuildStore.StateName(build.State), true);
                    _changed.TrySetResult();
                    _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
                }

                if (isEnd)
                {
                    // Who comes now begins anew: a build that failed may be tried again.
                    left(this);
                    return true;
                }
            }
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // A database that is away for a moment; it is asked again.
            return false;
        }
    }
}
