using System.Globalization;
using System.Text;
using YamlDotNet.Core;

namespace VenvBuild.Workspace;

/// <summary>The text of a manifest by lines: where a character of a scalar stands in the file, and what the file looks like there.</summary>
internal sealed class ManifestText
{
    private const int ExcerptWidth = 100;

    private readonly string[] _lines;

    public ManifestText(string text)
    {
        Text = text;
        _lines = text.ReplaceLineEndings("\n").Split('\n');
    }

    public string Text { get; }

    public IReadOnlyList<string> Lines => _lines;

    /// <summary>Where the character at <paramref name="offset"/> of a scalar's value stands.</summary>
    public (int Line, int Column) Locate(YamlNode scalar, int offset)
    {
        var (line, column) = (scalar.Line - 1, scalar.Column - 1);
        if (scalar.Style is ScalarStyle.Literal or ScalarStyle.Folded)
            (line, column) = (line + 1, 0);
        else if (scalar.Style is ScalarStyle.SingleQuoted or ScalarStyle.DoubleQuoted)
            column++;
        var value = scalar.Value;
        var at = 0;
        if (scalar.Style is ScalarStyle.Literal or ScalarStyle.Folded)
            column = SkipIndentation(ref line, 0);
        while (at < Math.Min(offset, value.Length) && line < _lines.Length)
        {
            if (column >= _lines[line].Length || (IsBlankFrom(line, column) && value[at] is ' ' or '\n'))
            {
                // A fold: the break and the indentation of the next line are one space or some breaks of the value.
                line++;
                column = SkipIndentation(ref line, 0);
                while (at < offset && at < value.Length && value[at] is ' ' or '\n')
                    at++;
                continue;
            }

            column += Length(scalar.Style, line, column, out var valueLength);
            at += valueLength;
        }

        return (Math.Min(line, _lines.Length - 1) + 1, column + 1);
    }

    /// <summary>The line with a caret under the column, credentials masked; null where there is no such line.</summary>
    public string? Excerpt(int line, int column)
    {
        if (line < 1 || line > _lines.Length || column < 1)
            return null;
        var content = Printable(Credentials.Mask(_lines[line - 1])).TrimEnd();
        var caret = Math.Min(column - 1, content.Length);
        var start = caret > ExcerptWidth - 20 ? caret - 40 : 0;
        var shown = content.Length - start > ExcerptWidth ? string.Concat(content.AsSpan(start, ExcerptWidth), "...") : content[start..];
        var prefix = start > 0 ? "..." : "";
        var number = line.ToString(CultureInfo.InvariantCulture);
        return new StringBuilder()
            .Append("  ").Append(number).Append(" | ").Append(prefix).Append(shown).Append('\n')
            .Append(' ', number.Length + 2).Append(" | ").Append(' ', prefix.Length + caret - start).Append('^')
            .ToString();
    }

    /// <summary>A tab is shown as one space, so that columns stay; what a terminal would obey, as a question mark.</summary>
    private static string Printable(string text) =>
        string.Create(text.Length, text, static (shown, line) =>
        {
            for (var i = 0; i < shown.Length; i++)
                shown[i] = line[i] == '\t' ? ' ' : char.IsControl(line[i]) ? '?' : line[i];
        });

    private bool IsBlankFrom(int line, int column) => _lines[line].AsSpan(column).IsWhiteSpace();

    private int SkipIndentation(ref int line, int column)
    {
        while (line < _lines.Length - 1 && string.IsNullOrWhiteSpace(_lines[line]))
            line++;
        while (line < _lines.Length && column < _lines[line].Length && _lines[line][column] is ' ' or '\t')
            column++;
        return column;
    }

    /// <summary>How many characters of the line stand for the next ones of the value, and for how many.</summary>
    private int Length(ScalarStyle style, int line, int column, out int valueLength)
    {
        var rest = _lines[line].AsSpan(column);
        valueLength = 1;
        if (style == ScalarStyle.SingleQuoted)
            return rest.StartsWith("''", StringComparison.Ordinal) ? 2 : 1;
        if (style != ScalarStyle.DoubleQuoted || rest[0] != '\\' || rest.Length < 2)
            return 1;
        switch (rest[1])
        {
            case 'x':
                return 4;
            case 'u':
                return 6;
            case 'U':
                // Beyond the basic plane: two UTF-16 units of the value.
                valueLength = rest.Length >= 6 && rest[2..6] is "0000" ? 1 : 2;
                return 10;
            default:
                return 2;
        }
    }
}
