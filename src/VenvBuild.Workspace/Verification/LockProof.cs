using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>What came of proving a lock.</summary>
/// <param name="Document">The lock, or null when its text is none.</param>
/// <param name="Findings">What keeps it from being proven right, the gravest first; none when it is proven.</param>
/// <param name="Pins">How many pins were looked at.</param>
/// <param name="Targets">How many targets they were proven for.</param>
public sealed record LockProof(LockDocument? Document, IReadOnlyList<LockFinding> Findings, int Pins, int Targets)
{
    /// <summary>Whether the lock answers the manifest, on every target, by what the pins themselves say.</summary>
    public bool IsProven => Document is not null && Findings.Count == 0;
}
