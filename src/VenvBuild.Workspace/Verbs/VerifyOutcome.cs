namespace VenvBuild.Workspace;

/// <summary>What came of <c>verify</c>.</summary>
/// <param name="ManifestPath">The manifest, absolute.</param>
/// <param name="LockPath">The lock, absolute.</param>
/// <param name="IsProven">Whether nothing was found against the lock, and nothing was left unproven.</param>
/// <param name="Packages">How many pins the lock holds.</param>
/// <param name="Targets">How many targets they were proven for, told apart as finely as markers do.</param>
/// <param name="Findings">What was found, the gravest first.</param>
public sealed record VerifyOutcome(
    string ManifestPath, string LockPath, bool IsProven, int Packages, int Targets, IReadOnlyList<LockFinding> Findings)
{
    /// <summary>How many of the pins had to be attested to by a publisher that the manifest names (PEP 740), and were.</summary>
    public int AttestedPins { get; init; }

    /// <summary>Whether a log of signatures was held against it, which knows when they were made; else that is their own word.</summary>
    public bool IsSigningLogged { get; init; }
}
