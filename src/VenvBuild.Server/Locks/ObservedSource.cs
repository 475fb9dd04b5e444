using System.Collections.Concurrent;
using VenvBuild.Packaging;
using VenvBuild.Resolver;

namespace VenvBuild.Server;

/// <summary>Keeps what a solve learns, for the catalog, and ends one that asks for more projects than it may.</summary>
internal sealed class ObservedSource(IPackageSource inner, int maxProjects) : IPackageSource
{
    private readonly ConcurrentDictionary<PackageName, ReleaseList> _lists = new();
    private readonly ConcurrentDictionary<(PackageName, PackageVersion), (Release Release, CoreMetadata Metadata)> _metadata = new();

    public Observation ToObservation() => new([.. _lists.Values], [.. _metadata.Values]);

    public async ValueTask<ReleaseList> GetReleasesAsync(PackageName name, CancellationToken cancellationToken)
    {
        var list = await inner.GetReleasesAsync(name, cancellationToken);
        _lists[name] = list;
        if (_lists.Count > maxProjects)
        {
            throw new DiagnosticException(ExitCode.Unsatisfiable, Diagnostic.Error(
                ServerCodes.Bound, $"The requests lead to more than {maxProjects} projects, which is more than this server looks at."));
        }

        return list;
    }

    public ValueTask<Release> GetDirectAsync(PackageName name, string address, CancellationToken cancellationToken) =>
        inner.GetDirectAsync(name, address, cancellationToken);

    public async ValueTask<ReleaseMetadata> GetMetadataAsync(Release release, CancellationToken cancellationToken)
    {
        var answer = await inner.GetMetadataAsync(release, cancellationToken);
        if (answer.Metadata is { } metadata)
            _metadata[(release.Name, release.Version)] = (release, metadata);
        return answer;
    }

    public void Prefetch(PackageName name, VersionSpecifiers specifiers) => inner.Prefetch(name, specifiers);
}
