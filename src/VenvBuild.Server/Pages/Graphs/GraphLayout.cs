namespace VenvBuild.Server;

/// <summary>A node with its place on the drawing.</summary>
internal sealed record PlacedNode(GraphNode Node, double X, double Y, double Width);

/// <summary>An edge as the points that it passes, from left to right.</summary>
internal sealed record PlacedEdge(int From, int To, IReadOnlyList<(double X, double Y)> Points);

/// <summary>
/// Draws a graph in columns, who needs something to the left of it (after Sugiyama, Tagawa and Toda 1981): columns by the longest way, order
/// within them by few crossings, places near their neighbours. Boxes are as wide as their labels at most are, so that nothing overlaps.
/// </summary>
internal sealed class GraphLayout
{
    public const double NodeHeight = 26;

    private const double CharacterWidth = 7.6;
    private const double Padding = 20;
    private const double RowGap = 10;
    private const double WireGap = 8;
    private const double ColumnGap = 64;
    private const double Margin = 12;
    private const int Sweeps = 12;

    // Long edges pass columns in cells of their own: those have no node.
    private readonly List<Cell> _cells = [];
    private readonly List<List<Cell>> _columns = [];
    private readonly List<(int From, int To, List<Cell> Way)> _ways = [];

    private GraphLayout(LockGraph graph)
    {
        var (column, edges) = Columns(graph);
        foreach (var node in graph.Nodes)
            Add(new(node, (node.Label.Length * CharacterWidth) + Padding), column[node.Id]);
        foreach (var (from, to) in edges)
        {
            var way = new List<Cell> { _cells[from] };
            for (var passed = column[from] + 1; passed < column[to]; passed++)
                way.Add(Add(new(null, 0), passed));
            way.Add(_cells[to]);
            _ways.Add((from, to, way));
            for (var i = 1; i < way.Count; i++)
            {
                way[i - 1].Right.Add(way[i]);
                way[i].Left.Add(way[i - 1]);
            }
        }

        Order();
        Place();
        var x = Margin;
        foreach (var cells in _columns)
        {
            var width = cells.Count == 0 ? 0 : cells.Max(cell => cell.Width);
            foreach (var cell in cells)
                (cell.X, cell.ColumnWidth) = (x, width);
            x += width + ColumnGap;
        }

        Width = Math.Max(2 * Margin, x - ColumnGap + Margin);
        var top = _cells.Count == 0 ? 0 : _cells.Min(cell => cell.Y - (cell.Height / 2));
        foreach (var cell in _cells)
            cell.Y += Margin - top;
        Height = _cells.Count == 0 ? 2 * Margin : _cells.Max(cell => cell.Y + (cell.Height / 2)) + Margin;
        Nodes = [.. _cells.Where(cell => cell.Node is not null).Select(cell => new PlacedNode(cell.Node!, cell.X, cell.Y - (NodeHeight / 2), cell.Width))];
        Edges = [.. _ways.Select(way => new PlacedEdge(way.From, way.To, Points(way.Way)))];
    }

    public double Width { get; }

    public double Height { get; }

    public IReadOnlyList<PlacedNode> Nodes { get; }

    public IReadOnlyList<PlacedEdge> Edges { get; }

    /// <summary>How many columns there are.</summary>
    public int Depth => _columns.Count;

    public static GraphLayout Of(LockGraph graph) => new(graph);

    private Cell Add(Cell cell, int column)
    {
        while (_columns.Count <= column)
            _columns.Add([]);
        cell.Column = column;
        _columns[column].Add(cell);
        _cells.Add(cell);
        return cell;
    }

    /// <summary>The column of each node, by the longest way to it; an edge that closes a circle is turned round.</summary>
    private static (int[] Column, List<(int From, int To)> Edges) Columns(LockGraph graph)
    {
        var count = graph.Nodes.Count;
        var next = graph.Edges.ToLookup(edge => edge.From, edge => edge.To);
        var state = new byte[count];
        var edges = new HashSet<(int From, int To)>();
        var order = new List<int>();
        // What the requests name begins, so that circles are cut behind it. By hand: a chain may be longer than a stack is deep.
        foreach (var start in graph.Nodes.OrderByDescending(node => node.IsAsked).Select(node => node.Id))
        {
            if (state[start] != 0)
                continue;
            var path = new Stack<(int Id, IEnumerator<int> Needs)>();
            state[start] = 1;
            path.Push((start, next[start].GetEnumerator()));
            while (path.TryPeek(out var top))
            {
                if (!top.Needs.MoveNext())
                {
                    state[top.Id] = 2;
                    order.Add(top.Id);
                    path.Pop();
                    continue;
                }

                var to = top.Needs.Current;
                edges.Add(state[to] == 1 ? (to, top.Id) : (top.Id, to));
                if (state[to] == 0)
                {
                    state[to] = 1;
                    path.Push((to, next[to].GetEnumerator()));
                }
            }
        }

        order.Reverse();
        var column = new int[count];
        var onward = edges.ToLookup(edge => edge.From, edge => edge.To);
        foreach (var id in order)
        {
            foreach (var to in onward[id])
                column[to] = Math.Max(column[to], column[id] + 1);
        }

        return (column, [.. edges.Order()]);
    }

