using VenvBuild.Packaging;

namespace VenvBuild.Resolver;

/// <summary>Makes the refusal that a person reads out of the incompatibility that ended a search.</summary>
internal static class Refusal
{
    private const int MaxNamed = 4;

    /// <summary>The refusal: in one line what cannot be had together, then the derivation, then what would help.</summary>
    /// <param name="failure">What ended the search.</param>
    /// <param name="environments">The environments that must be served and cannot be.</param>
    /// <param name="table">What the search met.</param>
    /// <param name="remedies">Seeks what would help, or null.</param>
    /// <param name="cancellationToken">Stops the seeking.</param>
    public static async Task<UnsatisfiableException> OfAsync(
        Incompatibility failure, IReadOnlyList<int> environments, PackageTable table, RemedySearch? remedies, CancellationToken cancellationToken)
    {
        var facts = new RefusedFacts(failure, environments, table);
        var found = remedies is null ? [] : await remedies.FindAsync(facts, cancellationToken).ConfigureAwait(false);
        if (facts.Unknown is { } unknown)
            return Unknown(unknown, found);
        var lines = new Derivation(new(table, environments)).Write(failure);
        return new(Diagnostic.Error(
            ResolverCodes.Unsatisfiable,
            $"{Subject(facts, table)} cannot be satisfied{Where(environments, table)}.",
            remedy: found.Count > 0 ? found[0] : Usual(facts),
            detail: string.Join('\n', lines.Concat(found.Skip(1).Select(remedy => $"Or: {remedy}")))))
        {
            Requests = [.. facts.Requests.Select(request => request.Requirement)],
        };
    }

    /// <summary>The derivation alone, for a warning about what need not be served.</summary>
    public static string Derivation(Incompatibility failure, IReadOnlyList<int> environments, PackageTable table) =>
        string.Join('\n', new Derivation(new(table, environments)).Write(failure));

    /// <summary>The facts from outside that a derivation rests on, each once, in the order in which it uses them.</summary>
    public static IEnumerable<Incompatibility> Externals(Incompatibility failure)
    {
        var seen = new HashSet<Incompatibility>(ReferenceEqualityComparer.Instance);
        var open = new Stack<Incompatibility>([failure]);
        while (open.TryPop(out var next))
        {
            if (!seen.Add(next))
                continue;
            if (next.Cause is Cause.Conflict conflict)
            {
                open.Push(conflict.Right);
                open.Push(conflict.Left);
            }
            else
            {
                yield return next;
            }
        }
    }

    /// <summary>The requests that the argument needs: what a build's error list shows.</summary>
    private static string Subject(RefusedFacts facts, PackageTable table)
    {
        var requests = facts.Requests.Select(request => $"'{IncompatibilityProse.Request(request, table.Request)}'").Distinct(StringComparer.Ordinal).ToList();
        return requests.Count switch
        {
            1 => $"The request {requests[0]}",
            0 or > MaxNamed => "The requests",
            _ => $"The requests {string.Join(", ", requests.Take(requests.Count - 1))} and {requests[^1]} together",
        };
    }

    /// <summary>Where it cannot be satisfied, in as few words as say it: a Python on all platforms, a platform with all Pythons.</summary>
    private static string Where(IReadOnlyList<int> environments, PackageTable table)
    {
        var required = table.Environments.Environments.Where(environment => environment.IsRequired).ToList();
        var refused = environments.Select(i => table.Environments.Environments[i]).ToList();
        if (refused.Count == required.Count)
            return "";
        foreach (var aspect in (Func<ResolutionEnvironment, string>[])[PythonOf, PlatformsOf])
        {
            var values = refused.Select(aspect).Distinct(StringComparer.Ordinal).ToList();
            if (required.Count(environment => values.Contains(aspect(environment))) == refused.Count)
                return $" for {Join(values)}";
        }

        return $" for {Join([.. refused.Select(environment => environment.Label)])}";
    }

    private static string PythonOf(ResolutionEnvironment environment) => $"Python {environment.Targets[0].Python}";

    private static string PlatformsOf(ResolutionEnvironment environment) =>
        string.Join(" and ", environment.Targets.Select(target => target.Platform.ToString()).Distinct(StringComparer.Ordinal));

    private static string Join(List<string> words) => words.Count <= MaxNamed
        ? string.Join("; ", words)
        : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{string.Join("; ", words.Take(MaxNamed - 1))} and {words.Count - MaxNamed + 1} more");

    /// <summary>What to try where nothing that was tried helps.</summary>
    private static string Usual(RefusedFacts facts) => facts.Packages.FirstOrDefault(package => package.Count == 0) is { } missing
        ? missing.List.Warnings is [{ Remedy: { } known }, ..] ? known : $"Name the index that has '{missing.Name}' under 'indexes'."
        : facts.Requests.Count > 1 ? "Leave out or change one of the requests named." : "Ask for another version, or for something else in its place.";

    private static UnsatisfiableException Unknown(PackageDependency dependency, IReadOnlyList<string> found)
    {
        var list = dependency.Package.List;
        var warning = list.Warnings.Count > 0 ? list.Warnings[0] : null;
        var where = list.Searched.Count == 0 ? "no index or find-links folder is configured" : $"searched: {string.Join(", ", list.Searched)}";
        return new(Diagnostic.Error(
            ResolverCodes.UnknownDistribution,
            warning is not null
                ? $"Nothing of the distribution '{list.Name}' is on offer ({where}): {warning.Message}"
                : list.PublishedUntil is { } limit
                ? $"Nothing of the distribution '{list.Name}' was published up to {PublicationTime.Last(limit)}, and 'exclude-newer' admits no more ({where})."
                : $"No index has a distribution '{list.Name}' ({where}).",
            remedy: found.Count > 0 ? found[0] : warning?.Remedy ?? "Check the spelling of the name, or add the index that has it under 'indexes'.",
            detail: found.Count > 1 ? string.Join('\n', found.Skip(1).Select(remedy => $"Or: {remedy}")) : null))
        {
            Requests = [dependency.Requirement],
        };
    }
}
