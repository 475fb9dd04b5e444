namespace VenvBuild.Workspace;

/// <summary>Turns what the YAML scanner says into words about the mistake that a person most likely made.</summary>
internal static class YamlFault
{
    /// <summary>Characters that mean something to YAML at the start of a value, and something else to PEP 440 and PEP 508.</summary>
    private const string Indicators = "><!@%`*&|";

    /// <summary>Notes a syntax error at the place given.</summary>
    public static void Report(string problem, int line, int column, ManifestText text, ManifestProblems problems)
    {
        (line, column) = (Math.Clamp(line, 1, text.Lines.Count), Math.Max(column, 1));
        if (ReportConflict(text, problems) || ReportTab(problem, line, text, problems))
            return;
        var content = text.Lines[line - 1];
        if (column <= content.Length && Indicators.Contains(content[column - 1], StringComparison.Ordinal))
        {
            problems.Add(
                ManifestCodes.BadYaml,
                line,
                column,
                $"A value cannot begin with '{content[column - 1]}' in YAML, where that has another meaning.",
                "Put the value in quotes.");
            return;
        }

        problems.Add(
            ManifestCodes.BadYaml,
            line,
            column,
            $"This is no YAML: {Sentence(problem)}",
            problem.Contains("invalid mapping", StringComparison.Ordinal)
                ? "Put a value that holds ': ' in quotes, and indent keys of one level alike."
                : "Look at the indentation, brackets and quotes here and in the line above.");
    }

    private static bool ReportConflict(ManifestText text, ManifestProblems problems)
    {
        for (var i = 0; i < text.Lines.Count; i++)
        {
            if (text.Lines[i].StartsWith("<<<<<<<", StringComparison.Ordinal))
            {
                problems.Add(
                    ManifestCodes.MergeConflict,
                    i + 1,
                    1,
                    "A merge left its conflict markers here.",
                    "Choose what both sides want, remove the lines with <<<<<<<, ======= and >>>>>>>, then run 'dotnet pyenv lock'.");
                return true;
            }
        }

        return false;
    }

    /// <summary>The scanner finds a tab some lines late, or names the collection that it stands in: the first line that begins with one is meant.</summary>
    private static bool ReportTab(string problem, int line, ManifestText text, ManifestProblems problems)
    {
        var isTab = problem.Contains("tab", StringComparison.Ordinal);
        for (var i = isTab ? 0 : Math.Max(0, line - 2); i < (isTab ? text.Lines.Count : Math.Min(text.Lines.Count, line + 1)); i++)
        {
            var content = text.Lines[i];
            var indentation = content.Length - content.TrimStart(' ', '\t').Length;
            var tab = content.AsSpan(0, indentation).IndexOf('\t');
            if (tab >= 0 && indentation < content.Length)
            {
                problems.Add(
                    ManifestCodes.TabIndentation,
                    i + 1,
                    tab + 1,
                    "The line is indented by a tab; YAML is indented by spaces.",
                    "Replace the tab by spaces.");
                return true;
            }
        }

        return false;
    }

    private static string Sentence(string text)
    {
        text = Credentials.Mask(text.ReplaceLineEndings(" ").Trim());
        return text.EndsWith('.') ? text : text + ".";
    }
}
