using VenvBuild.Packaging;

namespace VenvBuild.Resolver.Tests;

/// <summary>Tries every combination of releases in one environment: slow, and so simple that it is right.</summary>
internal sealed class BruteForce(Universe universe, ResolutionEnvironment environment, IReadOnlyList<Requirement> requests)
{
    private static readonly HashSet<ExtraName> NoExtras = [];

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
    public bool IsAnswer(IReadOnlyDictionary<PackageName, Release> chosen)
    {
        var reached = new HashSet<(PackageName, ExtraName)>();
        if (!requests.All(request => !Holds(request, NoExtras) || Visit(request)))
            return false;
        return chosen.Values.All(release => reached.Contains((release.Name, default)) && (!release.Files.All(file => file.IsYanked) || IsPinned(release)));

        bool Visit(Requirement requirement)
        {
            if (!chosen.TryGetValue(requirement.Name, out var release) || !requirement.Specifiers.Contains(release.Version) || !IsUsable(release))
                return false;
            return Enter(release, default, NoExtras) && requirement.Extras.All(extra => Enter(release, extra, new HashSet<ExtraName> { extra }));
        }

        bool Enter(Release release, ExtraName key, HashSet<ExtraName> extras) =>
            !reached.Add((release.Name, key))
            || universe.Metadata(release).RequiresDist.All(requirement => !Holds(requirement, extras) || Visit(requirement));
    }

    /// <summary>Whether a request pins the release, which makes a yanked one a candidate.</summary>
    private bool IsPinned(Release release) => requests.Any(request => request.Name == release.Name
        && request.Specifiers.Any(clause => clause.Operator == SpecifierOperator.Equal && !clause.IsWildcard && clause.Contains(release.Version)));

    private bool Holds(Requirement requirement, HashSet<ExtraName> extras) =>
        requirement.Marker is null || requirement.Marker.Evaluate(environment.Representative, extras);

    private bool IsUsable(Release release) =>
        release.Files.Any(file => file.Wheel is { } wheel && environment.Targets[0].Tags.Rank(wheel) is not null)
        && (universe.Metadata(release).RequiresPython?.Contains(PackageVersion.Parse(environment.Representative.PythonFullVersion)) ?? true);
}
