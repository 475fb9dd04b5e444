using VenvBuild.Packaging;

namespace VenvBuild.Server;

/// <summary>A pin as a node of a graph.</summary>
/// <param name="Id">Its place in the graph.</param>
/// <param name="Name">The project.</param>
/// <param name="Version">The version; empty for a source tree.</param>
/// <param name="IsAsked">Whether the requests name it.</param>
internal sealed record GraphNode(int Id, string Name, string Version, bool IsAsked)
{
    public string Label => Version.Length == 0 ? Name : $"{Name} {Version}";
}

/// <summary>Who needs whom among the pins of a lock, as the lock itself says: all of them, or what leads to and from one.</summary>
/// <param name="Nodes">The pins, in the lock's order.</param>
/// <param name="Edges">Pairs of places: who needs, and who is needed.</param>
internal sealed record LockGraph(IReadOnlyList<GraphNode> Nodes, IReadOnlyList<(int From, int To)> Edges)
{
    private const string RequirementKey = "requirement: ";

    /// <summary>The graph of a lock.</summary>
    public static LockGraph Of(LockDocument document)
    {
        var asked = new HashSet<PackageName>();
        foreach (var line in document.Provenance?.Requests ?? [])
        {
            var at = line.StartsWith(RequirementKey, StringComparison.Ordinal) || line.StartsWith("group ", StringComparison.Ordinal) ? line.IndexOf(": ", StringComparison.Ordinal) : -1;
            if (at > 0 && Requirement.TryParse(line.AsSpan(at + 2), out var requirement))
                asked.Add(requirement.Name);
        }

        var packages = document.Packages;
        var nodes = packages.Select((package, i) => new GraphNode(i, package.Name.Value, package.Version?.ToString() ?? "", asked.Contains(package.Name))).ToList();
        var places = packages.Select((package, i) => (package, i)).ToLookup(pair => pair.package.Name);
        var edges = new SortedSet<(int, int)>();
        for (var from = 0; from < packages.Count; from++)
        {
            foreach (var needed in packages[from].Dependencies ?? [])
            {
                foreach (var (package, to) in places[needed.Name])
                {
                    if (to != from && (needed.Version is null || needed.Version.Equals(package.Version)))
                        edges.Add((from, to));
                }
            }
        }

        return new(nodes, [.. edges]);
    }

    /// <summary>Only what leads to a project, and what it leads to; all where it is not in the graph.</summary>
    public LockGraph Around(string name)
    {
        var kept = new HashSet<int>();
        foreach (var node in Nodes.Where(node => node.Name == name))
        {
            Follow(node.Id, edge => edge.From, edge => edge.To);
            Follow(node.Id, edge => edge.To, edge => edge.From);
        }

        if (kept.Count == 0)
            return this;
        var places = kept.Order().Select((id, i) => (id, i)).ToDictionary(pair => pair.id, pair => pair.i);
        return new(
            [.. kept.Order().Select(id => Nodes[id] with { Id = places[id] })],
            [.. Edges.Where(edge => kept.Contains(edge.From) && kept.Contains(edge.To)).Select(edge => (places[edge.From], places[edge.To]))]);

        void Follow(int start, Func<(int From, int To), int> here, Func<(int From, int To), int> there)
        {
            var next = Edges.ToLookup(here, there);
            var (open, met) = (new Queue<int>([start]), new HashSet<int> { start });
            while (open.TryDequeue(out var id))
            {
                kept.Add(id);
                foreach (var to in next[id].Where(met.Add))
                    open.Enqueue(to);
            }
        }
    }
}
