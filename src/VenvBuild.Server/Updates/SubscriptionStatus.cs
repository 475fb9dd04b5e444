namespace VenvBuild.Server;

/// <summary>A subscribed lock and what the newest look for updates found.</summary>
/// <param name="Id">Its name: 16 hexadecimal digits.</param>
/// <param name="Name">What people call it.</param>
/// <param name="State"><c>waiting</c>, <c>solving</c>, <c>current</c>, <c>building</c>, <c>ready</c> (updates that can be taken) or <c>failed</c>.</param>
/// <param name="Hours">How often updates are looked for, in hours.</param>
/// <param name="Builds">Whether updates are built.</param>
/// <param name="Lock">The lock in use, <c>sha256:</c> and its digest.</param>
/// <param name="NextLock">The lock with the updates; null where there are none.</param>
/// <param name="Updates">What is different in it.</param>
/// <param name="Reason">Why it failed.</param>
/// <param name="Looked">When updates were looked for.</param>
/// <param name="Grid">The builds of the lock with the updates; null where none were asked for.</param>
/// <param name="Links">Where more is.</param>
internal sealed record SubscriptionStatus(
    string Id, string Name, string State, int Hours, bool Builds, string Lock, string? NextLock, IReadOnlyList<LockDifference> Updates, string? Reason,
    DateTimeOffset? Looked, GridStatus? Grid, IReadOnlyDictionary<string, string> Links)
{
    public const string Waiting = "waiting";
    public const string Solving = "solving";
    public const string Current = "current";
    public const string Building = "building";
    public const string Ready = "ready";
    public const string Failed = "failed";
}
