using System.Globalization;
using VenvBuild.Packaging;

namespace VenvBuild.Resolver;

/// <summary>Says facts and conclusions as clauses that follow "because", with names and versions as people write them.</summary>
internal sealed class IncompatibilityProse(PackageTable table, IReadOnlyList<int> environments)
{
    /// <summary>What a failure says.</summary>
    public const string Conclusion = "the requests cannot be satisfied";

    private const int MaxReasons = 2;
    private const int MaxRequests = 8;

    private readonly ReleaseNames _names = new(table, environments);

    /// <summary>The request as a person wrote it, with the group that asks where one does.</summary>
    public static string Request(PackageDependency request, ResolutionRequest asked) =>
        Write(request.Requirement) + (request.Group < 0 ? "" : $" (group {asked.Groups[request.Group].Group})");

    /// <summary>A requirement without its marker.</summary>
    public static string Write(Requirement requirement)
    {
        var extras = requirement.Extras.Count == 0 ? "" : $"[{string.Join(',', requirement.Extras)}]";
        return $"{requirement.Name}{extras}{(requirement.Url is null ? Write(requirement.Specifiers) : " @ " + requirement.Url)}";
    }

    /// <summary>Specifiers from the lower bound to the upper one, as people write them.</summary>
    public static string Write(VersionSpecifiers specifiers) => string.Join(',', specifiers.OrderBy(clause => clause.Operator switch
    {
        SpecifierOperator.GreaterOrEqual or SpecifierOperator.Greater or SpecifierOperator.Compatible => 0,
        SpecifierOperator.NotEqual => 2,
        _ => 1,
    }));

    /// <summary>Facts of one kind in one clause.</summary>
    /// <param name="group">The facts.</param>
    /// <param name="beside">The other facts of the sentence: of what cannot be used, only what these ask for is told.</param>
    public string Say(FactGroup group, IReadOnlyList<FactGroup> beside) => group.First.Cause switch
    {
        Cause.Dependency { Depender.IsRoot: true } => SayRequests(group),
        Cause.Dependency => SayDependencies(group),
        Cause.Constraint asked when table.Request.RunConstraints.Contains(asked.Requirement) => $"this run asks for {Write(asked.Requirement)}",
        Cause.Constraint constraint => $"the manifest's constraints allow only {Write(constraint.Requirement)}",
        Cause.Unavailable unavailable => SayUnavailable(group.First.Terms[0], unavailable.Environment, beside),
        Cause.Unusable => SayEach(group, cause => $"cannot be used because {((Cause.Unusable)cause).Problem}"),
        Cause.PythonRefused => SayEach(group, cause => $"needs Python {((Cause.PythonRefused)cause).RequiresPython}"),
        _ => Say(group.First),
    };

    /// <summary>What follows from facts.</summary>
    public string Say(Incompatibility conclusion)
    {
        if (conclusion.IsFailure)
            return Conclusion;
        var positive = Merge(conclusion.Terms.Where(term => term.IsPositive && !term.Package.IsRoot), (one, other) => one.Intersect(other));
        var negative = Merge(conclusion.Terms.Where(term => !term.IsPositive), (one, other) => one.Union(other));
        var needed = string.Join(" or ", negative.Select(term => _names.IsEvery(term.Package, term.Set) ? term.Package.ToString() : Name(term)));
        return (positive.Count, negative.Count) switch
        {
            (0, 1) => $"{needed} is required",
            (0, _) => $"one of {needed} is required",
            (1, 0) when _names.IsEvery(positive[0].Package, positive[0].Set) => $"no version of {positive[0].Package} can be used",
            (1, 0) => $"{Name(positive[0])} cannot be used",
            (2, 0) => $"{Name(positive[0])} cannot be used together with {Name(positive[1])}",
            (_, 0) => $"{Join([.. positive.Select(Name)])} cannot be used together",
            (_, _) => $"{string.Join(" together with ", positive.Select(Name))} requires {needed}",
        };
    }

    /// <summary>A package with the releases of a term.</summary>
    public string Name(Term term) => _names.Of(term.Package, term.Set);

    private static string Join(List<string> words) =>
        words.Count <= 1 ? string.Concat(words) : $"{string.Join(", ", words.Take(words.Count - 1))} and {words[^1]}";

