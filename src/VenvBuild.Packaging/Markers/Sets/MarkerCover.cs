namespace VenvBuild.Packaging;

/// <summary>
/// A function as alternatives, each a row of literals (nodes with one variable and terminal children): few rows, each with few and short
/// comparisons. Anything from <c>lower</c> to <c>upper</c> will do, so that what does not matter can make the text shorter.
/// </summary>
internal sealed class MarkerCover
{
    // Beyond this, no person reads the text, and the search for a shorter one costs more than it gives.
    private const int MaxRows = 64;

    private readonly MarkerNode _lower, _upper;
    private readonly List<List<MarkerNode>> _rows = [];

    private MarkerCover(MarkerNode lower, MarkerNode upper)
    {
        _lower = lower;
        _upper = upper;
    }

    public IReadOnlyList<List<MarkerNode>> Rows => _rows;

    /// <summary>The literals that every row holds: what can be said once for all of them.</summary>
    public List<MarkerNode> Shared => _rows.Count < 2 ? [] : _rows[0].FindAll(literal => _rows.TrueForAll(row => row.Contains(literal)));

    /// <summary>How many comparisons the rows take, with those that all share said once.</summary>
    public int Cost => _rows.Sum(Measure) - (_rows.Count - 1) * Measure(Shared);

    /// <summary>
    /// Rows whose union is at least <paramref name="lower"/> and at most <paramref name="upper"/>, made from the paths of
    /// <paramref name="start"/>, which lies between; null when there are too many.
    /// </summary>
    public static MarkerCover? Of(MarkerNode start, MarkerNode lower, MarkerNode upper)
    {
        var cover = new MarkerCover(lower, upper);
        if (!cover.AddPaths(start, []))
            return null;
        foreach (var row in cover._rows)
            cover.Widen(row);
        cover.RemoveNeedless();
        cover.Shorten();
        return cover;
    }

    /// <summary>The union of the rows.</summary>
    public MarkerNode ToNode() => Union(except: -1);

    public static MarkerNode Row(List<MarkerNode> literals, int except = -1)
    {
        var node = MarkerNode.True;
        for (var i = literals.Count - 1; i >= 0; i--)
        {
            if (i != except)
                node = MarkerOperations.And(literals[i], node);
        }

        return node;
    }

    private static int Measure(List<MarkerNode> row) => row.Sum(literal => MarkerPhrase.Of(literal).Cost);

    private MarkerNode Union(int except)
    {
        var node = MarkerNode.False;
        for (var i = 0; i < _rows.Count; i++)
        {
            if (i != except)
                node = MarkerOperations.Or(node, Row(_rows[i]));
        }

        return node;
    }

    private bool AddPaths(MarkerNode node, List<MarkerNode> path)
    {
        if (node.IsTerminal)
        {
            if (ReferenceEquals(node, MarkerNode.True))
                _rows.Add([.. path]);
            return _rows.Count <= MaxRows;
        }

        var done = new HashSet<MarkerNode>(ReferenceEqualityComparer.Instance);

        // What is asked for reads better before what is not.
        var isQuestion = node.Variable!.Kind is MarkerVariableKind.Test or MarkerVariableKind.Member;
        foreach (var child in isQuestion ? node.Children.Reverse() : node.Children)
        {
            if (ReferenceEquals(child, MarkerNode.False) || !done.Add(child))
                continue;
            var leads = Array.ConvertAll(node.Children, other => ReferenceEquals(other, child) ? MarkerNode.True : MarkerNode.False);
            var literal = MarkerNodes.Make(node.Variable!, node.Cuts, node.Values, leads);
            path.Add(literal);
            var isWithin = AddPaths(child, path);
            path.RemoveAt(path.Count - 1);
            if (!isWithin)
                return false;
        }

        return true;
    }

    /// <summary>Drops the literals that a row does not need, and makes the others allow all they can.</summary>
    private void Widen(List<MarkerNode> row)
    {
        for (var i = row.Count - 1; i >= 0; i--)
        {
            if (MarkerOperations.Implies(Row(row, except: i), _upper))
                row.RemoveAt(i);
        }

        for (var i = row.Count - 1; i >= 0; i--)
        {
            var forbidden = MarkerOperations.And(Row(row, except: i), _upper.Negation);
            row[i] = MarkerOperations.Or(row[i], Project(forbidden, row[i].Variable!).Negation);
            if (row[i].IsTerminal)
                row.RemoveAt(i);
        }
    }

    /// <summary>Removes rows, the costly first, that the others make needless.</summary>
    private void RemoveNeedless()
    {
        var byCost = _rows.Select((row, index) => (Row: row, Cost: Measure(row), Index: index))
            .OrderByDescending(entry => entry.Cost).ThenByDescending(entry => entry.Index);
        foreach (var (row, _, _) in byCost.ToList())
        {
            var index = _rows.IndexOf(row);
            if (MarkerOperations.Implies(MarkerOperations.And(Row(row), _lower), Union(except: index)))
                _rows.RemoveAt(index);
        }
    }

    /// <summary>Says each literal with as few comparisons as what the row alone must cover allows.</summary>
    private void Shorten()
    {
        for (var i = 0; i < _rows.Count; i++)
        {
            var row = _rows[i];
            var others = Union(except: i).Negation;
            for (var j = 0; j < row.Count; j++)
            {
                var needed = MarkerOperations.And(MarkerOperations.And(_lower, Row(row)), others);
                var least = MarkerOperations.And(Project(needed, row[j].Variable!), row[j]);
                row[j] = MarkerLiteral.Shortest(least, row[j]);
            }
        }
    }

    /// <summary>The values of a variable for which a function can hold at all.</summary>
    private static MarkerNode Project(MarkerNode node, MarkerVariable variable, Dictionary<MarkerNode, MarkerNode>? done = null)
    {
        if (node.IsTerminal)
            return node;
        var order = node.Variable!.CompareTo(variable);
        if (order > 0)
            return MarkerNode.True;
        if (order == 0)
        {
            var leads = Array.ConvertAll(node.Children, child => ReferenceEquals(child, MarkerNode.False) ? child : MarkerNode.True);
            return MarkerNodes.Make(variable, node.Cuts, node.Values, leads);
        }

        done ??= [];
        if (done.TryGetValue(node, out var known))
            return known;
        var result = MarkerNode.False;
        foreach (var child in node.Children)
            result = MarkerOperations.Or(result, Project(child, variable, done));
        return done[node] = result;
    }
}
