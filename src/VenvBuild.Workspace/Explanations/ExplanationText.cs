namespace VenvBuild.Workspace;

/// <summary>
/// The texts of the explanations: a Markdown file a range of codes, inside the assembly. A section begins with <c>## PYENVnnnn: title</c>; its first
/// paragraph says how grave it is; then come paragraphs and fenced lines, and no other Markdown.
/// </summary>
internal static class ExplanationText
{
    private const string Heading = "## ", Fence = "```", Prefix = "Explanations.", Suffix = ".md";

    /// <summary>The first two digits of the codes that are explained.</summary>
    public static IEnumerable<string> Ranges() => typeof(ExplanationText).Assembly.GetManifestResourceNames()
        .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal) && name.EndsWith(Suffix, StringComparison.Ordinal))
        .Select(name => name[Prefix.Length..^Suffix.Length])
        .Order(StringComparer.Ordinal);

    /// <summary>The explanations of a range; none where there is no such range.</summary>
    public static IReadOnlyList<Explanation> Read(string range)
    {
        using var resource = typeof(ExplanationText).Assembly.GetManifestResourceStream(Prefix + range + Suffix);
        if (resource is null)
            return [];
        using var reader = new StreamReader(resource);
        return Parse(reader.ReadToEnd());
    }

    /// <exception cref="FormatException">The text is not laid out as it has to be, which a test excludes for those of the assembly.</exception>
    internal static IReadOnlyList<Explanation> Parse(string markdown)
    {
        var found = new List<Explanation>();
        var (heading, blocks) = ("", new List<ExplanationBlock>());
        foreach (var block in Blocks(markdown))
        {
            if (block.Language is null && block.Text.StartsWith(Heading, StringComparison.Ordinal))
            {
                Add();
                (heading, blocks) = (block.Text[Heading.Length..], []);
            }
            else
            {
                blocks.Add(block);
            }
        }

        Add();
        return found;

        void Add()
        {
            // What stands before the first code tells those who write, not those who read.
            if (heading.Length == 0)
                return;
            if (heading.Split(": ", 2) is not [var code, var title] || blocks is not [{ Language: null } kind, _, ..])
                throw new FormatException($"The section '{heading}' is not laid out as an explanation.");
            found.Add(new(code, title, kind.Text, blocks[1..]));
        }
    }

    private static IEnumerable<ExplanationBlock> Blocks(string markdown)
    {
        var lines = new List<string>();
        string? language = null;
        foreach (var line in markdown.ReplaceLineEndings("\n").Split('\n'))
        {
            var isFence = line.StartsWith(Fence, StringComparison.Ordinal);
            if (language is null ? isFence || line.Length == 0 : isFence)
            {
                if (lines.Count > 0)
                    yield return new(language, string.Join(language is null ? ' ' : '\n', lines));
                lines.Clear();
                language = isFence && language is null ? line[Fence.Length..] : null;
            }
            else
            {
                lines.Add(line);
            }
        }

        if (language is not null)
            throw new FormatException("A fence is not closed.");
        if (lines.Count > 0)
            yield return new(null, string.Join(' ', lines));
    }
}
