using VenvBuild.Packaging;

namespace VenvBuild.Remote;

/// <summary>A place that environments are published to.</summary>
public interface IEnvironmentStore : IEnvironmentSource
{
    /// <summary>
    /// Puts an environment there: first the layers that the place lacks, then the signatures, then the description, so that whoever finds
    /// the description finds all. May be done again, after an interruption, too, and by several at once.
    /// </summary>
    /// <exception cref="DiagnosticException">The place cannot be written (exit code 4).</exception>
    Task<PublishOutcome> PublishAsync(Publication publication, CancellationToken cancellationToken);
}
