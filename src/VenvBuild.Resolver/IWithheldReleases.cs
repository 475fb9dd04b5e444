using VenvBuild.Packaging;

namespace VenvBuild.Resolver;

/// <summary>
/// What a source can add to say what it knows of and does not offer. Only a refusal asks, so that the remedies it names are true; a source
/// without it is refused with fewer hints.
/// </summary>
public interface IWithheldReleases
{
    /// <summary>The releases of a distribution that the manifest keeps from being offered, in no certain order.</summary>
    /// <exception cref="DiagnosticException">A place failed.</exception>
    ValueTask<IReadOnlyList<WithheldRelease>> GetWithheldAsync(PackageName name, CancellationToken cancellationToken);
}
