using System.Runtime.CompilerServices;
using VenvBuild.Packaging;

namespace VenvBuild.Resolver;

/// <summary>A release that would do and that the manifest does not admit: a pre-release, a yanked one, one that has to be built.</summary>
internal static class ReleaseRemedy
{
    private const int MaxTries = 4;

    public static async IAsyncEnumerable<string> SeekAsync(RefusedFacts facts, Trial trial, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var request = trial.Request;
        if (request.Prereleases == PrereleaseMode.Disallow)
        {
            var changed = request with { Prereleases = PrereleaseMode.IfNecessary };
            if (await trial.SolveAsync(changed, null, cancellationToken).ConfigureAwait(false) is { } answer)
            {
                var taken = answer.Packages.Where(package => package.Version.IsPreRelease).Select(package => $"{package.Name} {package.Version}");
                yield return $"Take 'prereleases: disallow' out: {string.Join(", ", taken)} would do, a pre-release.";
            }
        }

        else
        {
            await foreach (var remedy in UnfinishedAsync(facts, trial, cancellationToken).ConfigureAwait(false))
                yield return remedy;
        }

        var obstacles = facts.Obstacles().ToList();
        foreach (var (package, version, obstacle) in obstacles.Where(entry => entry.Obstacle.Kind == ObstacleKind.Yanked).Take(MaxTries))
        {
            var pin = $"{package.Name}=={package.List.Releases[version].Version}";
            var changed = request with { Constraints = [.. request.Constraints, Requirement.Parse(pin)] };
            if (await trial.SolveAsync(changed, null, cancellationToken).ConfigureAwait(false) is null)
                continue;
            var isDirect = facts.Requests.Any(direct => direct.Requirement.Name == package.Name);
            yield return $"{package.Name} {package.List.Releases[version].Version} would do, but {obstacle.Text}: to accept it all the same, {(isDirect ? $"ask for '{pin}'" : $"add the constraint '{pin}'")}.";
            break;
        }

        var unbuilt = obstacles.Where(entry => entry.Obstacle.Kind is ObstacleKind.SdistOnly or ObstacleKind.NoWheel)
            .Where(entry => entry.Package.List.Releases[entry.Version].Files.Any(file => file.Sdist is not null) && !request.AllowSdist(entry.Package.Name))
            .Select(entry => entry.Package).Distinct().Take(MaxTries).ToList();
        foreach (var package in unbuilt)
        {
            var changed = request with { AllowSdist = name => name == package.Name || request.AllowSdist(name) };
            if (await trial.SolveAsync(changed, null, cancellationToken).ConfigureAwait(false) is { } answer)
            {
                yield return $"Allow that {package.Name} is built, with 'sdists: [{package.Name}]': {Trial.Taken(answer, package.Name)} has an sdist.";
                continue;
            }

            // What is not known without a build cannot be tried.
            var newest = package.List.Releases.LastOrDefault(release => release.Files.All(file => file.Wheel is null));
            if (newest is not null && (await trial.Source.GetMetadataAsync(newest, cancellationToken).ConfigureAwait(false)).Metadata is null)
                yield return $"Allow that {package.Name} is built, with 'sdists: [{package.Name}]': it has an sdist, and only the build can tell what that needs.";
        }
    }

    /// <summary>A request for a release of which there are pre-releases so far: these are older, so that the request does not mean them.</summary>
    private static async IAsyncEnumerable<string> UnfinishedAsync(RefusedFacts facts, Trial trial, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var asked in facts.Requests.Where(asked => asked.Set.IsEmpty && asked.Requirement.Specifiers.Count > 0).DistinctBy(asked => asked.Requirement).Take(MaxTries))
        {
            var requirement = asked.Requirement;
            var newest = asked.Package.List.Releases.LastOrDefault(release => release.Version.IsPreRelease && requirement.Specifiers.Set.Contains(FinalOf(release.Version)));
            if (newest is null)
                continue;
            var pin = VersionSpecifiers.Parse($"=={newest.Version}");
            var changed = BoundRemedy.Replace(trial.Request, requirement, new() { Name = requirement.Name, Extras = requirement.Extras, Marker = requirement.Marker, Specifiers = pin });
            if (await trial.SolveAsync(changed, null, cancellationToken).ConfigureAwait(false) is not null)
                yield return $"Of what '{IncompatibilityProse.Write(requirement)}' asks for there is a pre-release so far: {newest.Name} {newest.Version} would do, if asked for with '{newest.Name}=={newest.Version}'.";
        }
    }

    private static PackageVersion FinalOf(PackageVersion version) => PackageVersion.Parse($"{version.Epoch}!{string.Join('.', version.Release)}");
}
