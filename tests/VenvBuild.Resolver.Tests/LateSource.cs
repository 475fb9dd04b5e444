using VenvBuild.Packaging;

namespace VenvBuild.Resolver.Tests;

/// <summary>A source whose answers come late or at once, by chance.</summary>
internal sealed class LateSource(IPackageSource source, int seed) : IPackageSource
{
    private readonly Random _random = new(seed);

    public async ValueTask<ReleaseList> GetReleasesAsync(PackageName name, CancellationToken cancellationToken)
    {
        await WaitAsync();
        return await source.GetReleasesAsync(name, cancellationToken);
    }

    public async ValueTask<Release> GetDirectAsync(PackageName name, string address, CancellationToken cancellationToken)
    {
        await WaitAsync();
        return await source.GetDirectAsync(name, address, cancellationToken);
    }

    public async ValueTask<ReleaseMetadata> GetMetadataAsync(Release release, CancellationToken cancellationToken)
    {
        await WaitAsync();
        return await source.GetMetadataAsync(release, cancellationToken);
    }

    public void Prefetch(PackageName name, VersionSpecifiers specifiers) => source.Prefetch(name, specifiers);

    private async ValueTask WaitAsync()
    {
        for (var turns = _random.Next(4); turns > 0; turns--)
            await Task.Yield();
    }
}
