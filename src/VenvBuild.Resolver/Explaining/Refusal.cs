using VenvBuild.Packaging;

namespace VenvBuild.Resolver;

/// <summary>Makes the refusal that a person reads out of the incompatibility that ended a search.</summary>
internal static class Refusal
{
    public static UnsatisfiableException Of(Incompatibility failure, IReadOnlyList<int> environments, PackageTable table)
    {
        var prose = new IncompatibilityProse(table);
        var unknown = Externals(failure).Select(fact => fact.Cause).OfType<Cause.Dependency>()
            .FirstOrDefault(cause => cause.Depender.IsRoot && cause.Requirement.Package.Count == 0);
        if (unknown is not null)
            return Unknown(unknown.Requirement);

        var where = environments.Count == table.Environments.Environments.Count
            ? ""
            : $" for {Join([.. environments.Select(i => table.Environments.Environments[i].Label)])}";
        var lines = new Derivation(prose).Write(failure);
        return new(Diagnostic.Error(
            ResolverCodes.Unsatisfiable,
            $"The requests cannot be satisfied together{where}: {LastStep(lines)}",
            remedy: "Loosen one of the requests named, or narrow 'python' or 'platforms'.",
            detail: string.Join('\n', lines)));
    }

    /// <summary>The derivation alone, for a warning about what need not be served.</summary>
    public static string Derivation(Incompatibility failure, PackageTable table) => string.Join('\n', new Derivation(new(table)).Write(failure));

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

    /// <summary>The step that settles it, as the one line that a build's error list shows: mostly the requests themselves.</summary>
    private static string LastStep(IReadOnlyList<string> lines) =>
        lines[^1].StartsWith("And because", StringComparison.Ordinal) ? lines[^1]["And ".Length..] : lines[^1];

    private static UnsatisfiableException Unknown(PackageDependency dependency)
    {
        var searched = dependency.Package.List.Searched;
        var where = searched.Count == 0 ? "no index or find-links folder is configured" : $"searched: {string.Join(", ", searched)}";
        return new(Diagnostic.Error(
            ResolverCodes.UnknownDistribution,
            $"No index has a distribution '{dependency.Package.Name}' ({where}).",
            remedy: "Check the spelling of the name, or add the index that has it under 'indexes'."));
    }

    private static string Join(IReadOnlyList<string> labels) =>
        labels.Count <= 4 ? string.Join("; ", labels) : $"{string.Join("; ", labels.Take(3))} and {labels.Count - 3} more";
}
