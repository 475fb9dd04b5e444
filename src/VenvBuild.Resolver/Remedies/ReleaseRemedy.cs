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
}
