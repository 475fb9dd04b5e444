using System.Diagnostics.CodeAnalysis;

namespace VenvBuild.Packaging;

/// <summary>
/// Conjunction and disjunction of nodes. Results are kept in tables of fixed size where a new one takes an old one's place: combining
/// markers again and again costs a look-up, and memory stays bounded.
/// </summary>
internal static class MarkerOperations
{
    private const int CacheSize = 1 << 15;

    private static readonly Combination?[] Combinations = new Combination?[CacheSize];
    private static readonly Assumption?[] Assumptions = new Assumption?[CacheSize];

    public static MarkerNode And(MarkerNode left, MarkerNode right)
    {
        if (ReferenceEquals(left, right) || ReferenceEquals(right, MarkerNode.True) || ReferenceEquals(left, MarkerNode.False))
            return left;
        if (ReferenceEquals(left, MarkerNode.True) || ReferenceEquals(right, MarkerNode.False))
            return right;
        if (left.Id > right.Id)
            (left, right) = (right, left);
        ref var slot = ref Combinations[(int)((ulong)(left.Id * 0x9E3779B1 + right.Id * 0x85EBCA77) >> 7 & (CacheSize - 1))];
        if (slot is { } known && ReferenceEquals(known.Left, left) && ReferenceEquals(known.Right, right))
            return known.Result;
        var result = Combine(left, right);
        slot = new(left, right, result);
        return result;
    }

    public static MarkerNode Or(MarkerNode left, MarkerNode right) => And(left.Negation, right.Negation).Negation;

    public static bool AreDisjoint(MarkerNode left, MarkerNode right) => ReferenceEquals(And(left, right), MarkerNode.False);

    public static bool Implies(MarkerNode left, MarkerNode right) => AreDisjoint(left, right.Negation);

    public static bool TryFindAssumption(MarkerNode node, MarkerFields field, string value, [NotNullWhen(true)] out MarkerNode? result)
    {
        var known = Assumptions[Slot(node, field, value)];
        var isKnown = known is not null && ReferenceEquals(known.Node, node) && known.Field == field
            && string.Equals(known.Value, value, StringComparison.Ordinal);
        result = isKnown ? known!.Result : null;
        return isKnown;
    }

    public static void KeepAssumption(MarkerNode node, MarkerFields field, string value, MarkerNode result) =>
        Assumptions[Slot(node, field, value)] = new(node, field, value, result);

    private static int Slot(MarkerNode node, MarkerFields field, string value) =>
        HashCode.Combine(node.Id, field, value.GetHashCode(StringComparison.Ordinal)) & (CacheSize - 1);

    private static MarkerNode Combine(MarkerNode left, MarkerNode right)
    {
        MarkerEffort.Step();
        var order = left.Variable!.CompareTo(right.Variable);
        if (order > 0)
            (left, right) = (right, left);
        var variable = left.Variable!;
        var isShared = order == 0;
        switch (variable.Kind)
        {
            case MarkerVariableKind.Version:
                return CombineVersions(left, right, isShared);
            case MarkerVariableKind.Text:
                return CombineTexts(left, right, isShared);
            default:
                var (no, yes) = isShared ? (right.Children[0], right.Children[1]) : (right, right);
                return MarkerNodes.OfQuestion(variable, And(left.Children[0], no), And(left.Children[1], yes));
        }
    }

    private static MarkerNode CombineVersions(MarkerNode left, MarkerNode right, bool isShared)
    {
        ReadOnlySpan<ulong> leftCuts = left.Cuts, rightCuts = isShared ? right.Cuts : [];
        ReadOnlySpan<MarkerNode> rightChildren = isShared ? right.Children : [right];
        var cuts = new List<ulong>(leftCuts.Length + rightCuts.Length);
        var children = new List<MarkerNode>(leftCuts.Length + rightCuts.Length + 1) { And(left.Children[0], rightChildren[0]) };
        int i = 0, j = 0;
        while (i < leftCuts.Length || j < rightCuts.Length)
        {
            var leftCut = i < leftCuts.Length ? leftCuts[i] : InterpreterKey.Top;
            var rightCut = j < rightCuts.Length ? rightCuts[j] : InterpreterKey.Top;
            var cut = Math.Min(leftCut, rightCut);
            if (leftCut == cut)
                i++;
            if (rightCut == cut)
                j++;
            cuts.Add(cut);
            children.Add(And(left.Children[i], rightChildren[j]));
        }

        return MarkerNodes.OfVersion(left.Variable!, cuts, children);
    }

    private static MarkerNode CombineTexts(MarkerNode left, MarkerNode right, bool isShared)
    {
        var field = left.Variable!.Field;
        string[] values = [.. left.Values];
        if (isShared)
        {
            values = [.. values.Union(right.Values, StringComparer.Ordinal)];
            Array.Sort(values, StringComparer.Ordinal);
        }

        var children = new MarkerNode[values.Length + 1];
        for (var i = 0; i < values.Length; i++)
        {
            var other = isShared ? right.ChildFor(values[i]) : MarkerFacts.Assume(right, field, values[i]);
            children[i] = And(left.ChildFor(values[i]), other);
        }

        children[^1] = And(left.Children[^1], isShared ? right.Children[^1] : right);
        return MarkerNodes.OfText(left.Variable, values, children);
    }

    private sealed record Combination(MarkerNode Left, MarkerNode Right, MarkerNode Result);

    private sealed record Assumption(MarkerNode Node, MarkerFields Field, string Value, MarkerNode Result);
}
