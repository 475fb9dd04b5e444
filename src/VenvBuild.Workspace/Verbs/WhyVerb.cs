using VenvBuild.Packaging;
using VenvBuild.Resolver;

namespace VenvBuild.Workspace;

/// <summary><c>why</c>: which requests lead to a pin and what bounds it, or why it is not another version.</summary>
public static class WhyVerb
{
    private const int MaxPaths = 25;
    private const int MaxSteps = 20_000;

    /// <summary>Answers for a name, or for <c>name==version</c>.</summary>
    /// <exception cref="DiagnosticException">The question cannot be read, there is no lock, or an index failed.</exception>
    public static async Task<WhyOutcome> RunAsync(WorkspaceContext context, string question, CancellationToken cancellationToken)
    {
        if (!Requirement.TryParse(question, out var asked) || asked.Url is not null || asked.Marker is not null || asked.Extras.Count > 0
            || asked.Specifiers is not ([] or [{ Operator: SpecifierOperator.Equal or SpecifierOperator.Arbitrary, IsWildcard: false }]))
        {
            throw new DiagnosticException(ExitCode.Usage, Diagnostic.Error(
                WorkspaceCodes.BadOption, $"'{question}' is neither a name nor name==version."));
        }

        var locked = await LockedGraph.OpenAsync(context, cancellationToken).ConfigureAwait(false);
        await using (locked.ConfigureAwait(false))
        {
            var graph = await DependencyGraph.BuildAsync(locked, null, cancellationToken).ConfigureAwait(false);
            var outcome = Explain(locked.Manifest, graph, asked.Name);
            return asked.Specifiers.Count == 0
                ? outcome
                : outcome with { Version = await JudgeAsync(locked, asked, cancellationToken).ConfigureAwait(false) };
        }
    }

    /// <summary>The ways from requests to the pins of a distribution, the shortest first.</summary>
    internal static IReadOnlyList<WhyPath> Paths(DependencyGraph graph, PackageName name)
    {
        var paths = new List<WhyPath>();
        var steps = 0;
        foreach (var pin in graph.Find(name))
            Walk(pin, [], [pin], paths, ref steps);
        return [.. paths.OrderBy(path => path.Steps.Count)];
    }

    private static WhyOutcome Explain(Manifest manifest, DependencyGraph graph, PackageName name)
    {
        var pins = graph.Find(name);
        var paths = new List<WhyPath>();
        var steps = 0;
        foreach (var pin in pins)
            Walk(pin, [], [pin], paths, ref steps);
        return new(
            name.Value,
            [.. pins.Select(pin => pin.Package.Version?.ToString() ?? "from a source tree")],
            [.. paths.OrderBy(path => path.Steps.Count).Take(MaxPaths)],
            paths.Count > MaxPaths || steps >= MaxSteps,
            [.. Bounds(manifest, pins, name)],
            pins.Count > 0 ? [] : [.. Unasked(graph, name)],
            graph.Unread);
    }

    /// <summary>Goes from a pin back to the requests, never twice through one pin.</summary>
    private static void Walk(GraphPin pin, List<WhyStep> after, HashSet<GraphPin> met, List<WhyPath> paths, ref int steps)
    {
        foreach (var edge in pin.NeededBy)
        {
            if (paths.Count > MaxPaths * 4 || ++steps >= MaxSteps)
                return;
            if (edge.From is null)
            {
                paths.Add(new(edge.Text + (edge.Where is null ? "" : $"; {edge.Where}"), edge.Group?.Value, [.. after]));
            }
            else if (met.Add(edge.From))
            {
                Walk(edge.From, [new(edge.From.ToString(), edge.Text, edge.Where), .. after], met, paths, ref steps);
                met.Remove(edge.From);
            }
        }
    }

    private static IEnumerable<WhyBound> Bounds(Manifest manifest, List<GraphPin> pins, PackageName name)
    {
        foreach (var edge in pins.SelectMany(pin => pin.NeededBy).DistinctBy(edge => (edge.From, edge.Text, edge.Group)))
        {
            var by = edge.From?.ToString() ?? (edge.Group is { } group ? $"group {group}" : "the manifest");
            yield return new(by, edge.Requirement.Specifiers.ToString(), edge.Where);
        }

        foreach (var constraint in manifest.Constraints.Where(constraint => constraint.Requirement.Name == name))
            yield return new("a constraint", constraint.Requirement.Specifiers.ToString(), constraint.Requirement.Marker?.ToString());
        foreach (var replacement in manifest.Overrides.Where(replacement => replacement.Requirement.Name == name))
            yield return new("an override, which sets the others aside", replacement.Requirement.Specifiers.ToString(), replacement.Requirement.Marker?.ToString());
    }

    private static IEnumerable<string> Unasked(DependencyGraph graph, PackageName name)
    {
        foreach (var pin in graph.Pins)
        {
            foreach (var requirement in pin.Metadata?.RequiresDist ?? [])
            {
                if (requirement.Name == name)
                    yield return $"{pin} names it as '{requirement}'";
            }
        }
    }

    private static async Task<WhyVersion> JudgeAsync(LockedGraph locked, Requirement asked, CancellationToken cancellationToken)
    {
        var version = asked.Specifiers[0].VersionText;
        var request = locked.Solve.Request(locked.Document, new() { UpgradePackages = [asked.Name.Value] });
        request = request with { Requirements = [.. request.Requirements, asked], SeeksRemedies = false };
        try
        {
            var resolution = await PackageResolver.ResolveAsync(request, locked.Index, cancellationToken).ConfigureAwait(false);
            return new(version, true, [.. Changes(locked.Document, resolution)], []);
        }
        catch (UnsatisfiableException refusal)
        {
            var diagnostic = refusal.Diagnostics[0];
            return new(version, false, [], [diagnostic.Message, .. (diagnostic.Detail ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries)]);
        }
    }

    private static IEnumerable<string> Changes(LockDocument document, Resolution resolution)
    {
        var before = document.Packages.ToLookup(package => package.Name, package => package.Version?.ToString() ?? "");
        var after = resolution.Packages.ToLookup(package => package.Name, package => package.Version.ToString());
        foreach (var name in before.Select(group => group.Key).Union(after.Select(group => group.Key)).Order())
        {
            var (was, would) = (string.Join(" and ", before[name]), string.Join(" and ", after[name]));
            if (was != would)
                yield return was.Length == 0 ? $"{name} {would} would be added" : would.Length == 0 ? $"{name} {was} would go" : $"{name} {was} would become {would}";
        }
    }
}
