namespace VenvBuild.Testing;

/// <summary>A clock on which waiting takes no time: whoever waits for a moment finds that it is that moment.</summary>
public sealed class LeapingClock : TimeProvider
{
    private readonly Lock _lock = new();
    private DateTimeOffset _now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    /// <summary>How much time was waited for.</summary>
    public TimeSpan Waited { get; private set; }

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
            return _now;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        lock (_lock)
        {
            if (dueTime > TimeSpan.Zero)
            {
                // Those who wait side by side wait for the same moment, not one after another.
                var due = _now + dueTime;
                Waited += due - _now;
                _now = due;
            }
        }

        return System.CreateTimer(callback, state, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }
}
