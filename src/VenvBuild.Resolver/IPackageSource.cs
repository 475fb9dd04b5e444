using VenvBuild.Packaging;

namespace VenvBuild.Resolver;

/// <summary>
/// Where the solver learns what exists. The solver does no I/O of its own: a source fetches, caches and runs ahead. What it answers for
/// one name or release never changes while a solve runs.
/// </summary>
public interface IPackageSource
{
    /// <summary>The releases of a distribution, or one with no releases when no index knows the name.</summary>
    /// <exception cref="DiagnosticException">The index failed, or answered what cannot be trusted.</exception>
    ValueTask<ReleaseList> GetReleasesAsync(PackageName name, CancellationToken cancellationToken);

    /// <summary>The release that lies at an address that a person asks for; its metadata can be used. No index is asked.</summary>
    /// <param name="name">The distribution that must lie there.</param>
    /// <param name="address">The address as the request has it.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="DiagnosticException">Nothing lies there, something else does, or only a build could tell what it needs.</exception>
    ValueTask<Release> GetDirectAsync(PackageName name, string address, CancellationToken cancellationToken);

    /// <summary>The core metadata of a release, or why there is none that can be used.</summary>
    /// <exception cref="DiagnosticException">The index failed, or answered what cannot be trusted.</exception>
    ValueTask<ReleaseMetadata> GetMetadataAsync(Release release, CancellationToken cancellationToken);

    /// <summary>
    /// A hint that these will soon be asked for: the releases of the name, then the metadata of the newest that fits. Returns at once and
    /// never fails; a source without latency may ignore it.
    /// </summary>
    void Prefetch(PackageName name, VersionSpecifiers specifiers);
}
