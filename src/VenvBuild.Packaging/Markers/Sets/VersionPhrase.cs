namespace VenvBuild.Packaging;

/// <summary>Ranges of interpreter versions in marker words, those of Python by <c>python_version</c> wherever a bound is a whole minor.</summary>
internal static class VersionPhrase
{
    /// <summary>The ranges of a node whose children are all terminals: the first key in each, and the first above it.</summary>
    public static List<(ulong Lower, ulong Upper)> Ranges(MarkerNode literal)
    {
        var ranges = new List<(ulong, ulong)>();
        if (ReferenceEquals(literal, MarkerNode.True))
            ranges.Add((0, InterpreterKey.Top));
        for (var i = 0; i < literal.Children.Length; i++)
        {
            if (ReferenceEquals(literal.Children[i], MarkerNode.True))
                ranges.Add((i == 0 ? 0 : literal.Cuts[i - 1], i == literal.Cuts.Length ? InterpreterKey.Top : literal.Cuts[i]));
        }

        return ranges;
    }

    public static MarkerPhrase Of(MarkerVariable variable, List<(ulong Lower, ulong Upper)> ranges)
    {
        var isPython = ReferenceEquals(variable, MarkerVariable.PythonFullVersion);
        var apart = new List<List<string>>();
        foreach (var range in ranges)
            apart.Add(Words(range, isPython));

        // The same with ranges joined that only an excluded version or family of versions keeps apart.
        var joined = new List<List<string>>();
        for (var i = 0; i < ranges.Count; i++)
        {
            var range = ranges[i];
            var exclusions = new List<string>();
            while (i + 1 < ranges.Count && Family((range.Upper, ranges[i + 1].Lower), "!=", isPython) is { } exclusion)
            {
                exclusions.Add(exclusion);
                range.Upper = ranges[++i].Upper;
            }

            joined.Add([.. exclusions.Count > 0 ? Bounds(range, isPython) : Words(range, isPython), .. exclusions]);
        }

        var phrase = new MarkerPhrase(joined);
        var other = new MarkerPhrase(apart);
        return other.Cost < phrase.Cost ? other : phrase;
    }

    /// <summary>Whether a bound can be said as <c>python_version</c>.</summary>
    public static bool IsWholeMinor(ulong key) => InterpreterKey.IsFirst(key) && InterpreterKey.Patch(key) == 0;

    private static List<string> Words((ulong Lower, ulong Upper) range, bool isPython) =>
        Family(range, "==", isPython) is { } family ? [family] : Bounds(range, isPython);

    private static List<string> Bounds((ulong Lower, ulong Upper) range, bool isPython)
    {
        var full = isPython ? "python_full_version" : "implementation_version";
        var words = new List<string>(3);
        var (lower, upper) = range;
        if (lower > 0)
        {
            if (isPython && IsWholeMinor(lower))
                words.Add($"python_version >= \"{InterpreterKey.MinorText(lower)}\"");
            else if (IsWholeMinor(lower))
                words.Add($"{full} >= \"{InterpreterKey.ReleaseText(lower)}.dev0\"");
            else
                words.Add($"{full} >= \"{InterpreterKey.Text(lower)}\"");
        }

        if (upper < InterpreterKey.Top)
        {
            if (isPython && IsWholeMinor(upper))
            {
                words.Add($"python_version < \"{InterpreterKey.MinorText(upper)}\"");
            }
            else if (InterpreterKey.IsFinal(upper) && !InterpreterKey.IsFirst(upper))
            {
                // "<" of a release leaves out its pre-releases, too, which are in here.
                words.Add($"{full} <= \"{InterpreterKey.Text(upper)}\"");
                words.Add($"{full} != \"{InterpreterKey.Text(upper)}\"");
            }
            else
            {
                words.Add($"{full} < \"{(InterpreterKey.IsFirst(upper) ? InterpreterKey.ReleaseText(upper) : InterpreterKey.Text(upper))}\"");
            }
        }

        return words;
    }

    /// <summary>One comparison that says a range: a version, a minor, all of a major, all of one release; null when there is none.</summary>
    private static string? Family((ulong Lower, ulong Upper) range, string op, bool isPython)
    {
        var (lower, upper) = range;
        var (major, minor, patch) = (InterpreterKey.Major(lower), InterpreterKey.Minor(lower), InterpreterKey.Patch(lower));
        var full = isPython ? "python_full_version" : "implementation_version";
        if (InterpreterKey.IsFirst(lower))
        {
            if (patch == 0 && upper == InterpreterKey.First(major, minor + 1, 0))
                return isPython ? $"python_version {op} \"{major}.{minor}\"" : $"{full} {op} \"{major}.{minor}.*\"";
            if (patch == 0 && minor == 0 && upper == InterpreterKey.First(major + 1, 0, 0))
                return $"{(isPython ? "python_version" : full)} {op} \"{major}.*\"";
            if (patch == 0 && upper == InterpreterKey.First(major, minor, 1))
                return $"{full} {op} \"{major}.{minor}.{patch}.*\"";
        }

        return upper == InterpreterKey.After(lower) ? $"{full} {op} \"{InterpreterKey.Text(lower)}\"" : null;
    }
}
