namespace VenvBuild.Server.Tests;

/// <summary>The system's clock, which a test puts forward.</summary>
internal sealed class MovableClock : TimeProvider
{
    private long _ahead;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(Interlocked.Read(ref _ahead));

    public void Advance(TimeSpan span) => Interlocked.Add(ref _ahead, span.Ticks);
}
