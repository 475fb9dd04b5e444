namespace VenvBuild.Workspace;

/// <summary>What is known against the pins of a lock.</summary>
/// <param name="LockPath">The lock, absolute.</param>
/// <param name="Packages">How many pins were looked at.</param>
/// <param name="Records">How many records were read, those about other distributions included.</param>
/// <param name="Findings">The vulnerable pins, by name and record.</param>
/// <param name="Ignored">The records that hold and were to be ignored, by id.</param>
public sealed record AuditOutcome(string LockPath, int Packages, int Records, IReadOnlyList<AuditFinding> Findings, IReadOnlyList<string> Ignored);
