using VenvBuild.Index;
using VenvBuild.Packaging;
using VenvBuild.Resolver;

namespace VenvBuild.Workspace;

/// <summary>
/// Answers from the cache, whatever its age, and asks the indexes only for what it lacks: that a file was once listed with a digest stays
/// evidence, and what has changed since is a matter of <c>--online</c>.
/// </summary>
internal sealed class CacheFirstSource(PackageIndex cache, PackageIndex live) : IPackageSource
{
    /// <inheritdoc/>
    public async ValueTask<ReleaseList> GetReleasesAsync(PackageName name, CancellationToken cancellationToken)
    {
        try
        {
            return await cache.GetReleasesAsync(name, cancellationToken).ConfigureAwait(false);
        }
        catch (DiagnosticException failure) when (PackageIndex.IsNotCached(failure))
        {
            return await live.GetReleasesAsync(name, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>All releases of a name as the indexes list it today.</summary>
    public ValueTask<ReleaseList> GetFreshReleasesAsync(PackageName name, CancellationToken cancellationToken) => live.GetReleasesAsync(name, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<Release> GetDirectAsync(PackageName name, string address, CancellationToken cancellationToken)
    {
        try
        {
            return await cache.GetDirectAsync(name, address, cancellationToken).ConfigureAwait(false);
        }
        catch (DiagnosticException failure) when (PackageIndex.IsNotCached(failure))
        {
            return await live.GetDirectAsync(name, address, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<ReleaseMetadata> GetMetadataAsync(Release release, CancellationToken cancellationToken)
    {
        try
        {
            return await cache.GetMetadataAsync(release, cancellationToken).ConfigureAwait(false);
        }
        catch (DiagnosticException failure) when (PackageIndex.IsNotCached(failure))
        {
            return await live.GetMetadataAsync(release, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public void Prefetch(PackageName name, VersionSpecifiers specifiers)
    {
    }
}
