using VenvBuild.Packaging;

namespace VenvBuild.Resolver.Tests;

/// <summary>Tries every combination of releases for one interpreter: slow, and so simple that it is right.</summary>
/// <param name="universe">What there is.</param>
/// <param name="point">What markers see.</param>
/// <param name="targets">The interpreters that each release must have a wheel for.</param>
/// <param name="request">What is asked; its environments do not matter here.</param>
internal sealed class BruteForce(Universe universe, MarkerEnvironment point, IReadOnlyList<Target> targets, ResolutionRequest request)
{
    private static readonly HashSet<ExtraName> NoExtras = [];

    private readonly IReadOnlyList<Requirement> _everything = [.. request.Requirements, .. request.Groups.SelectMany(group => group.Requirements)];

    /// <summary>Every answer: for each name the release, only what the requests reach.</summary>
    public IEnumerable<Dictionary<PackageName, Release>> Answers()
    {
        var names = universe.Names.ToList();
        return Extend(0, []);

        IEnumerable<Dictionary<PackageName, Release>> Extend(int next, Dictionary<PackageName, Release> chosen)
        {
            if (next == names.Count)
            {
                if (IsAnswer(chosen))
                    yield return new(chosen);
                yield break;
            }

            foreach (var answer in Extend(next + 1, chosen))
                yield return answer;
            foreach (var release in universe.Releases(names[next]))
            {
                chosen[names[next]] = release;
                foreach (var answer in Extend(next + 1, chosen))
                    yield return answer;
                chosen.Remove(names[next]);
            }
        }
    }

    /// <summary>Whether each requirement is met, each release can be used here, and nothing is there that nobody needs.</summary>
    public bool IsAnswer(IReadOnlyDictionary<PackageName, Release> chosen) =>
        Reached(chosen, _everything) is { } reached && chosen.Count == reached.Count;

    /// <summary>Whether each requirement is met, whatever else is there.</summary>
    public bool Serves(IReadOnlyDictionary<PackageName, Release> chosen) => Reached(chosen, _everything) is not null;

    /// <summary>What some of the requests reach among the chosen releases; null where a requirement is not met.</summary>
    public HashSet<PackageName>? Reached(IReadOnlyDictionary<PackageName, Release> chosen, IEnumerable<Requirement> asked)
    {
        var entered = new HashSet<(PackageName Name, ExtraName Extra)>();
        return asked.All(requirement => !Holds(requirement, NoExtras) || Visit(requirement)) ? [.. entered.Select(entry => entry.Name)] : null;

        bool Visit(Requirement requirement)
        {
            if (request.Excludes.Contains(requirement.Name))
                return true;
            var overrides = request.Overrides.Where(other => other.Name == requirement.Name).ToList();
            return overrides.Count == 0
                ? Meet(requirement, requirement.Extras)
                : overrides.TrueForAll(other => !Holds(other, NoExtras) || Meet(other, [.. other.Extras.Union(requirement.Extras)]));
        }

        bool Meet(Requirement requirement, IReadOnlyList<ExtraName> extras) =>
            chosen.TryGetValue(requirement.Name, out var release)
            && requirement.Specifiers.Contains(release.Version)
            && IsUsable(release)
            && Enter(release, default, NoExtras)
            && extras.All(extra => Enter(release, extra, new HashSet<ExtraName> { extra }));

        bool Enter(Release release, ExtraName key, HashSet<ExtraName> extras) =>
            !entered.Add((release.Name, key))
            || universe.Metadata(release).RequiresDist.All(requirement => !Holds(requirement, extras) || Visit(requirement));
    }

    private bool Holds(Requirement requirement, HashSet<ExtraName> extras) => requirement.Marker is null || requirement.Marker.Evaluate(point, extras);

    private bool IsUsable(Release release) =>
        targets.All(target => release.Files.Any(file => file.Wheel is { } wheel ? target.Tags.Rank(wheel) is not null : request.AllowSdist(release.Name)))
        && (universe.Metadata(release).RequiresPython?.Contains(PackageVersion.Parse(point.PythonFullVersion)) ?? true)
        && (request.Prereleases != PrereleaseMode.Disallow || !release.Version.IsPreRelease)
        && (!release.Files.All(file => file.IsYanked) || IsPinned(release))
        && request.Constraints.All(constraint => constraint.Name != release.Name || !Holds(constraint, NoExtras) || constraint.Specifiers.Contains(release.Version));

    /// <summary>Whether who asks pins the release, or a lock has it, which makes a yanked one a candidate.</summary>
    private bool IsPinned(Release release) =>
        request.Preferences.Any(preference => preference.Name == release.Name && preference.Version.Equals(release.Version))
        || _everything.Concat(request.Constraints).Concat(request.Overrides).Any(asked => asked.Name == release.Name
            && asked.Specifiers.Any(clause => clause.Operator is SpecifierOperator.Equal or SpecifierOperator.Arbitrary && !clause.IsWildcard && clause.Contains(release.Version)));
}