    /// <summary>An extra comes with its distribution in one version: both together are named once, as people ask for them.</summary>
    private static List<Term> Merge(IEnumerable<Term> terms, Func<IndexSet, IndexSet, IndexSet> merge)
    {
        var merged = new List<Term>();
        foreach (var term in terms.OrderBy(term => term.Package.Extra is null))
        {
            var known = merged.FindIndex(other => ReferenceEquals(other.Package.Distribution, term.Package.Distribution));
            if (known < 0 || term.Package.Extra is not null)
                merged.Add(term);
            else
                merged[known] = merged[known] with { Set = merge(merged[known].Set, term.Set) };
        }

        return [.. merged.OrderBy(term => term.Package.Id)];
    }

    private string SayRequests(FactGroup group)
    {
        var requests = group.Facts.Select(fact => ((Cause.Dependency)fact.Cause).Requirement)
            .DistinctBy(request => (request.Requirement, request.Group)).ToList();
        var texts = requests.Select(request => Request(request, table.Request) + Where(request) + Missing(request)).Distinct(StringComparer.Ordinal).ToList();
        if (texts.Count > MaxRequests)
            texts = [.. texts.Take(MaxRequests - 1), string.Create(CultureInfo.InvariantCulture, $"{texts.Count - MaxRequests + 1} more")];
        return $"you require {Join(texts)}";
    }

    private string SayDependencies(FactGroup group)
    {
        var causes = group.Facts.Select(fact => (Cause.Dependency)fact.Cause).ToList();
        var depender = causes.Find(cause => cause.Depender.Extra is not null)?.Depender ?? causes[0].Depender;
        // A dependency on another extra of oneself has one term only.
        var releases = group.Facts.Select(fact => fact.Terms[0].Set).Aggregate((all, set) => all.Union(set));
        var requirements = causes.Select(cause => cause.Requirement).DistinctBy(dependency => Write(dependency.Requirement), StringComparer.Ordinal).ToList();
        var who = _names.Of(depender, releases);
        if (requirements.Count == 1)
        {
            var overriding = table.Request.Overrides.Any(other => other.Name == requirements[0].Requirement.Name) ? ", as 'overrides' has it" : "";
            return $"{who} depends on {Write(requirements[0].Requirement)}{Where(requirements[0])}{overriding}{Missing(requirements[0])}";
        }

        var newest = group.Facts.MaxBy(fact => fact.Terms[0].Set.Highest)!;
        var target = requirements.Find(dependency => dependency.Package.Extra is not null)?.Package ?? requirements[0].Package;
        var allowed = requirements.Select(dependency => dependency.Set).Aggregate((all, set) => all.Union(set));
        var what = allowed.IsEmpty ? $"versions of {target} that do not exist" : _names.IsEvery(target, allowed) ? target.ToString() : _names.Of(target, allowed);
        var example = $"{depender.List.Releases[newest.Terms[0].Set.Highest].Version} on {Write(((Cause.Dependency)newest.Cause).Requirement.Requirement)}";
        return $"{who} depends on {what} (each on a range of its own, such as {example})";
    }

    private string Where(PackageDependency dependency)
    {
        if (environments.All(environment => dependency.Environments.Has(environment)) && dependency.Environments == table.Environments.All)
            return "";
        var marker = dependency.Requirement.Marker is { } written ? WithoutExtra(written) : "";
        return marker.Length == 0 ? "" : $" where {marker}";
    }

    private static string WithoutExtra(Marker marker)
    {
        var text = marker.ToString();
        return text.Contains("extra", StringComparison.Ordinal)
            ? MarkerSet.Of(marker).AssumeExtras(text.Split('"', '\'').Select(word => ExtraName.TryParse(word, out var extra) ? extra : default).ToHashSet()).ToString()
            : text;
    }

    private static string Missing(PackageDependency dependency)
    {
        if (!dependency.Set.IsEmpty)
            return "";
        var list = dependency.Package.List;
        var releases = list.Releases;
        if (releases.Count == 0)
        {
            if (list.Warnings.Count > 0)
                return $", of which nothing is on offer ({list.Warnings[0].Message.TrimEnd('.')})";
            return list.PublishedUntil is { } limit
                ? $", of which nothing was published up to {PublicationTime.Last(limit)} ('exclude-newer')"
                : ", which no index has";
        }

        if (releases.All(release => release.Direct is not null))
            return $", and what is asked for by its address is {string.Join(" or ", releases.Select(release => release.Version).Distinct())}";
        var newest = releases.LastOrDefault(release => !release.Version.IsPreRelease) ?? releases[^1];
        var range = dependency.Requirement.Specifiers.Set;
        var below = range.LowerBound is { } lower ? releases.LastOrDefault(release => release.Version < lower) : null;
        var above = range.UpperBound is { } upper ? releases.FirstOrDefault(release => release.Version >= upper) : null;
        var nearest = below is not null && above is not null
            ? $"the nearest are {below.Version} and {above.Version}"
            : above is not null ? $"the oldest is {releases[0].Version}" : $"the newest is {newest.Version}";
        return list.PublishedUntil is { } until
            ? $", and no such version was published up to {PublicationTime.Last(until)} ('exclude-newer'; {nearest})"
            : $", and there is no such version ({nearest})";
    }

