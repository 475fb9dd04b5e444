namespace VenvBuild.Packaging;

/// <summary>Nodes with one variable and terminal children, as sets of that variable's values.</summary>
internal static class MarkerLiteral
{
    /// <summary>The set that takes the fewest comparisons of those that hold <paramref name="least"/> and are within <paramref name="most"/>.</summary>
    public static MarkerNode Shortest(MarkerNode least, MarkerNode most)
    {
        if (most.IsTerminal || least.IsTerminal)
            return most;
        var best = most.Variable!.Kind switch
        {
            MarkerVariableKind.Version => ShortestVersions(least, most),
            MarkerVariableKind.Text => least,
            _ => most,
        };
        var (bestCost, mostCost) = (MarkerPhrase.Of(best).Cost, MarkerPhrase.Of(most).Cost);

        // At equal length, "==" and "<" say more than "!=".
        return bestCost < mostCost || (bestCost == mostCost && IsPlain(best)) ? best : most;
    }

    private static bool IsPlain(MarkerNode literal) => literal.Variable!.Kind switch
    {
        MarkerVariableKind.Version => true,
        MarkerVariableKind.Text => ReferenceEquals(literal.Children[^1], MarkerNode.False),
        _ => false,
    };

    /// <summary>Bridges gaps and lets go of bounds where that is allowed; a bound that must stay is a whole minor if it can be.</summary>
    private static MarkerNode ShortestVersions(MarkerNode least, MarkerNode most)
    {
        var needed = VersionPhrase.Ranges(least);
        var cuts = new List<ulong>();
        var children = new List<MarkerNode> { MarkerNode.False };
        foreach (var (lower, upper) in VersionPhrase.Ranges(most))
        {
            var within = needed.FindAll(range => range.Lower >= lower && range.Upper <= upper);
            if (within.Count == 0)
                continue;
            var from = lower == 0 || VersionPhrase.IsWholeMinor(lower) || !VersionPhrase.IsWholeMinor(within[0].Lower) ? lower : within[0].Lower;
            var to = upper == InterpreterKey.Top || VersionPhrase.IsWholeMinor(upper) || !VersionPhrase.IsWholeMinor(within[^1].Upper)
                ? upper
                : within[^1].Upper;
            if (from == 0)
            {
                children[0] = MarkerNode.True;
            }
            else
            {
                cuts.Add(from);
                children.Add(MarkerNode.True);
            }

            if (to < InterpreterKey.Top)
            {
                cuts.Add(to);
                children.Add(MarkerNode.False);
            }
        }

        var literal = MarkerNodes.OfVersion(most.Variable!, cuts, children);
        return literal.IsTerminal ? most : literal;
    }
}
