using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>Solves a manifest's requests into its lock. What stands behind it may be exchanged; the lock has the same form and means the same.</summary>
public interface ILockResolver
{
    /// <summary>Makes the lock.</summary>
    /// <param name="previous">The lock whose pins are kept as long as they fit, or null.</param>
    /// <param name="options">Which of those pins are forgotten.</param>
    /// <param name="cancellationToken">Stops the solve.</param>
    /// <exception cref="DiagnosticException">There is no such lock, an index failed, or an option makes no sense.</exception>
    Task<LockDocument> RunAsync(LockDocument? previous, LockOptions options, CancellationToken cancellationToken);
}
