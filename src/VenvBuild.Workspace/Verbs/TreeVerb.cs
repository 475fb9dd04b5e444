using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary><c>tree</c>: what needs what among the pins.</summary>
public static class TreeVerb
{
    /// <summary>Makes the tree from the lock and the pins' own metadata.</summary>
    /// <exception cref="DiagnosticException">There is no lock, or the platform is none that it serves.</exception>
    public static async Task<TreeOutcome> RunAsync(WorkspaceContext context, TreeOptions options, CancellationToken cancellationToken)
    {
        var locked = await LockedGraph.OpenAsync(context, cancellationToken).ConfigureAwait(false);
        await using (locked.ConfigureAwait(false))
        {
            var graph = await DependencyGraph.BuildAsync(locked, options.Platform, cancellationToken).ConfigureAwait(false);
            var shown = new HashSet<GraphPin>();
            var depth = options.Depth ?? int.MaxValue;
            var roots = options.Invert
                ? Leaves(graph).Select(pin => Inverted(pin, null, depth, shown)).ToList()
                : graph.Requests.Select(request => Node(request, depth, shown)).ToList();
            return new(locked.Manifest.Name, roots, graph.Unread);
        }
    }

    private static TreeNode Node(GraphEdge edge, int depth, HashSet<GraphPin> shown)
    {
        var pin = edge.To;
        var isNew = shown.Add(pin);
        var children = isNew && depth > 0 ? pin.Needs.Select(next => Node(next, depth - 1, shown)).ToList() : [];
        return new(
            pin.Name.Value, pin.Package.Version?.ToString(), edge.Text, edge.Where, edge.Group?.Value, !isNew && depth > 0 && pin.Needs.Count > 0, children);
    }

    private static TreeNode Inverted(GraphPin pin, GraphEdge? edge, int depth, HashSet<GraphPin> shown)
    {
        var isNew = shown.Add(pin);
        var needing = pin.NeededBy.Where(next => next.From is not null).ToList();
        var children = new List<TreeNode>();
        if (isNew && depth > 0)
        {
            children.AddRange(pin.NeededBy.Where(next => next.From is null)
                .Select(next => new TreeNode(next.Group is null ? "the manifest" : $"group {next.Group}", null, next.Text, next.Where, next.Group?.Value, false, [])));
            children.AddRange(needing.Select(next => Inverted(next.From!, next, depth - 1, shown)));
        }

        return new(pin.Name.Value, pin.Package.Version?.ToString(), edge?.Text, edge?.Where, null, !isNew && depth > 0 && pin.NeededBy.Count > 0, children);
    }

    /// <summary>The pins that need nothing, and, where all that is left goes in circles, one of each circle.</summary>
    private static List<GraphPin> Leaves(DependencyGraph graph)
    {
        var reached = new HashSet<GraphPin>();
        var leaves = new List<GraphPin>();
        foreach (var pin in graph.Pins.Where(pin => pin.NeededBy.Count > 0).OrderBy(pin => pin.Needs.Count == 0 ? 0 : 1))
        {
            if (pin.Needs.Count > 0 && reached.Contains(pin))
                continue;
            leaves.Add(pin);
            var open = new Stack<GraphPin>([pin]);
            while (open.TryPop(out var next))
            {
                if (!reached.Add(next))
                    continue;
                foreach (var edge in next.NeededBy.Where(edge => edge.From is not null))
                    open.Push(edge.From!);
            }
        }

        return leaves;
    }
}
