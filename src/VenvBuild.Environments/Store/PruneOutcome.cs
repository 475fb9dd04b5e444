namespace VenvBuild.Environments;

/// <summary>What pruning did.</summary>
/// <param name="FreedBytes">How many bytes were removed.</param>
/// <param name="Removed">How many things were removed, not counting what interrupted runs left.</param>
/// <param name="KeptInUse">How many things would have gone, had not an environment or a running process used them.</param>
/// <param name="LeftBytes">How many bytes are left.</param>
public sealed record PruneOutcome(long FreedBytes, int Removed, int KeptInUse, long LeftBytes);