    private string SayEach(FactGroup group, Func<Cause, string> problem)
    {
        var newest = group.Facts.MaxBy(fact => fact.Terms[0].Set.Highest)!;
        var releases = group.Facts.Select(fact => fact.Terms[0].Set).Aggregate((all, set) => all.Union(set));
        var isAlike = group.Facts.Select(fact => problem(fact.Cause)).Distinct(StringComparer.Ordinal).Count() == 1;
        if (isAlike)
            return $"{_names.Of(newest.Terms[0].Package, releases)} {problem(newest.Cause)}";
        return $"{_names.Of(newest.Terms[0].Package, releases)} cannot be used (the newest, {Name(newest.Terms[0])}, {problem(newest.Cause)})";
    }

    private string SayUnavailable(Term term, int where, IReadOnlyList<FactGroup> beside)
    {
        var (package, label) = (term.Package, table.Environments.Environments[where].Label);
        var asked = beside.SelectMany(group => group.Facts).Select(fact => fact.Cause).OfType<Cause.Dependency>()
            .Where(cause => ReferenceEquals(cause.Requirement.Package.Distribution, package.Distribution))
            .Select(cause => cause.Requirement).ToList();
        var set = asked.Aggregate(term.Set, (all, next) => all.Intersect(next.Set));
        if (set.IsEmpty)
            (set, asked) = (term.Set, []);
        if (set.IsSingle)
            return $"{package} {package.List.Releases[set.Lowest].Version} cannot be used on {label} (it {table.Availability.Obstacle(package, set.Lowest, where).Text})";
        var reasons = Reasons(package, set, where).OrderByDescending(reason => reason.Count).Take(MaxReasons)
            .Select(reason => reason.Count == 1 ? reason.Text : $"{reason.Text}, and {Older(reason.Kind, reason.Count - 1, reason.IsAlike)}");
        var what = asked.Count == 1 && asked[0].Requirement.Specifiers.Count > 0 ? $"{package}{Write(asked[0].Requirement.Specifiers)}" : $"version of {package}";
        return $"no {what} can be used on {label} ({string.Join("; ", reasons)})";
    }

    /// <summary>What is wrong with older releases: the same as with the newest, or the like of it, which is not made the same.</summary>
    private static string Older(ObstacleKind kind, int count, bool isAlike)
    {
        var (which, isOne) = (count == 1 ? "an older one" : string.Create(CultureInfo.InvariantCulture, $"{count} older ones"), count == 1);
        if (isAlike)
            return $"{which} likewise";
        return kind switch
        {
            ObstacleKind.Python => $"{which} {(isOne ? "needs" : "need")} other ones",
            ObstacleKind.NoWheel => $"{which} {(isOne ? "has" : "have")} none that fits either",
            ObstacleKind.Yanked => $"{which} {(isOne ? "was" : "were")} yanked too",
            _ => $"{which} likewise",
        };
    }

    /// <summary>The reasons of each kind, said of the newest release that it holds for, of how many it holds, and whether it is the same for each.</summary>
    private List<(ObstacleKind Kind, string Text, int Count, bool IsAlike)> Reasons(SolverPackage package, IndexSet set, int where)
    {
        var reasons = new Dictionary<ObstacleKind, (string Newest, string Text, int Count, bool IsAlike)>();
        for (var i = set.IntervalCount - 1; i >= 0; i--)
        {
            var (start, end) = set.Interval(i);
            for (var version = end - 1; version >= start; version--)
            {
                var obstacle = table.Availability.Obstacle(package, version, where);
                if (reasons.TryGetValue(obstacle.Kind, out var known))
                    reasons[obstacle.Kind] = known with { Count = known.Count + 1, IsAlike = known.IsAlike && known.Newest == obstacle.Text };
                else
                    reasons.Add(obstacle.Kind, (obstacle.Text, $"{package.List.Releases[version].Version} {obstacle.Text}", 1, true));
            }
        }

        return [.. reasons.Select(reason => (reason.Key, reason.Value.Text, reason.Value.Count, reason.Value.IsAlike))];
    }
}
