using System.Runtime.CompilerServices;
using VenvBuild.Packaging;

namespace VenvBuild.Resolver;

/// <summary>The Pythons, or the platforms, for which there is an answer.</summary>
internal static class EnvironmentRemedy
{
    private const int MaxFloors = 4;

    public static async IAsyncEnumerable<string> SeekAsync(RefusedFacts facts, Trial trial, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var isAboutPython = facts.Facts.Any(fact => fact.Cause is Cause.PythonRefused)
            || facts.Obstacles().Any(entry => entry.Obstacle.Kind is ObstacleKind.Python or ObstacleKind.NoWheel)
            || facts.Requests.Any(request => request.Requirement.Marker is not null);
        if (isAboutPython && await PythonAsync(trial, cancellationToken).ConfigureAwait(false) is { } python)
            yield return python;
        if (await FloorAsync(facts, trial, cancellationToken).ConfigureAwait(false) is { } floor)
            yield return floor;
        if (await PlatformAsync(facts, trial, cancellationToken).ConfigureAwait(false) is { } platform)
            yield return platform;
    }

    /// <summary>The longest run of minors that is nearest to those asked for, on all platforms.</summary>
    private static async Task<string?> PythonAsync(Trial trial, CancellationToken cancellationToken)
    {
        var platforms = trial.Request.Environments.DistinctBy(Platform, StringComparer.Ordinal).ToList();
        var asked = trial.Request.Environments.SelectMany(environment => environment.Targets).Select(target => target.Python).ToHashSet();
        var works = new List<bool>();
        foreach (var minor in CPythonMinors.Supported)
        {
            var environments = platforms.Select(environment => environment.WithPython(minor)).OfType<ResolutionEnvironment>().ToList();
            var changed = trial.Request with { Environments = environments };
            works.Add(environments.Count == platforms.Count && await trial.SolveAsync(changed, null, cancellationToken).ConfigureAwait(false) is not null);
        }

        // A manifest's own minors that all work were refused for another reason: a part of a minor.
        var minors = CPythonMinors.Supported;
        if (!works.Contains(true) || asked.All(minor => Index(minor) is var i and >= 0 && works[i]))
            return null;
        var (start, end) = Runs(works).OrderByDescending(run => Enumerable.Range(run.Start, run.End - run.Start).Count(i => asked.Contains(minors[i])))
            .ThenBy(run => asked.Min(minor => Math.Min(Math.Abs(run.Start - Index(minor)), Math.Abs(run.End - 1 - Index(minor)))))
            .First();
        var kept = Enumerable.Range(start, end - start).Where(i => asked.Contains(minors[i])).ToList();
        if (kept.Count == 0)
            return $"Ask for another Python: with \">={minors[start]}{(end < minors.Count ? $",<{minors[end]}" : "")}\" there is an answer.";
        var (first, last) = (minors[kept[0]], minors[kept[^1]]);
        var (keepsLower, keepsUpper) = (first == asked.Min(), last == asked.Max());
        var beyond = new PythonMinor(last.Major, last.Minor + 1);
        var words = (keepsLower, keepsUpper) switch
        {
            (false, true) => $"begin at {first} (\">={first}\")",
            (true, false) => $"end before {beyond} (\"<{beyond}\")",
            _ => $"be \">={first},<{beyond}\"",
        };
        return $"Let 'python' {words}: with that there is an answer.";

        int Index(PythonMinor minor) => minors.ToList().IndexOf(minor);
    }

    /// <summary>The oldest C library or macOS, newer than the one that is declared, that wheels are there for.</summary>
    private static async Task<string?> FloorAsync(RefusedFacts facts, Trial trial, CancellationToken cancellationToken)
    {
        var tags = facts.Obstacles().Where(entry => entry.Obstacle.Kind == ObstacleKind.NoWheel)
            .SelectMany(entry => entry.Package.List.Releases[entry.Version].Files)
            .SelectMany(file => file.Wheel?.Tags.Platforms ?? []).Distinct(StringComparer.Ordinal).ToList();
        foreach (var platform in facts.Environments.SelectMany(i => facts.Table.Environments.Environments[i].Targets).Select(target => target.Platform).Distinct())
        {
            foreach (var floor in tags.Select(FloorOf).OfType<PlatformFloor>().Where(floor => floor.CompareTo(platform.Floor ?? floor) > 0).Distinct().Order().Take(MaxFloors))
            {
                if (!platform.TryWithFloor(floor, out var newer) || !newer.WheelTags.Any(tag => tags.Contains(tag) && !platform.WheelTags.Contains(tag)))
                    continue;
                var environments = trial.Request.Environments.Select(environment => environment.WithPlatform(platform, newer)).ToList();
                if (await trial.SolveAsync(trial.Request with { Environments = environments }, null, cancellationToken).ConfigureAwait(false) is not null)
                    return $"Declare {{rid: {newer.RuntimeIdentifier}, {newer.FloorName}: \"{floor}\"}} in place of {platform}, where no older system has to be served: with that there is an answer.";
            }
        }

        return null;
    }

    private static PlatformFloor? FloorOf(string tag) => tag.Split('_') is [_, var major, var minor, ..] && PlatformFloor.TryParse($"{major}.{minor}", out var floor) ? floor : null;

    private static async Task<string?> PlatformAsync(RefusedFacts facts, Trial trial, CancellationToken cancellationToken)
    {
        var refused = facts.Environments.Select(i => facts.Table.Environments.Environments[i]).ToList();
        var names = refused.Select(Platform).ToHashSet(StringComparer.Ordinal);
        var rest = trial.Request.Environments.Where(environment => !names.Contains(Platform(environment))).ToList();
        if (rest.Count == 0 || await trial.SolveAsync(trial.Request with { Environments = rest }, null, cancellationToken).ConfigureAwait(false) is null)
            return null;
        return $"Do without the platform {string.Join(" and ", names)}: the others can be served.";
    }

    private static string Platform(ResolutionEnvironment environment) =>
        string.Join(" and ", environment.Targets.Select(target => target.Platform.ToString()).Distinct(StringComparer.Ordinal));

    private static IEnumerable<(int Start, int End)> Runs(List<bool> works)
    {
        for (var i = 0; i < works.Count; i++)
        {
            if (!works[i])
                continue;
            var start = i;
            while (i + 1 < works.Count && works[i + 1])
                i++;
            yield return (start, i + 1);
        }
    }
}
