namespace VenvBuild.Packaging;

/// <summary>The diagram of one comparison.</summary>
internal static class MarkerAtoms
{
    // Longer lists are no lists of versions: what is in them is asked as a question of its own.
    private const int MaxListLength = 1024;

    public static MarkerNode Of(MarkerExpression expression)
    {
        if (expression is MarkerComparison comparison)
            return Of(comparison);
        var sequence = (MarkerSequence)expression;
        var result = MarkerNode.False;
        var alternative = MarkerNode.True;
        for (var i = 0; i < sequence.Items.Length; i++)
        {
            if (i > 0 && sequence.BeginsAlternative(i))
            {
                result = MarkerOperations.Or(result, alternative);
                alternative = MarkerNode.True;
            }

            alternative = MarkerOperations.And(alternative, Of(sequence.Items[i]));
        }

        return MarkerOperations.Or(result, alternative);
    }

    public static MarkerNode Of(MarkerComparison comparison) => comparison.Field switch
    {
        MarkerFields.Extra => OfExtra(comparison),
        MarkerFields.Extras or MarkerFields.DependencyGroups =>
            OfQuestion(MarkerVariable.Member(comparison.Field, comparison.Text), comparison.Operator == MarkerOperator.In),
        MarkerFields.PythonVersion => OfPythonVersion(comparison),
        MarkerFields.PythonFullVersion => OfVersion(comparison, MarkerVariable.PythonFullVersion),
        MarkerFields.ImplementationVersion => OfVersion(comparison, MarkerVariable.ImplementationVersion),
        MarkerFields.PlatformRelease or MarkerFields.PlatformVersion => OfTest(comparison),
        _ => OfText(comparison),
    };

    /// <summary>Where a field has a value.</summary>
    public static MarkerNode OfValue(MarkerFields field, string value)
    {
        (field, value) = MarkerFacts.Representative(field, value);
        return MarkerNodes.OfText(MarkerVariable.Text(field), [value], [MarkerNode.True, MarkerNode.False]);
    }

    /// <summary>Where a version variable is in a set.</summary>
    public static MarkerNode OfSet(MarkerVariable variable, VersionSet set)
    {
        var cuts = new List<ulong>();
        var children = new List<MarkerNode> { MarkerNode.False };
        foreach (var (lower, upper) in set.Intervals)
        {
            AddRange(cuts, children, InterpreterKey.Of(lower), InterpreterKey.Of(upper));
        }

        return MarkerNodes.OfVersion(variable, cuts, children);
    }

    private static MarkerNode OfQuestion(MarkerVariable variable, bool answer) => answer
        ? MarkerNodes.OfQuestion(variable, MarkerNode.False, MarkerNode.True)
        : MarkerNodes.OfQuestion(variable, MarkerNode.True, MarkerNode.False);

    /// <summary>A question of its own, asked in the positive.</summary>
    private static MarkerNode OfTest(MarkerComparison comparison)
    {
        var positive = comparison.Operator switch
        {
            MarkerOperator.NotEqual => MarkerOperator.Equal,
            MarkerOperator.NotIn => MarkerOperator.In,
            var op => op,
        };
        var isPositive = positive == comparison.Operator;
        return OfQuestion(MarkerVariable.Test(isPositive ? comparison : comparison.With(positive)), isPositive);
    }

    private static MarkerNode OfExtra(MarkerComparison comparison) => comparison.Operator switch
    {
        MarkerOperator.In or MarkerOperator.NotIn => OfTest(comparison),
        MarkerOperator.Equal or MarkerOperator.NotEqual when comparison.Text.Length == 0 => OfTest(comparison),
        MarkerOperator.NotEqual => OfQuestion(MarkerVariable.Member(MarkerFields.Extra, comparison.Text), false),
        MarkerOperator.LessOrEqual or MarkerOperator.GreaterOrEqual when comparison.Text.Length == 0 =>
            OfTest(comparison.With(MarkerOperator.Equal)),
        MarkerOperator.Equal or MarkerOperator.LessOrEqual or MarkerOperator.GreaterOrEqual =>
            OfQuestion(MarkerVariable.Member(MarkerFields.Extra, comparison.Text), true),
        _ => MarkerNode.False,
    };

