namespace VenvBuild.Workspace;

/// <summary>What became of one manifest's lock.</summary>
/// <param name="ManifestPath">The manifest, absolute.</param>
/// <param name="LockPath">The lock, absolute.</param>
/// <param name="State">What was found or done.</param>
/// <param name="Packages">How many pins the lock holds.</param>
/// <param name="Changes">What is different from the previous lock or, for a check, why the lock is stale: a line each.</param>
public sealed record LockOutcome(string ManifestPath, string LockPath, LockState State, int Packages, IReadOnlyList<string> Changes);
