using System.Runtime.CompilerServices;

namespace VenvBuild.Resolver;

/// <summary>A dependency's bound that is in the way: the last resort, for what its author says is then set aside.</summary>
internal static class OverrideRemedy
{
    private const int MaxTries = 3;

    public static async IAsyncEnumerable<string> SeekAsync(RefusedFacts facts, Trial trial, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var bounds = facts.Facts.Where(fact => fact.Cause is Cause.Dependency { Depender.IsRoot: false, Requirement.Requirement.Specifiers.Count: > 0 })
            .Select(fact => (Cause.Dependency)fact.Cause)
            .GroupBy(cause => cause.Requirement.Package.Distribution)
            .Where(group => group.Key.Count > 0 && !facts.Requests.Any(request => request.Requirement.Name == group.Key.Name))
            .Take(MaxTries).ToList();
        foreach (var group in bounds)
        {
            var name = group.Key.Name;
            var changed = trial.Request with { Overrides = [.. trial.Request.Overrides.Where(other => other.Name != name), new() { Name = name }] };
            if (await trial.SolveAsync(changed, null, cancellationToken).ConfigureAwait(false) is not { } answer
                || answer.Packages.FirstOrDefault(package => package.Name == name) is not { } taken)
            {
                continue;
            }

            var who = string.Join(" and ", group.Select(cause => cause.Depender.Name.Value).Distinct(StringComparer.Ordinal));
            yield return $"If {name} {taken.Version} will do for {who}, set the bounds on it aside with 'overrides: [\"{name}=={taken.Version}\"]'.";
        }
    }
}
