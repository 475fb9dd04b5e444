using VenvBuild.Packaging;

namespace VenvBuild.Resolver;

/// <summary>A source that also offers what another keeps back.</summary>
internal sealed class WidenedSource(IPackageSource source, Func<PackageName, CancellationToken, ValueTask<IReadOnlyList<Release>>> more) : ChangedSource(source)
{
    public override async ValueTask<ReleaseList> GetReleasesAsync(PackageName name, CancellationToken cancellationToken)
    {
        var list = await base.GetReleasesAsync(name, cancellationToken).ConfigureAwait(false);
        var added = await more(name, cancellationToken).ConfigureAwait(false);
        if (added.Count == 0)
            return list;
        // Stable: what is offered stands before what was kept back of the same version, which then replaces it only where it has more files.
        var releases = list.Releases.Concat(added).GroupBy(release => release.Version).Select(same => same.MaxBy(release => release.Files.Count)!);
        return list with { Releases = [.. releases.OrderBy(release => release.Version)] };
    }
}
