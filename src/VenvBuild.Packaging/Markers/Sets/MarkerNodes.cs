namespace VenvBuild.Packaging;

/// <summary>
/// The nodes in use, each once. The table is shared by the process, so that sets made anywhere compare by reference, and holds its nodes
/// weakly, so that a server that reads markers for months keeps only those that somebody still holds. One lock guards it: what is done
/// under it is a look-up, and the caches of <see cref="MarkerOperations"/> answer most questions before it is asked.
/// </summary>
internal static class MarkerNodes
{
    private static readonly Lock Gate = new();
    private static Entry?[] _buckets = new Entry?[1024];
    private static int _count;

    /// <summary>The node of a version variable.</summary>
    public static MarkerNode OfVersion(MarkerVariable variable, List<ulong> cuts, List<MarkerNode> children)
    {
        // Ranges that lead to the same child are one range.
        var kept = 0;
        for (var i = 1; i < children.Count; i++)
        {
            if (ReferenceEquals(children[i], children[kept]))
                continue;
            cuts[kept] = cuts[i - 1];
            children[++kept] = children[i];
        }

        if (kept == 0)
            return children[0];
        cuts.RemoveRange(kept, cuts.Count - kept);
        children.RemoveRange(kept + 1, children.Count - kept - 1);
        return Intern(variable, [.. cuts], [], [.. children]);
    }

    /// <summary>The node of a text variable; the last child is for every value that is not listed.</summary>
    public static MarkerNode OfText(MarkerVariable variable, ReadOnlySpan<string> values, ReadOnlySpan<MarkerNode> children)
    {
        var rest = children[^1];
        var keptValues = new List<string>(values.Length);
        var keptChildren = new List<MarkerNode>(children.Length);
        for (var i = 0; i < values.Length; i++)
        {
            if (ReferenceEquals(children[i], MarkerFacts.Assume(rest, variable.Field, values[i])))
                continue;
            keptValues.Add(values[i]);
            keptChildren.Add(children[i]);
        }

        if (keptValues.Count == 0)
            return rest;
        keptChildren.Add(rest);
        return Intern(variable, [], [.. keptValues], [.. keptChildren]);
    }

    /// <summary>The node of a question with the answer yes or no.</summary>
    public static MarkerNode OfQuestion(MarkerVariable variable, MarkerNode no, MarkerNode yes) =>
        ReferenceEquals(no, yes) ? no : Intern(variable, [], [], [no, yes]);

    /// <summary>A node with the branches of another and new children.</summary>
    public static MarkerNode Make(MarkerVariable variable, ulong[] cuts, string[] values, MarkerNode[] children) => variable.Kind switch
    {
        MarkerVariableKind.Version => OfVersion(variable, [.. cuts], [.. children]),
        MarkerVariableKind.Text => OfText(variable, values, children),
        _ => OfQuestion(variable, children[0], children[1]),
    };

    private static MarkerNode Intern(MarkerVariable variable, ulong[] cuts, string[] values, MarkerNode[] children)
    {
        var hash = Hash(variable, cuts, values, children);
        lock (Gate)
        {
            for (var entry = _buckets[hash & (_buckets.Length - 1)]; entry is not null; entry = entry.Next)
            {
                if (entry.Hash == hash && entry.Node.TryGetTarget(out var known) && Same(known, variable, cuts, values, children))
                    return known;
            }

            var node = new MarkerNode(variable, cuts, values, children, hash);
            if (_count >= _buckets.Length)
                Rebuild();
            ref var bucket = ref _buckets[hash & (_buckets.Length - 1)];
            bucket = new(hash, new(node), bucket);
            _count++;
            return node;
        }
    }

    /// <summary>Forgets the nodes that were collected, and grows where most of them live.</summary>
    private static void Rebuild()
    {
        var live = new List<Entry>(_count);
        foreach (var bucket in _buckets)
        {
            for (var entry = bucket; entry is not null; entry = entry.Next)
            {
                if (entry.Node.TryGetTarget(out _))
                    live.Add(entry);
            }
        }

        var size = _buckets.Length;
        while (live.Count > size / 2)
            size *= 2;
        _buckets = new Entry?[size];
        foreach (var entry in live)
        {
            ref var bucket = ref _buckets[entry.Hash & (size - 1)];
            bucket = new(entry.Hash, entry.Node, bucket);
        }

        _count = live.Count;
    }

    private static int Hash(MarkerVariable variable, ulong[] cuts, string[] values, MarkerNode[] children)
    {
        var hash = new HashCode();
        hash.Add(variable.GetHashCode());
        foreach (var cut in cuts)
            hash.Add(cut);
        foreach (var value in values)
            hash.Add(value.GetHashCode(StringComparison.Ordinal));
        foreach (var child in children)
            hash.Add(child.Id);
        return hash.ToHashCode();
    }

    private static bool Same(MarkerNode node, MarkerVariable variable, ulong[] cuts, string[] values, MarkerNode[] children)
    {
        if (node.Variable!.CompareTo(variable) != 0 || node.Children.Length != children.Length || !node.Cuts.AsSpan().SequenceEqual(cuts)
            || node.Values.Length != values.Length)
        {
            return false;
        }

        for (var i = 0; i < values.Length; i++)
        {
            if (!string.Equals(node.Values[i], values[i], StringComparison.Ordinal))
                return false;
        }

        for (var i = 0; i < children.Length; i++)
        {
            if (!ReferenceEquals(node.Children[i], children[i]))
                return false;
        }

        return true;
    }

    private sealed record Entry(int Hash, WeakReference<MarkerNode> Node, Entry? Next);
}
