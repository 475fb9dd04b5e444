namespace VenvBuild.Packaging;

/// <summary>Writes a function as marker text.</summary>
internal static class MarkerWriter
{
    /// <summary>A marker that never holds.</summary>
    private const string Never = "python_version < \"0.0\"";

    /// <summary>
    /// The text; empty for what always holds. Alternatives of conjunctions or the other way around, whichever is exact and shorter.
    /// </summary>
    /// <param name="node">The function.</param>
    /// <param name="isExact">Whether the text means exactly the function, and not more (<see cref="MarkerPhrase.IsExact"/>).</param>
    public static string Write(MarkerNode node, out bool isExact)
    {
        isExact = true;
        if (node.IsTerminal)
            return ReferenceEquals(node, MarkerNode.True) ? "" : Never;
        var alternatives = MarkerCover.Of(node, node, node);
        var conditions = MarkerCover.Of(node.Negation, node.Negation, node.Negation);
        var isAlternativesExact = false;
        var isConditionsExact = false;
        var first = alternatives is null ? null : WriteAlternatives(alternatives, out isAlternativesExact);
        var second = conditions is null ? null : WriteConditions(conditions, out isConditionsExact);
        if (first is null && second is null)
            return Nested(node, ref isExact);
        var isFirst = second is null || (first is not null && isAlternativesExact == isConditionsExact
            ? alternatives!.Cost <= ConditionsCost(conditions!)
            : first is not null && isAlternativesExact);
        isExact = isFirst ? isAlternativesExact : isConditionsExact;
        return isFirst ? first! : second!;
    }

    private static string WriteAlternatives(MarkerCover cover, out bool isExact)
    {
        isExact = true;
        var shared = cover.Shared;
        var texts = new List<string>(cover.Rows.Count);
        foreach (var row in cover.Rows)
            texts.Add(WriteRow(row.FindAll(literal => !shared.Contains(literal)), isAlone: true, ref isExact));

        // A row without words holds always, and so do all together.
        var alternatives = texts.Contains("") ? "" : string.Join(" or ", texts);
        var common = WriteRow(shared, isAlone: alternatives.Length == 0, ref isExact);
        return common.Length == 0 || alternatives.Length == 0 ? common + alternatives : $"{common} and ({alternatives})";
    }

    private static string WriteRow(List<MarkerNode> row, bool isAlone, ref bool isExact)
    {
        var phrases = row.ConvertAll(MarkerPhrase.Of);
        isExact &= phrases.TrueForAll(phrase => phrase.IsExact);
        phrases.RemoveAll(phrase => phrase.Cost == 0);
        return string.Join(" and ", phrases.Select(phrase => Text(phrase, isAlone && phrases.Count == 1)));
    }

    private static string WriteConditions(MarkerCover cover, out bool isExact)
    {
        isExact = true;
        var texts = new List<string>(cover.Rows.Count);
        foreach (var row in cover.Rows)
        {
            var phrases = row.ConvertAll(literal => MarkerPhrase.Of(literal.Negation));
            isExact &= phrases.TrueForAll(phrase => phrase.IsExact);
            if (phrases.Exists(phrase => !phrase.IsExact))
                continue;
            var alternatives = new MarkerPhrase([.. phrases.SelectMany(phrase => phrase.Alternatives)]);
            texts.Add(Text(alternatives, isAlone: cover.Rows.Count == 1));
        }

        return string.Join(" and ", texts);
    }

    private static int ConditionsCost(MarkerCover cover) => cover.Rows.Sum(row => row.Sum(literal => MarkerPhrase.Of(literal.Negation).Cost));

    /// <summary>The text of a function with too many alternatives to list: question by question.</summary>
    private static string Nested(MarkerNode node, ref bool isExact)
    {
        var texts = new List<string>();
        var length = 0;
        var done = new HashSet<MarkerNode>(ReferenceEqualityComparer.Instance);
        foreach (var child in node.Children)
        {
            if (ReferenceEquals(child, MarkerNode.False) || !done.Add(child))
                continue;
            var leads = Array.ConvertAll(node.Children, other => ReferenceEquals(other, child) ? MarkerNode.True : MarkerNode.False);
            var phrase = MarkerPhrase.Of(MarkerNodes.Make(node.Variable!, node.Cuts, node.Values, leads));
            isExact &= phrase.IsExact;
            var rest = child.IsTerminal ? "" : $"({Nested(child, ref isExact)})";
            var own = phrase.Cost == 0 ? "" : Text(phrase, isAlone: rest.Length == 0);
            texts.Add(own.Length > 0 && rest.Length > 0 ? $"{own} and {rest}" : own + rest);
            length += texts[^1].Length;
            if (length > Marker.MaxLength)
                throw new PackagingFormatException("The environments cannot be said in a marker of readable length.", texts[0], 0);
        }

        return string.Join(" or ", texts);
    }

    private static string Text(MarkerPhrase phrase, bool isAlone)
    {
        var text = string.Join(" or ", phrase.Alternatives.Select(comparisons => string.Join(" and ", comparisons)));
        return phrase.Alternatives.Count > 1 && !isAlone ? $"({text})" : text;
    }
}
