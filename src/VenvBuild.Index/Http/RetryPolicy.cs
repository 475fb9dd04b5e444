namespace VenvBuild.Index;

/// <summary>How often and after what pauses a request is repeated that failed for a reason that may pass.</summary>
internal sealed record RetryPolicy
{
    public int Attempts { get; init; } = 5;

    public TimeSpan FirstPause { get; init; } = TimeSpan.FromMilliseconds(250);

    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A server that asks for more patience than this is said to have failed.</summary>
    public TimeSpan LongestRetryAfter { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The pause after the given attempt (from 1): doubled each time, and shortened by chance so that clients spread out.</summary>
    public TimeSpan PauseAfter(int attempt, TimeSpan? retryAfter)
    {
        if (retryAfter is { } asked)
            return asked;
        var longest = Math.Min(FirstPause.TotalMilliseconds * Math.Pow(2, attempt - 1), LongestPause.TotalMilliseconds);
#pragma warning disable CA5394 // Chance spreads load here; it guards nothing.
        return TimeSpan.FromMilliseconds(longest * (0.5 + Random.Shared.NextDouble() / 2));
#pragma warning restore CA5394
    }
}
