using System.Runtime.CompilerServices;
using VenvBuild.Packaging;

namespace VenvBuild.Resolver;

/// <summary>
/// A release that would do and that was published too late: the earliest day that admits an answer, for the distributions that the refusal
/// speaks of, or, where what they need is too new as well, for all.
/// </summary>
internal static class TooNewRemedy
{
    private const int MaxPackages = 8;
    private const int MaxNamed = 3;

    public static async IAsyncEnumerable<string> SeekAsync(RefusedFacts facts, Trial trial, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (trial.Source is not IWithheldReleases withholding)
            yield break;
        var known = new Dictionary<PackageName, List<WithheldRelease>>();
        var named = facts.Packages.Take(MaxPackages).Select(package => package.Name).ToHashSet();
        foreach (var name in named)
            await TooNewAsync(name, cancellationToken).ConfigureAwait(false);
        if (known.Values.All(releases => releases.Count == 0))
            yield break;
        foreach (var isForAll in (bool[])[false, true])
        {
            if (await SolveAsync(isForAll, null).ConfigureAwait(false) is not { } answer || Taken(answer) is not { Count: > 0 } taken)
                continue;
            if (taken.TrueForAll(release => release.Published is not null))
                taken = await EarliestAsync(isForAll, taken).ConfigureAwait(false);
            yield return Say(taken, named, isForAll);
            yield break;
        }

        async ValueTask<List<WithheldRelease>> TooNewAsync(PackageName name, CancellationToken stop)
        {
            if (!known.TryGetValue(name, out var releases))
            {
                var withheld = await withholding.GetWithheldAsync(name, stop).ConfigureAwait(false);
                known[name] = releases = [.. withheld.Where(release => release.Reason == WithheldReason.TooNew)];
            }

            return releases;
        }

        Task<Resolution?> SolveAsync(bool isForAll, DateOnly? last) => trial.SolveAsync(
            trial.Request,
            new WidenedSource(trial.Source, async (name, stop) => isForAll || named.Contains(name)
                ? [.. (await TooNewAsync(name, stop).ConfigureAwait(false)).Where(release => last is null || DayOf(release) <= last).Select(release => Until(release.Release, last))]
                : []),
            cancellationToken);

        List<WithheldRelease> Taken(Resolution answer) => [.. known.Values.SelectMany(releases => releases)
            .Where(release => answer.Packages.Any(package => package.Name == release.Release.Name && package.Version.Equals(release.Release.Version)))
            .OrderBy(release => !named.Contains(release.Release.Name)).ThenBy(release => release.Release.Name)];

        // More may be admitted by a later day and yet not by one between, so that what is found is a day that does, and mostly the first.
        async Task<List<WithheldRelease>> EarliestAsync(bool isForAll, List<WithheldRelease> taken)
        {
            var latest = taken.Max(DayOf)!.Value;
            var days = known.Values.SelectMany(releases => releases).Select(DayOf).OfType<DateOnly>().Where(day => day < latest).Distinct().Order().ToList();
            var (low, high) = (0, days.Count);
            while (low < high)
            {
                var middle = (low + high) / 2;
                if (await SolveAsync(isForAll, days[middle]).ConfigureAwait(false) is { } answer && Taken(answer) is { Count: > 0 } earlier)
                    (taken, high) = (earlier, middle);
                else
                    low = middle + 1;
            }

            return taken;
        }
    }

    private static Release Until(Release release, DateOnly? last) => last is null
        ? release
        : release with { Files = [.. release.Files.Where(file => file.UploadTime is { } time && DateOnly.FromDateTime(time.UtcDateTime) <= last)] };

    private static DateOnly? DayOf(WithheldRelease release) => release.Published is { } time ? DateOnly.FromDateTime(time.UtcDateTime) : null;

    private static string Say(List<WithheldRelease> taken, HashSet<PackageName> named, bool isForAll)
    {
        var told = taken.Where(release => named.Contains(release.Release.Name)).Take(MaxNamed).ToList();
        if (told.Count == 0)
            told = [.. taken.Take(MaxNamed)];
        var names = string.Join(" and ", taken.Select(release => release.Release.Name).Distinct());
        var admitted = told[0].PublishedUntil is { } limit ? $" (up to {PublicationTime.Last(limit)})" : "";
        var untimed = taken.FindAll(release => release.Published is null);
        if (untimed.Count > 0)
            return $"{Which(untimed.Take(MaxNamed))} would do, but the index does not tell when that was published, and 'exclude-newer' leaves it out{admitted}: give {names} the limit 'never' there.";
        var day = PublicationTime.Day(taken.Max(release => release.Published)!.Value);
        var change = isForAll ? $"'exclude-newer: {day}'" : $"{day} as the 'exclude-newer' of {names}";
        return $"{string.Join(" and ", told.Select(release => $"{Which([release])} was published on {PublicationTime.Day(release.Published!.Value)}"))}, later than 'exclude-newer' admits{admitted}: with {change} there is an answer.";

        static string Which(IEnumerable<WithheldRelease> releases) => string.Join(" and ", releases.Select(release => $"{release.Release.Name} {release.Release.Version}"));
    }
}
