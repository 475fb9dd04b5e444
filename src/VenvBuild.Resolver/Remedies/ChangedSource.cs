using VenvBuild.Packaging;

namespace VenvBuild.Resolver;

/// <summary>A source of which the releases on offer are changed for a trial.</summary>
internal abstract class ChangedSource(IPackageSource source) : IPackageSource
{
    public virtual ValueTask<ReleaseList> GetReleasesAsync(PackageName name, CancellationToken cancellationToken) =>
        source.GetReleasesAsync(name, cancellationToken);

    public ValueTask<Release> GetDirectAsync(PackageName name, string address, CancellationToken cancellationToken) =>
        source.GetDirectAsync(name, address, cancellationToken);

    public ValueTask<ReleaseMetadata> GetMetadataAsync(Release release, CancellationToken cancellationToken) =>
        source.GetMetadataAsync(release, cancellationToken);

    public void Prefetch(PackageName name, VersionSpecifiers specifiers)
    {
        // Trials are made when all that matters was fetched.
    }
}
