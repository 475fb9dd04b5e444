namespace VenvBuild.Workspace;

/// <summary>What a finding means for the lock.</summary>
public enum LockFindingKind
{
    /// <summary>The lock is wrong.</summary>
    Wrong,

    /// <summary>It could not be proven that the lock is right: what would prove it was not at hand.</summary>
    Unproven,
}
