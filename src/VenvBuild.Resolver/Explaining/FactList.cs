using System.Globalization;

namespace VenvBuild.Resolver;

/// <summary>
/// The facts that a long argument rests on, those of one kind as one, from the requests outwards: what a person can follow where the
/// argument itself goes back and forth between hundreds of releases.
/// </summary>
internal sealed class FactList(IncompatibilityProse prose)
{
    private const int MaxLines = 16;

    public IReadOnlyList<string> Write(Incompatibility failure)
    {
        var groups = new List<FactGroup>();
        foreach (var fact in Refusal.Externals(failure).Where(fact => fact.Cause is not Cause.Extra))
            FactGroup.Add(groups, fact);
        var ordered = FromRequests(groups);
        var lines = new List<string> { "These facts leave no choice:" };
        lines.AddRange(ordered.Take(MaxLines).Select(group => $"- {prose.Say(group, [])}"));
        if (ordered.Count > MaxLines)
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"- and {ordered.Count - MaxLines} more of this kind, farther from the requests"));
        lines.Add($"So {IncompatibilityProse.Conclusion}.");
        return lines;
    }

    /// <summary>The requests, then what they reach, nearest first; what else is known of a package stands after it was first named.</summary>
    private static List<FactGroup> FromRequests(List<FactGroup> groups)
    {
        var ordered = groups.FindAll(group => group.IsRequests);
        var rest = groups.FindAll(group => !group.IsRequests);
        var reached = ordered.SelectMany(Targets).ToList();
        for (var i = 0; i < reached.Count; i++)
        {
            foreach (var group in rest.FindAll(group => ReferenceEquals(group.Subject, reached[i])))
            {
                ordered.Add(group);
                rest.Remove(group);
                reached.AddRange(Targets(group).Except(reached));
            }
        }

        return [.. ordered, .. rest];
    }

    private static IEnumerable<SolverPackage> Targets(FactGroup group) =>
        group.Facts.Select(fact => fact.Cause).OfType<Cause.Dependency>().Select(cause => cause.Requirement.Package.Distribution).Distinct();
}
