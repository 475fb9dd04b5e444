namespace VenvBuild.Remote;

/// <summary>
/// Keeps what creates content below what GitHub takes of one user: 80 such requests a minute and 500 an hour (secondary limits of the REST
/// API, which an Enterprise server has not unless somebody sets them). Whoever sends more is turned away for minutes.
/// </summary>
/// <param name="clock">The time.</param>
/// <param name="paused">Told how long it waits, once for each wait.</param>
internal sealed class GitHubPace(TimeProvider clock, Action<TimeSpan>? paused)
{
    private const int PerMinute = 80;
    private const int PerHour = 500;

    private readonly Lock _lock = new();
    private readonly Queue<DateTimeOffset> _lastHour = new();
    private readonly Queue<DateTimeOffset> _lastMinute = new();
    private DateTimeOffset _saidUntil;
    private int _running;

    /// <summary>Waits until one more request may be sent. It counts from now until a minute, and an hour, after it has ended: GitHub counts when it comes.</summary>
    public async Task<IDisposable> TakeAsync(CancellationToken cancellationToken)
    {
        while (Take() is var pause && pause > TimeSpan.Zero)
            await Task.Delay(pause, clock, cancellationToken).ConfigureAwait(false);
        return new Turn(this);
    }

    private TimeSpan Take()
    {
        lock (_lock)
        {
            var now = clock.GetUtcNow();
            var until = Max(Free(_lastMinute, now, TimeSpan.FromMinutes(1), PerMinute), Free(_lastHour, now, TimeSpan.FromHours(1), PerHour));
            if (until <= now)
            {
                _running++;
                return TimeSpan.Zero;
            }

            // Uploads side by side wait for the same moment; it is said once.
            if (until > _saidUntil)
                paused?.Invoke(until - now);
            _saidUntil = Max(until, _saidUntil);
            return until - now;
        }
    }

    private void End()
    {
        lock (_lock)
        {
            _running--;
            var now = clock.GetUtcNow();
            _lastMinute.Enqueue(now);
            _lastHour.Enqueue(now);
        }
    }

    /// <summary>When a window has room.</summary>
    private DateTimeOffset Free(Queue<DateTimeOffset> taken, DateTimeOffset now, TimeSpan window, int most)
    {
        while (taken.TryPeek(out var oldest) && now - oldest >= window)
            taken.Dequeue();
        return taken.Count + _running < most ? now : taken.TryPeek(out var first) ? first + window : now + window;
    }

    private static DateTimeOffset Max(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    private sealed class Turn(GitHubPace pace) : IDisposable
    {
        private GitHubPace? _pace = pace;

        public void Dispose() => Interlocked.Exchange(ref _pace, null)?.End();
    }
}
