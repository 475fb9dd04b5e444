using VenvBuild.Index;
using VenvBuild.Packaging;
using VenvBuild.Resolver;

namespace VenvBuild.Workspace;

/// <summary>
/// Answers from the cache, whatever its age, and asks the indexes only for what it lacks: that a file was once listed with a digest stays
/// evidence, and what has changed since is a matter of <c>--online</c>.
/// </summary>
internal sealed class CacheFirstSource : IPackageSource, IAsyncDisposable
{
    private readonly PackageIndex _index, _live;

    /// <summary>Makes ready.</summary>
    /// <param name="settings">What the indexes are opened with.</param>
    /// <param name="live">The same indexes as they are today.</param>
    public CacheFirstSource(IndexOptions settings, PackageIndex live)
    {
        _index = new(settings with { AcceptExpired = true });
        _live = live;
    }

    /// <inheritdoc/>
    public ValueTask<ReleaseList> GetReleasesAsync(PackageName name, CancellationToken cancellationToken) => _index.GetReleasesAsync(name, cancellationToken);

    /// <summary>All releases of a name as the indexes list it today.</summary>
    public ValueTask<ReleaseList> GetFreshReleasesAsync(PackageName name, CancellationToken cancellationToken) => _live.GetReleasesAsync(name, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Release> GetDirectAsync(PackageName name, string address, CancellationToken cancellationToken) => _index.GetDirectAsync(name, address, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ReleaseMetadata> GetMetadataAsync(Release release, CancellationToken cancellationToken) => _index.GetMetadataAsync(release, cancellationToken);

    /// <inheritdoc/>
    public void Prefetch(PackageName name, VersionSpecifiers specifiers)
    {
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _index.DisposeAsync();
}