    /// <summary>Orders each column by the middle of its neighbours, back and forth, and keeps the order with the fewest crossings.</summary>
    private void Order()
    {
        Number();
        var (best, fewest) = (Snapshot(), Crossings());
        for (var sweep = 0; sweep < Sweeps && fewest > 0; sweep++)
        {
            var isForward = sweep % 2 == 0;
            for (var i = 1; i < _columns.Count; i++)
            {
                var cells = _columns[isForward ? i : _columns.Count - 1 - i];
                foreach (var cell in cells)
                {
                    var near = isForward ? cell.Left : cell.Right;
                    cell.Weight = near.Count == 0 ? cell.Row : near.Average(other => (double)other.Row);
                }

                var sorted = cells.OrderBy(cell => cell.Weight).ThenBy(cell => cell.Row).ToList();
                cells.Clear();
                cells.AddRange(sorted);
                for (var row = 0; row < cells.Count; row++)
                    cells[row].Row = row;
            }

            var crossings = Crossings();
            if (crossings < fewest)
                (best, fewest) = (Snapshot(), crossings);
        }

        for (var i = 0; i < _columns.Count; i++)
        {
            _columns[i].Clear();
            _columns[i].AddRange(best[i]);
        }

        Number();
    }

    private List<List<Cell>> Snapshot() => [.. _columns.Select(cells => cells.ToList())];

    private void Number()
    {
        foreach (var cells in _columns)
        {
            for (var row = 0; row < cells.Count; row++)
                cells[row].Row = row;
        }
    }

    /// <summary>How many pairs of edges cross between neighbouring columns: inversions, counted with a Fenwick tree.</summary>
    private long Crossings()
    {
        var sum = 0L;
        for (var i = 0; i + 1 < _columns.Count; i++)
        {
            var tree = new int[_columns[i + 1].Count + 1];
            var met = 0;
            foreach (var cell in _columns[i])
            {
                foreach (var to in cell.Right)
                {
                    var before = 0;
                    for (var at = to.Row + 1; at > 0; at -= at & -at)
                        before += tree[at];
                    sum += met - before;
                }

                foreach (var to in cell.Right)
                {
                    met++;
                    for (var at = to.Row + 1; at < tree.Length; at += at & -at)
                        tree[at]++;
                }
            }
        }

        return sum;
    }

    /// <summary>Puts every cell as near to its neighbours as its column's order and gaps allow.</summary>
    private void Place()
    {
        foreach (var cells in _columns)
        {
            var y = 0d;
            foreach (var cell in cells)
            {
                cell.Y = y + (cell.Height / 2);
                y += cell.Height + cell.Gap;
            }
        }

        for (var sweep = 0; sweep < Sweeps; sweep++)
        {
            var isForward = sweep % 2 == 0;
            for (var i = 0; i < _columns.Count; i++)
            {
                var cells = _columns[isForward ? i : _columns.Count - 1 - i];
                foreach (var cell in cells)
                {
                    var near = (isForward ? cell.Left : cell.Right) is { Count: > 0 } some ? some : isForward ? cell.Right : cell.Left;
                    cell.Weight = near.Count == 0 ? cell.Y : near.Average(other => other.Y);
                }

                Settle(cells);
            }
        }
    }

    /// <summary>
    /// The places nearest to those wished for (least squares) that keep order and gaps: with the gaps taken out, an isotonic regression, by
    /// pooling neighbours that are in each other's way.
    /// </summary>
    private static void Settle(List<Cell> cells)
    {
        var offsets = new double[cells.Count];
        for (var i = 1; i < cells.Count; i++)
            offsets[i] = offsets[i - 1] + ((cells[i - 1].Height + cells[i].Height) / 2) + Math.Max(cells[i - 1].Gap, cells[i].Gap);
        var pools = new Stack<(double Sum, int Count)>();
        for (var i = 0; i < cells.Count; i++)
        {
            var pool = (Sum: cells[i].Weight - offsets[i], Count: 1);
            while (pools.TryPeek(out var above) && above.Sum / above.Count > pool.Sum / pool.Count)
            {
                pools.Pop();
                pool = (above.Sum + pool.Sum, above.Count + pool.Count);
            }

            pools.Push(pool);
        }

        var at = 0;
        foreach (var (sum, count) in pools.Reverse())
        {
            for (var i = 0; i < count; i++, at++)
                cells[at].Y = (sum / count) + offsets[at];
        }
    }

    private static List<(double X, double Y)> Points(List<Cell> way)
    {
        var points = new List<(double, double)> { (way[0].X + way[0].Width, way[0].Y) };
        foreach (var passed in way.Skip(1).SkipLast(1))
        {
            points.Add((passed.X, passed.Y));
            points.Add((passed.X + passed.ColumnWidth, passed.Y));
        }

        points.Add((way[^1].X, way[^1].Y));
        return points;
    }

    private sealed class Cell(GraphNode? node, double width)
    {
        public GraphNode? Node => node;

        public double Width => width;

        public double Height => node is null ? 2 : NodeHeight;

        public double Gap => node is null ? WireGap : RowGap;

        public int Column { get; set; }

        public int Row { get; set; }

        public double Weight { get; set; }

        public double X { get; set; }

        public double Y { get; set; }

        public double ColumnWidth { get; set; }

        public List<Cell> Left { get; } = [];

        public List<Cell> Right { get; } = [];
    }
}
