using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>How a lock is to be proven.</summary>
public sealed record VerificationOptions
{
    /// <summary>
    /// Whether the indexes are asked anew for each pin, also where the cache would do, and each locked wheel's own metadata is looked at.
    /// </summary>
    public bool Online { get; init; }

    /// <summary>Where the lock came from: one from elsewhere may not name paths outside its folder.</summary>
    public LockOrigin Origin { get; init; } = LockOrigin.ThisMachine;

    /// <summary>Whether the lock is one that is not written yet, in which publishers are noted only then.</summary>
    internal bool IsUnattested { get; init; }

    /// <summary>
    /// The lock that was there before, whose pins may be kept although they were yanked since, or although a final release appeared; null
    /// where the lock stands for itself.
    /// </summary>
    public LockDocument? Previous { get; init; }
}
