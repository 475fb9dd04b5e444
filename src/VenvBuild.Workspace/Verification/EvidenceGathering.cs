using VenvBuild.Index;
using VenvBuild.Packaging;
using VenvBuild.Resolver;

namespace VenvBuild.Workspace;

/// <summary>
/// Gathers what the manifest's indexes say of each pin. A file's digest binds it to the index's page, and the page to its metadata: the
/// addresses in the lock are never asked.
/// </summary>
internal sealed class EvidenceGathering(IPackageSource source)
{
    private const int Concurrency = 256;

    /// <summary>The evidence for each pin, in their order.</summary>
    /// <exception cref="DiagnosticException">An index failed.</exception>
    public async Task<IReadOnlyList<PinEvidence>> GatherAsync(Manifest manifest, IReadOnlyList<LockedPackage> pins, CancellationToken cancellationToken)
    {
        var evidence = new PinEvidence[pins.Count];
        var options = new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, pins.Count, options, async (i, token) => evidence[i] = await OfAsync(manifest, pins[i], token).ConfigureAwait(false)).ConfigureAwait(false);
        return evidence;
    }

    private async ValueTask<PinEvidence> OfAsync(Manifest manifest, LockedPackage pin, CancellationToken cancellationToken)
    {
        if (pin.Vcs is not null || pin.Directory is not null || pin.Archive is not null)
            return await OfDirectAsync(manifest, pin, cancellationToken).ConfigureAwait(false);
        ReleaseList? list = null;
        Release? release = null;
        try
        {
            list = await source.GetReleasesAsync(pin.Name, cancellationToken).ConfigureAwait(false);
            release = Find(list, pin.Version);
            if (source is CacheFirstSource cacheFirst && (release is null || !Lists(release, pin)))
            {
                // What is newer than the cached page is no forgery.
                list = await cacheFirst.GetFreshReleasesAsync(pin.Name, cancellationToken).ConfigureAwait(false);
                release = Find(list, pin.Version);
            }

            if (release is null)
                return new(pin, list, null, null);
            var answer = await source.GetMetadataAsync(release, cancellationToken).ConfigureAwait(false);
            return new(pin, list, release, answer.Metadata) { Problem = answer.Metadata is null ? $"Its metadata cannot be used: {answer.Problem}." : null };
        }
        catch (DiagnosticException failure) when (PackageIndex.IsNotCached(failure))
        {
            return new(pin, list, release, null) { Problem = failure.Diagnostics[0].Message };
        }
    }

    /// <summary>What lies at the addresses by which the manifest asks for a name; others are never asked.</summary>
    private async ValueTask<PinEvidence> OfDirectAsync(Manifest manifest, LockedPackage pin, CancellationToken cancellationToken)
    {
        var addresses = manifest.Requirements.Concat(manifest.Groups.SelectMany(group => group.Requirements)).Concat(manifest.Overrides)
            .Where(entry => entry.Requirement.Name == pin.Name && entry.Requirement.Url is not null)
            .Select(entry => RequirementAddress.WithoutCredentials(entry.Requirement).Url!)
            .Distinct(StringComparer.Ordinal);
        try
        {
            foreach (var address in addresses)
            {
                var release = await source.GetDirectAsync(pin.Name, address, cancellationToken).ConfigureAwait(false);
                if (!IsOf(pin, release))
                    continue;
                var answer = await source.GetMetadataAsync(release, cancellationToken).ConfigureAwait(false);
                return new(pin, null, release, answer.Metadata) { Problem = answer.Metadata is null ? $"Its metadata cannot be used: {answer.Problem}." : null };
            }
        }
        catch (DiagnosticException failure) when (PackageIndex.IsNotCached(failure))
        {
            return new(pin, null, null, null) { Problem = failure.Diagnostics[0].Message };
        }

        return new(pin, null, null, null);
    }

    private static bool IsOf(LockedPackage pin, Release release) => release.Direct!.IsFolder
        ? pin is { Directory: not null, Version: null }
        : pin.Archive is not null && release.Version.Equals(pin.Version);

    private static bool Lists(Release release, LockedPackage pin)
    {
        var names = release.Files.Select(file => file.FileName).ToHashSet(StringComparer.Ordinal);
        return pin.Wheels.All(wheel => names.Contains(wheel.Name)) && (pin.Sdist is not { } sdist || names.Contains(sdist.Name));
    }

    private static Release? Find(ReleaseList list, PackageVersion? version)
    {
        if (version is null)
            return null;
        foreach (var (start, _) in VersionSet.Single(version).RunsIn(list.Releases, static release => release.Version))
            return list.Releases[start];
        return null;
    }
}
