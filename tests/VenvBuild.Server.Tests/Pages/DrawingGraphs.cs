namespace VenvBuild.Server.Tests;

/// <summary>Any graph is drawn with nothing over anything else and its edges from left to right.</summary>
public sealed class DrawingGraphs
{
    private static readonly Gen<LockGraph> Graphs =
        from count in Gen.Int[0, 60]
        from names in Gen.String[Gen.Char['a', 'z'], 1, 40].Array[count]
        from asked in Gen.Bool.Array[count]
        from pairs in Gen.Select(Gen.Int[0, Math.Max(0, count - 1)], Gen.Int[0, Math.Max(0, count - 1)]).Array[0, 3 * count]
        select new LockGraph(
            [.. names.Select((name, i) => new GraphNode(i, name, "1.0", asked[i]))],
            [.. pairs.Where(pair => pair.Item1 != pair.Item2).Distinct()]);

    [Fact]
    public void No_node_is_over_another_and_all_is_on_the_drawing() => Graphs.Sample(
        graph =>
        {
            var layout = GraphLayout.Of(graph);
            Assert.Equal(graph.Nodes.Count, layout.Nodes.Count);
            foreach (var (node, i) in layout.Nodes.Select((node, i) => (node, i)))
            {
                Assert.InRange(node.X, 0, layout.Width - node.Width);
                Assert.InRange(node.Y, 0, layout.Height - GraphLayout.NodeHeight);
                foreach (var other in layout.Nodes.Skip(i + 1))
                    Assert.False(node.X < other.X + other.Width && other.X < node.X + node.Width && node.Y < other.Y + GraphLayout.NodeHeight && other.Y < node.Y + GraphLayout.NodeHeight);
            }

            foreach (var edge in layout.Edges)
                Assert.All(edge.Points.Zip(edge.Points.Skip(1)), step => Assert.True(step.First.X <= step.Second.X));
        },
        iter: 300);

    [Fact]
    public void Edges_follow_the_graph_but_those_that_close_a_circle_are_turned()
    {
        GraphNode[] nodes = [new(0, "app", "1", true), new(1, "a", "1", false), new(2, "b", "1", false), new(3, "c", "1", false)];
        var layout = GraphLayout.Of(new(nodes, [(0, 1), (1, 2), (2, 3), (3, 1), (0, 3)]));
        Assert.Equal(4, layout.Depth);
        Assert.Contains(layout.Edges, edge => (edge.From, edge.To) == (1, 3));
        Assert.Equal([0, 1, 2, 3], layout.Nodes.OrderBy(node => node.X).Select(node => node.Node.Id));
    }

    [Fact]
    public void A_long_chain_is_drawn_too()
    {
        const int Count = 5_000;
        var layout = GraphLayout.Of(new([.. Enumerable.Range(0, Count).Select(i => new GraphNode(i, "n", "1", i == 0))], [.. Enumerable.Range(0, Count - 1).Select(i => (i, i + 1))]));
        Assert.Equal(Count, layout.Depth);
    }
}
