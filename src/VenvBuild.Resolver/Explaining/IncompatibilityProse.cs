using System.Globalization;
using VenvBuild.Packaging;

namespace VenvBuild.Resolver;

/// <summary>Says an incompatibility in a sentence, with names and versions as people write them.</summary>
internal sealed class IncompatibilityProse(PackageTable table)
{
    private const int MaxReasons = 3;

    /// <summary>The sentence, without a capital letter or a full stop, so that it can follow "because".</summary>
    public string Say(Incompatibility incompatibility) => incompatibility.Cause switch
    {
        Cause.Dependency dependency => SayDependency(incompatibility, dependency),
        Cause.Extra => $"{Name(incompatibility.Terms[0])} goes with the same version of {incompatibility.Terms[0].Package.Name}",
        Cause.Constraint constraint => $"the manifest's constraints allow only {Write(constraint.Requirement)}",
        Cause.Unavailable unavailable => SayUnavailable(incompatibility.Terms[0], unavailable.Environment),
        Cause.Unusable unusable => $"{Name(incompatibility.Terms[0])} cannot be used because {unusable.Problem}",
        Cause.PythonRefused refused => $"{Name(incompatibility.Terms[0])} needs Python {refused.RequiresPython}",
        _ => SayDerived(incompatibility),
    };

    /// <summary>A package with the releases of a term: <c>boto3 1.2</c>, <c>boto3&gt;=1,&lt;2</c>, <c>all versions of boto3</c>.</summary>
    public static string Name(Term term)
    {
        var (package, set) = (term.Package, term.Set);
        if (set.IsEmpty)
            return $"no version of {package}";
        if (set.IsSingle)
            return $"{package} {package.List.Releases[set.Lowest].Version}";
        if (set.IntervalCount == 1 && set.Lowest == 0 && set.Highest == package.Count - 1)
            return $"every version of {package}";
        var ranges = new List<string>();
        for (var i = 0; i < set.IntervalCount; i++)
            ranges.Add(Range(package, set.Interval(i)));
        return ranges.Count <= 4
            ? $"{package} {string.Join(" or ", ranges)}"
            : $"{package} {string.Join(" or ", ranges.Take(3))} or others up to {package.List.Releases[set.Highest].Version}";
    }

    private static string Range(SolverPackage package, (int Start, int End) interval)
    {
        var releases = package.List.Releases;
        if (interval.End - interval.Start == 1)
            return $"=={releases[interval.Start].Version}";
        var from = interval.Start == 0 ? "" : $">={releases[interval.Start].Version}";
        var to = interval.End == releases.Count ? "" : $"<{releases[interval.End].Version}";
        return from.Length > 0 && to.Length > 0 ? $"{from},{to}" : from + to;
    }

    private static string Write(Requirement requirement)
    {
        var extras = requirement.Extras.Count == 0 ? "" : $"[{string.Join(',', requirement.Extras)}]";
        return $"{requirement.Name}{extras}{(requirement.Url is null ? requirement.Specifiers : " @ " + requirement.Url)}";
    }

    private static string SayDependency(Incompatibility incompatibility, Cause.Dependency cause)
    {
        var requirement = Write(cause.Requirement.Requirement);
        var says = cause.Depender.IsRoot ? $"you require {requirement}" : $"{Name(incompatibility.Terms[0])} depends on {requirement}";
        if (!cause.Requirement.Set.IsEmpty)
            return says;
        return cause.Requirement.Package.Count == 0
            ? $"{says}, which no index has"
            : $"{says}, of which there is no such version (newest: {cause.Requirement.Package.List.Releases[^1].Version})";
    }

    private string SayUnavailable(Term term, int where)
    {
        var label = table.Environments.Environments[where].Label;
        if (term.Set.IsSingle)
            return $"{Name(term)} cannot be used on {label} because {table.Availability.Problem(term.Package, term.Set.Lowest, where)}";
        var reasons = new List<string>();
        for (var i = term.Set.IntervalCount - 1; i >= 0; i--)
        {
            var (start, end) = term.Set.Interval(i);
            for (var version = end - 1; version >= start; version--)
            {
                var problem = table.Availability.Problem(term.Package, version, where);
                if (!reasons.Contains(problem, StringComparer.Ordinal))
                    reasons.Add(problem);
            }
        }

        var newest = term.Package.List.Releases[term.Set.Highest].Version;
        var more = reasons.Count > MaxReasons ? string.Create(CultureInfo.InvariantCulture, $", and {reasons.Count - MaxReasons} reasons more") : "";
        return $"{Name(term)} cannot be used on {label} (of the newest, {newest}: {string.Join("; of others: ", reasons.Take(MaxReasons))}{more})";
    }

    private static string SayDerived(Incompatibility incompatibility)
    {
        if (incompatibility.IsFailure)
            return "the requests cannot be satisfied";
        var positive = incompatibility.Terms.Where(term => term.IsPositive && !term.Package.IsRoot).ToList();
        var negative = incompatibility.Terms.Where(term => !term.IsPositive).ToList();
        return (positive.Count, negative.Count) switch
        {
            (0, 1) => $"{Name(negative[0])} is required",
            (0, _) => $"one of {string.Join(" or ", negative.Select(Name))} is required",
            (1, 0) => $"{Name(positive[0])} cannot be used",
            (_, 0) => $"{string.Join(" and ", positive.Select(Name))} cannot be used together",
            (_, _) => $"{string.Join(" together with ", positive.Select(Name))} requires {string.Join(" or ", negative.Select(Name))}",
        };
    }
}
