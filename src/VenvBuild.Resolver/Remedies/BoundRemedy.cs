using System.Runtime.CompilerServices;
using VenvBuild.Packaging;

namespace VenvBuild.Resolver;

/// <summary>A bound of the manifest without which there is an answer.</summary>
internal static class BoundRemedy
{
    private const int MaxTries = 6;

    public static async IAsyncEnumerable<string> SeekAsync(RefusedFacts facts, Trial trial, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var request = trial.Request;
        foreach (var bounded in facts.Requests.Select(fact => fact.Requirement).Where(requirement => requirement.Specifiers.Count > 0).Distinct().Take(MaxTries))
        {
            var changed = Replace(request, bounded, new() { Name = bounded.Name, Extras = bounded.Extras, Marker = bounded.Marker });
            if (await trial.SolveAsync(changed, null, cancellationToken).ConfigureAwait(false) is { } answer)
                yield return $"Ask for {bounded.Name} without '{IncompatibilityProse.Write(bounded.Specifiers)}': {Fits(answer, bounded.Name)}.";
        }

        var needed = facts.Facts.Select(fact => fact.Cause).OfType<Cause.Dependency>().Select(cause => cause.Requirement.Requirement.Name).ToHashSet();
        foreach (var name in request.Overrides.Select(other => other.Name).Where(needed.Contains).Distinct().Take(MaxTries))
        {
            var changed = request with { Overrides = [.. request.Overrides.Where(other => other.Name != name)] };
            if (await trial.SolveAsync(changed, null, cancellationToken).ConfigureAwait(false) is { } answer)
                yield return $"Take what 'overrides' says of {name} out: {Fits(answer, name)}.";
        }

        foreach (var constraint in facts.Facts.Select(fact => fact.Cause).OfType<Cause.Constraint>().Select(cause => cause.Requirement).Distinct().Take(MaxTries))
        {
            var isOfRun = request.RunConstraints.Contains(constraint);
            var changed = request with
            {
                Constraints = [.. request.Constraints.Where(other => !other.Equals(constraint))],
                RunConstraints = [.. request.RunConstraints.Where(other => !other.Equals(constraint))],
            };
            if (await trial.SolveAsync(changed, null, cancellationToken).ConfigureAwait(false) is not { } answer)
                continue;
            yield return isOfRun
                ? $"Run without asking for '{IncompatibilityProse.Write(constraint)}': {Fits(answer, constraint.Name)}."
                : $"Take the constraint '{IncompatibilityProse.Write(constraint)}' out: {Fits(answer, constraint.Name)}.";
        }
    }

    /// <summary>The request with one requirement in the place of another, wherever that is asked for.</summary>
    public static ResolutionRequest Replace(ResolutionRequest request, Requirement old, Requirement other)
    {
        return request with
        {
            Requirements = In(request.Requirements),
            Groups = [.. request.Groups.Select(group => (group.Group, In(group.Requirements)))],
            Overrides = In(request.Overrides),
        };

        IReadOnlyList<Requirement> In(IReadOnlyList<Requirement> requirements) => [.. requirements.Select(requirement => requirement.Equals(old) ? other : requirement)];
    }

    private static string Fits(Resolution answer, PackageName name) =>
        Trial.Taken(answer, name) is { } taken ? $"all else goes with {taken}" : "all else fits";
}
