using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>
/// Who needs what among the pins of a lock, told by the manifest and each pin's own metadata, for all targets of the manifest or those of
/// one platform.
/// </summary>
internal sealed class DependencyGraph
{
    private readonly Manifest _manifest;
    private readonly Dictionary<LockedPackage, GraphPin> _pins = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<(GraphPin? From, GraphPin To, string Text, ExtraName? Group), GraphEdge> _edges = [];
    private readonly List<(MarkerEnvironment Environment, Dictionary<PackageName, GraphPin> Pins)> _targets = [];

    private DependencyGraph(Manifest manifest) => _manifest = manifest;

    /// <summary>The pins, in the lock's order.</summary>
    public IReadOnlyCollection<GraphPin> Pins => _pins.Values;

    /// <summary>What the manifest asks for, in its order.</summary>
    public List<GraphEdge> Requests { get; } = [];

    /// <summary>The pins whose metadata could not be read, and why: a line each. What they need is told by the lock alone, without bounds.</summary>
    public List<string> Unread { get; } = [];

    /// <summary>Reads the metadata of every pin and follows it from the requests.</summary>
    /// <param name="locked">The manifest and its lock.</param>
    /// <param name="platform">The platform whose targets are meant, as a runtime identifier; null for all.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public static async Task<DependencyGraph> BuildAsync(LockedGraph locked, string? platform, CancellationToken cancellationToken)
    {
        var (graph, packages) = (new DependencyGraph(locked.Manifest), locked.Document.Packages);
        var targets = Targets(locked.Manifest, platform);
        var answers = await Task.WhenAll(packages.Select(package => locked.ReadAsync(package, cancellationToken))).ConfigureAwait(false);
        for (var i = 0; i < packages.Count; i++)
        {
            var pin = new GraphPin(packages[i]) { Metadata = answers[i].Metadata };
            graph._pins.Add(packages[i], pin);
            if (pin.Metadata is null)
                graph.Unread.Add($"{pin}: {answers[i].Problem}");
        }

        var bounds = packages.Where(package => package.Marker is not null).Select(package => MarkerSet.Of(package.Marker!).PythonVersions)
            .SelectMany(versions => new[] { versions.LowerBound, versions.UpperBound }).OfType<PackageVersion>().Distinct().Order().ToList();
        foreach (var target in targets)
        {
            // A marker may tell patches of one minor apart: each part is followed for itself.
            var first = target.Versions.LowerBound ?? target.Target.Python.FirstRelease;
            foreach (var version in bounds.Where(bound => bound > first && target.Versions.Contains(bound)).Prepend(first))
                graph.Follow(target.Target.ToMarkerEnvironment(version));
        }

        graph.Finish();
        return graph;
    }

    /// <summary>The pins of a distribution that some target needs.</summary>
    public List<GraphPin> Find(PackageName name) => [.. Pins.Where(pin => pin.Name == name && pin.NeededBy.Count > 0)];

    private static List<ManifestTarget> Targets(Manifest manifest, string? platform)
    {
        if (platform is null)
            return [.. manifest.Targets];
        List<ManifestTarget> targets = [.. manifest.Targets.Where(target => target.Target.Platform.RuntimeIdentifier == platform || target.Target.Platform.ToString() == platform)];
        if (targets.Count > 0)
            return targets;
        var known = string.Join(", ", manifest.Targets.Select(target => target.Target.Platform.ToString()).Distinct(StringComparer.Ordinal));
        throw new DiagnosticException(ExitCode.Usage, Diagnostic.Error(
            WorkspaceCodes.BadOption, $"The manifest does not serve the platform '{platform}'.", new(manifest.Location.Path), $"It serves {known}."));
    }

    private void Follow(MarkerEnvironment environment)
    {
        var groups = _manifest.Groups.Select(group => group.Name).ToHashSet();
        var pins = new Dictionary<PackageName, GraphPin>();
        foreach (var (package, pin) in _pins)
        {
            if (package.Marker?.Evaluate(environment, new HashSet<ExtraName>(), groups) != false)
                pins.TryAdd(package.Name, pin);
        }

        _targets.Add((environment, pins));
        var asked = new Dictionary<GraphPin, HashSet<ExtraName>>();
        var open = new Queue<GraphPin>();
        foreach (var request in _manifest.Requirements)
            Ask(null, request.Requirement, null, []);
        foreach (var group in _manifest.Groups)
        {
            foreach (var request in _manifest.RequirementsOf(group))
                Ask(null, request.Requirement, group.Name, []);
        }

        while (open.TryDequeue(out var pin))
        {
            foreach (var requirement in pin.Metadata?.RequiresDist ?? Recorded(pin))
                Ask(pin, requirement, null, asked[pin]);
        }

        void Ask(GraphPin? from, Requirement requirement, ExtraName? group, HashSet<ExtraName> extras)
        {
            if (requirement.Marker?.Evaluate(environment, extras) == false || _manifest.Exclude.Contains(requirement.Name))
                return;
            foreach (var effective in Overridden(requirement, environment))
            {
                if (!pins.TryGetValue(effective.Name, out var to))
                    continue;
                if (!ReferenceEquals(from, to))
                    Edge(from, to, effective, group).Targets.Add(_targets.Count - 1);
                var isNew = asked.TryAdd(to, []);
                foreach (var extra in effective.Extras)
                {
                    to.Extras.Add(extra);
                    isNew |= asked[to].Add(extra);
                }

                if (isNew)
                    open.Enqueue(to);
            }
        }
    }

    /// <summary>What the lock says that a pin needs: names, for want of its metadata.</summary>
    private static IEnumerable<Requirement> Recorded(GraphPin pin) =>
        (pin.Package.Dependencies ?? []).Select(reference => new Requirement { Name = reference.Name });

    private IEnumerable<Requirement> Overridden(Requirement requirement, MarkerEnvironment environment)
    {
        var overrides = _manifest.Overrides.Select(known => known.Requirement).Where(known => known.Name == requirement.Name).ToList();
        if (overrides.Count == 0)
            return [requirement];
        return overrides.Where(known => known.Marker?.Evaluate(environment) != false).Select(known => new Requirement
        {
            Name = known.Name,
            Extras = [.. known.Extras.Union(requirement.Extras).Order()],
            Specifiers = known.Specifiers,
            Url = known.Url,
            Marker = known.Marker,
        });
    }

    private GraphEdge Edge(GraphPin? from, GraphPin to, Requirement requirement, ExtraName? group)
    {
        var edge = new GraphEdge(from, to, requirement, group);
        var key = (from, to, edge.Text, group);
        if (_edges.TryGetValue(key, out var known))
            return known;
        _edges.Add(key, edge);
        (from?.Needs ?? Requests).Add(edge);
        to.NeededBy.Add(edge);
        return edge;
    }

    private void Finish()
    {
        foreach (var edge in _edges.Values)
        {
            var present = Enumerable.Range(0, _targets.Count).Count(i => edge.From is null || _targets[i].Pins.GetValueOrDefault(edge.From.Name) == edge.From);
            if (edge.Targets.Count < present && edge.Requirement.Marker is { } marker)
                edge.Where = MarkerSet.Of(marker).AssumeExtras(edge.From is null ? new HashSet<ExtraName>() : edge.From.Extras).ToString() is { Length: > 0 } text ? text : null;
        }

        foreach (var pin in _pins.Values)
            pin.Needs.Sort((left, right) => left.To.Name.CompareTo(right.To.Name));
    }
}
