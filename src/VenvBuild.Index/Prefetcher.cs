using System.Collections.Concurrent;
using VenvBuild.Packaging;
using VenvBuild.Resolver;

namespace VenvBuild.Index;

/// <summary>
/// Runs ahead of the solver: a page, the metadata of the newest version that fits, the pages that this one asks for, and so on. What it
/// asks for in vain costs time only, so it guesses, within bounds.
/// </summary>
internal sealed class Prefetcher(IPackageSource source, BackgroundWork background)
{
    private const int MaxDepth = 12;
    private const int MaxNames = 2000;

    private readonly ConcurrentDictionary<(PackageName Name, string Specifiers), bool> _seen = new();

    /// <summary>Begins to fetch; returns at once.</summary>
    public void Start(PackageName name, VersionSpecifiers specifiers) => Start(name, specifiers, 0);

    private void Start(PackageName name, VersionSpecifiers specifiers, int depth)
    {
        if (depth < MaxDepth && _seen.Count < MaxNames && _seen.TryAdd((name, specifiers.ToString()), true))
            background.Start(token => RunAsync(name, specifiers, depth, token));
    }

    private async Task RunAsync(PackageName name, VersionSpecifiers specifiers, int depth, CancellationToken cancellationToken)
    {
        var list = await source.GetReleasesAsync(name, cancellationToken).ConfigureAwait(false);
        if (Newest(list.Releases, specifiers) is not { } release)
            return;
        var answer = await source.GetMetadataAsync(release, cancellationToken).ConfigureAwait(false);
        foreach (var requirement in answer.Metadata?.RequiresDist ?? [])
        {
            if (requirement.Url is null && (requirement.Marker is not { } marker || (marker.Fields & MarkerFields.Extra) == 0))
                Start(requirement.Name, requirement.Specifiers, depth + 1);
        }
    }

    /// <summary>The newest final that fits and whose metadata is cheap to have.</summary>
    private static Release? Newest(IReadOnlyList<Release> releases, VersionSpecifiers specifiers)
    {
        for (var i = releases.Count - 1; i >= 0; i--)
        {
            var release = releases[i];
            if ((release.Version.IsPreRelease && !specifiers.NamesPreRelease) || !specifiers.Contains(release.Version))
                continue;
            if (release.Files is PageFiles { HasWheel: false })
                continue;
            var files = MetadataChoice.Of(release.Files);
            if (files[0].IsYanked || files[0].Wheel is null)
                continue;
            return files[0].HasCoreMetadata || files[0].Url.IsFile ? release : null;
        }

        return null;
    }
}
