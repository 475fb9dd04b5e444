using YamlDotNet.Core;

namespace VenvBuild.Workspace;

/// <summary>The text of a manifest with its places: what the parser says in lines and columns, as offsets.</summary>
internal sealed class EditedText
{
    private readonly List<int> _starts = [0];

    public EditedText(string text)
    {
        Text = text;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\n' || (text[i] == '\r' && (i + 1 == text.Length || text[i + 1] != '\n')))
                _starts.Add(i + 1);
        }

        Break = text.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";
    }

    public string Text { get; }

    /// <summary>How lines end here.</summary>
    public string Break { get; }

    public int At(YamlNode node) => _starts[node.Line - 1] + node.Column - 1;

    public int LineStart(int offset) => _starts[LineOf(offset)];

    /// <summary>Where the next line begins; the text's end after the last.</summary>
    public int NextLine(int offset) => LineOf(offset) + 1 < _starts.Count ? _starts[LineOf(offset) + 1] : Text.Length;

    /// <summary>Where a scalar or a flow collection on few lines ends.</summary>
    public int End(YamlNode node)
    {
        var at = At(node);
        if (!node.IsScalar)
            return Text[at] is '[' or '{' ? EndOfFlow(at) : at;
        switch (node.Style)
        {
            case ScalarStyle.SingleQuoted:
                for (at++; Text[at] != '\'' || (at + 1 < Text.Length && Text[at + 1] == '\''); at++)
                    at += Text[at] == '\'' ? 1 : 0;
                return at + 1;
            case ScalarStyle.DoubleQuoted:
                for (at++; Text[at] != '"'; at++)
                    at += Text[at] == '\\' ? 1 : 0;
                return at + 1;
            default:
                return at + node.Value.Length;
        }
    }

    /// <summary>Whether a plain scalar stands in the text as its value reads: on one line.</summary>
    public bool IsAsWritten(YamlNode node) =>
        node.Style != ScalarStyle.Plain || string.CompareOrdinal(Text, At(node), node.Value, 0, node.Value.Length) == 0;

    private int EndOfFlow(int at)
    {
        var depth = 0;
        for (; at < Text.Length; at++)
        {
            if (Text[at] is '\'' or '"')
            {
                var quote = Text[at];
                for (at++; at < Text.Length && Text[at] != quote; at++)
                    at += quote == '"' && Text[at] == '\\' ? 1 : 0;
            }
            else if (Text[at] == '#' && Text[at - 1] is ' ' or '\t' or '\n')
            {
                at = NextLine(at) - 1;
            }
            else if (Text[at] is '[' or '{')
            {
                depth++;
            }
            else if (Text[at] is ']' or '}' && --depth == 0)
            {
                return at + 1;
            }
        }

        return at;
    }

    private int LineOf(int offset)
    {
        var found = _starts.BinarySearch(offset);
        return found >= 0 ? found : ~found - 1;
    }
}
