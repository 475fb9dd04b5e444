using System.Runtime.CompilerServices;
using VenvBuild.Packaging;

namespace VenvBuild.Resolver;

/// <summary>A release that would do on an index that is not asked for it. What was published too late is <see cref="TooNewRemedy"/>'s.</summary>
internal static class WithheldRemedy
{
    private const int MaxPackages = 8;
    private const int MaxNamed = 3;

    public static async IAsyncEnumerable<string> SeekAsync(RefusedFacts facts, Trial trial, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (trial.Source is not IWithheldReleases withholding)
            yield break;
        var withheld = new List<WithheldRelease>();
        foreach (var package in facts.Packages.Take(MaxPackages))
            withheld.AddRange(await withholding.GetWithheldAsync(package.Name, cancellationToken).ConfigureAwait(false));
        foreach (var alike in withheld.Where(release => release.Reason != WithheldReason.TooNew).GroupBy(release => (release.Reason, release.Place)).OrderBy(group => group.Key.Reason))
        {
            var (reason, place) = alike.Key;
            var claimed = await TakenAsync(new ClaimedSource(trial.Source, alike)).ConfigureAwait(false);
            var first = reason == WithheldReason.LaterIndex ? await TakenAsync(new FirstSource(trial.Source, withholding, place)).ConfigureAwait(false) : [];
            if ((first.Count > 0 ? first : claimed) is { Count: > 0 } taken)
                yield return Say(reason, place, taken, claimed, first.Count > 0);

            async Task<List<Release>> TakenAsync(IPackageSource changed)
            {
                var answer = await trial.SolveAsync(trial.Request, changed, cancellationToken).ConfigureAwait(false);
                return [.. alike.Select(release => release.Release)
                    .Where(release => answer?.Packages.Any(package => package.Name == release.Name && package.Version.Equals(release.Version)) == true)];
            }
        }
    }

    private static string Say(WithheldReason reason, string place, List<Release> taken, List<Release> claimed, bool canBeFirst)
    {
        var has = $"The index '{place}' has {string.Join(" and ", taken.Take(MaxNamed).Select(release => $"{release.Name} {release.Version}"))}, which would do, but";
        if (reason != WithheldReason.LaterIndex)
            return $"{has} by the 'packages' of the indexes it is not asked for that name: add the name to those of '{place}'.";
        var names = string.Join(", ", claimed.Select(release => release.Name).Distinct());
        var changes = (canBeFirst, claimed.Count > 0) switch
        {
            (true, true) => $"put '{place}' first, or give it 'packages: [{names}]'",
            (true, false) => $"put '{place}' first",
            _ => $"give '{place}' 'packages: [{names}]'",
        };
        return $"{has} an index before it has the name: {changes}.";
    }

    /// <summary>A source whose index is asked for some names only, and these nowhere else.</summary>
    private sealed class ClaimedSource(IPackageSource source, IEnumerable<WithheldRelease> claimed) : ChangedSource(source)
    {
        private readonly ILookup<PackageName, Release> _claimed = claimed.ToLookup(release => release.Release.Name, release => release.Release);
        private readonly Uri? _index = claimed.First().Release.Index;

        public override async ValueTask<ReleaseList> GetReleasesAsync(PackageName name, CancellationToken cancellationToken)
        {
            var list = await base.GetReleasesAsync(name, cancellationToken).ConfigureAwait(false);
            return _claimed.Contains(name)
                ? list with { Releases = [.. _claimed[name].OrderBy(release => release.Version)] }
                : list with { Releases = [.. list.Releases.Where(release => _index is null || release.Index != _index)] };
        }
    }

    /// <summary>A source whose index comes before all others.</summary>
    private sealed class FirstSource(IPackageSource source, IWithheldReleases withholding, string place) : ChangedSource(source)
    {
        public override async ValueTask<ReleaseList> GetReleasesAsync(PackageName name, CancellationToken cancellationToken)
        {
            var list = await base.GetReleasesAsync(name, cancellationToken).ConfigureAwait(false);
            var withheld = await withholding.GetWithheldAsync(name, cancellationToken).ConfigureAwait(false);
            var later = withheld.Where(release => release.Reason == WithheldReason.LaterIndex && string.Equals(release.Place, place, StringComparison.Ordinal)).ToList();
            return later.Count == 0 ? list : list with { Releases = [.. later.Select(release => release.Release).OrderBy(release => release.Version)] };
        }
    }
}
