using System.Collections.Concurrent;
using VenvBuild.Packaging;
using VenvBuild.Resolver;

namespace VenvBuild.Server;

/// <summary>Ends a solve that asks for more projects than it may.</summary>
internal sealed class BoundedSource(IPackageSource inner, int maxProjects) : IPackageSource
{
    private readonly ConcurrentDictionary<PackageName, bool> _names = new();

    public ValueTask<ReleaseList> GetReleasesAsync(PackageName name, CancellationToken cancellationToken)
    {
        if (_names.TryAdd(name, true) && _names.Count > maxProjects)
        {
            throw new DiagnosticException(ExitCode.Unsatisfiable, Diagnostic.Error(
                ServerCodes.Bound, $"The requests lead to more than {maxProjects} projects, which is more than this server looks at.",
                remedy: "Ask for less, or lock without the server (--no-server); whoever runs it can raise Limits:Projects."));
        }

        return inner.GetReleasesAsync(name, cancellationToken);
    }

    public ValueTask<Release> GetDirectAsync(PackageName name, string address, CancellationToken cancellationToken) =>
        inner.GetDirectAsync(name, address, cancellationToken);

    public ValueTask<ReleaseMetadata> GetMetadataAsync(Release release, CancellationToken cancellationToken) => inner.GetMetadataAsync(release, cancellationToken);

    public void Prefetch(PackageName name, VersionSpecifiers specifiers) => inner.Prefetch(name, specifiers);
}