    private static MarkerNode OfText(MarkerComparison comparison) => comparison.Operator switch
    {
        MarkerOperator.In or MarkerOperator.NotIn => OfTest(comparison),
        MarkerOperator.NotEqual => OfValue(comparison.Field, comparison.Text).Negation,
        MarkerOperator.Equal or MarkerOperator.LessOrEqual or MarkerOperator.GreaterOrEqual => OfValue(comparison.Field, comparison.Text),
        _ => MarkerNode.False,
    };

    private static MarkerNode OfPythonVersion(MarkerComparison comparison)
    {
        if (comparison.Operator < MarkerOperator.In)
            return OfBreakpoints(comparison, MarkerVariable.PythonFullVersion, isMinorOnly: true);
        if (comparison.IsConstantFirst || comparison.Text.Length > MaxListLength)
            return OfTest(comparison);
        var listed = OfListedMinors(comparison.Text);
        return comparison.Operator == MarkerOperator.In ? listed : listed.Negation;
    }

    /// <summary>
    /// The minors that occur in a text, as <c>in</c> asks: <c>3.1</c> occurs in <c>3.10 3.11</c>.
    /// </summary>
    private static MarkerNode OfListedMinors(string text)
    {
        var minors = new SortedSet<ulong>();
        for (var dot = text.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = text.IndexOf('.', dot + 1))
        {
            for (var start = dot - 1; start >= 0 && dot - start < 5 && char.IsAsciiDigit(text[start]); start--)
            {
                for (var end = dot + 1; end < text.Length && end - dot < 6 && char.IsAsciiDigit(text[end]); end++)
                {
                    // No minor is written with a leading zero.
                    if ((text[start] != '0' || dot - start == 1) && (text[dot + 1] != '0' || end == dot + 1)
                        && PackageVersion.TryParse(text.AsSpan(start, end + 1 - start), out var minor))
                    {
                        minors.Add(InterpreterKey.First(minor.Release[0], minor.Release[1], 0));
                    }
                }
            }
        }

        var cuts = new List<ulong>();
        var children = new List<MarkerNode> { MarkerNode.False };
        foreach (var minor in minors)
            AddRange(cuts, children, minor, InterpreterKey.First(InterpreterKey.Major(minor), InterpreterKey.Minor(minor) + 1, 0));
        return MarkerNodes.OfVersion(MarkerVariable.PythonFullVersion, cuts, children);
    }

    private static MarkerNode OfVersion(MarkerComparison comparison, MarkerVariable variable) =>
        comparison.Operator >= MarkerOperator.In || comparison.Text.Contains('+', StringComparison.Ordinal)
            ? OfTest(comparison)
            : OfBreakpoints(comparison, variable, isMinorOnly: false);

    /// <summary>
    /// Asks the comparison itself about the first version of every range in which its answer is the same: set and evaluation cannot
    /// disagree.
    /// </summary>
    private static MarkerNode OfBreakpoints(MarkerComparison comparison, MarkerVariable variable, bool isMinorOnly)
    {
        var text = comparison.Text.EndsWith(".*", StringComparison.Ordinal) ? comparison.Text[..^2] : comparison.Text;
        var keys = PackageVersion.TryParse(text, out var constant) ? InterpreterKey.Breakpoints(constant, isMinorOnly) : [0];
        var cuts = new List<ulong>();
        var children = new List<MarkerNode>();
        foreach (var key in keys)
        {
            if (children.Count > 0)
                cuts.Add(key);
            var value = isMinorOnly ? InterpreterKey.MinorText(key) : InterpreterKey.Text(key);
            children.Add(comparison.Evaluate(value, PackageVersion.Parse(value)) ? MarkerNode.True : MarkerNode.False);
        }

        return MarkerNodes.OfVersion(variable, cuts, children);
    }

    private static void AddRange(List<ulong> cuts, List<MarkerNode> children, ulong lower, ulong upper)
    {
        if (lower >= upper)
            return;
        if (lower == 0)
        {
            children[0] = MarkerNode.True;
        }
        else if (cuts.Count > 0 && cuts[^1] == lower)
        {
            cuts.RemoveAt(cuts.Count - 1);
            children.RemoveAt(children.Count - 1);
        }
        else
        {
            cuts.Add(lower);
            children.Add(MarkerNode.True);
        }

        if (upper == InterpreterKey.Top)
            return;
        cuts.Add(upper);
        children.Add(MarkerNode.False);
    }
}
