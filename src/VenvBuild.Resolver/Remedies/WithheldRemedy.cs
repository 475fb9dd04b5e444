using System.Runtime.CompilerServices;

namespace VenvBuild.Resolver;

/// <summary>A release that would do and that is not offered: it is on an index that is not asked. What was published too late is <see cref="TooNewRemedy"/>'s.</summary>
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
        foreach (var alike in withheld.Where(release => release.Reason != WithheldReason.TooNew).GroupBy(release => release.Reason).OrderBy(group => group.Key))
        {
            var changed = new WidenedSource(trial.Source, alike.ToLookup(release => release.Release.Name, release => release.Release));
            if (await trial.SolveAsync(trial.Request, changed, cancellationToken).ConfigureAwait(false) is not { } answer)
                continue;
            var taken = alike.Where(release => answer.Packages.Any(package => package.Name == release.Release.Name && package.Version.Equals(release.Release.Version)))
                .Take(MaxNamed).ToList();
            if (taken.Count > 0)
                yield return Say(alike.Key, taken);
        }
    }

    private static string Say(WithheldReason reason, List<WithheldRelease> taken)
    {
        var names = string.Join(" and ", taken.Select(release => $"{release.Release.Name} {release.Release.Version}"));
        var claimed = string.Join(", ", taken.Select(release => release.Release.Name).Distinct());
        var place = taken[0].Place;
        return reason == WithheldReason.LaterIndex
            ? $"The index '{place}' has {names}, which would do, but an index before it has the name: put '{place}' first, or give it 'packages: [{claimed}]'."
            : $"The index '{place}' has {names}, which would do, but by the 'packages' of the indexes it is not asked for that name: add the name to those of '{place}'.";
    }
}
