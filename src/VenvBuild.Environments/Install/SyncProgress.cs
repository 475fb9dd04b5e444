namespace VenvBuild.Environments;

/// <summary>How far a sync is.</summary>
/// <param name="Phase">What is being done.</param>
/// <param name="Done">How many of <paramref name="Total"/> are done.</param>
/// <param name="Total">How many there are to do.</param>
/// <param name="Item">What was done last, or null.</param>
public readonly record struct SyncProgress(SyncPhase Phase, int Done, int Total, string? Item = null);
