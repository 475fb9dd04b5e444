using VenvBuild.Packaging;
using YamlDotNet.Core;

namespace VenvBuild.Workspace;

/// <summary>A list of requirements in a manifest's text, edited in place: all that is not the item stays as it is, to the byte.</summary>
internal sealed class RequirementList(EditedText text, YamlNode key, YamlNode list)
{
    private bool IsFlow => list.Kind == YamlNodeKind.Sequence && text.Text[text.At(list)] == '[';

    /// <summary>How many items there are.</summary>
    public int Count => list.Items.Count;

    /// <summary>The text with a requirement more, or in the place of one of the same name and marker.</summary>
    public string With(Requirement requirement, string written)
    {
        var known = list.Items.Find(item => item.IsScalar && Requirement.TryParse(item.Value, out var other)
            && other.Name == requirement.Name && Equals(other.Marker, requirement.Marker));
        if (known is not null)
            return Replace(text.At(known), text.End(known), Scalar(written, known.Style));
        if (list.Kind != YamlNodeKind.Sequence)
            return Insert(text.NextLine(text.At(key)), $"{Indentation(key)}  - {Scalar(written, ScalarStyle.Plain)}");
        if (list.Items.Count == 0)
            return Replace(text.At(list) + 1, text.At(list) + 1, Scalar(written, ScalarStyle.Plain));
        var last = list.Items[^1];
        var style = list.Items.TrueForAll(item => item.Style == last.Style) ? last.Style : ScalarStyle.Plain;
        if (!IsFlow)
        {
            var start = text.LineStart(text.At(last));
            var mark = text.Text[start..text.At(last)];
            return Insert(EndOfItem(last), mark.TrimEnd().EndsWith('-') ? mark + Scalar(written, style) : $"{Indentation(last)}- {Scalar(written, style)}");
        }

        // As the last two stand to each other, so the new one to the last.
        var isOnOwnLine = text.Text.AsSpan(text.LineStart(text.At(last)), text.At(last) - text.LineStart(text.At(last))).IsWhiteSpace();
        var between = isOnOwnLine ? "," + text.Break + text.Text[text.LineStart(text.At(last))..text.At(last)] : ", ";
        return Replace(text.End(last), text.End(last), between + Scalar(written, style));
    }

    /// <summary>The text without the items of a name; null where there is none.</summary>
    public string? Without(PackageName name)
    {
        var place = list.Items.FindIndex(item => item.IsScalar && Requirement.TryParse(item.Value, out var other) && other.Name == name);
        if (place < 0)
            return null;
        var item = list.Items[place];
        if (!IsFlow)
            return list.Items.Count > 1 ? WithoutLines(text.LineStart(text.At(item)), EndOfItem(item)) : null;
        var (start, end) = (text.At(item), text.End(item));
        if (place > 0 && text.Text[text.End(list.Items[place - 1])..start] is var before && !before.Contains('#', StringComparison.Ordinal))
            return Replace(text.End(list.Items[place - 1]), end, "");
        if (place + 1 < list.Items.Count && text.Text[end..text.At(list.Items[place + 1])] is var after && !after.Contains('#', StringComparison.Ordinal))
            return Replace(start, text.At(list.Items[place + 1]), "");
        var comma = text.Text.AsSpan(end).TrimStart(" \t").StartsWith(",", StringComparison.Ordinal) ? text.Text.IndexOf(',', end) + 1 : end;
        return Replace(start, comma, "");
    }

    /// <summary>Whether a name is the only item of a block, whose key must then go or become empty.</summary>
    public bool IsSole(PackageName name) =>
        !IsFlow && list.Items is [{ IsScalar: true } item] && Requirement.TryParse(item.Value, out var other) && other.Name == name;

    /// <summary>The text without the key and all that belongs to it.</summary>
    public string WithoutKey() => WithoutLines(text.LineStart(text.At(key)), EndOfItem(list.Items[^1]));

    /// <summary>The text with the key and an empty list.</summary>
    public string Emptied() => Replace(text.End(key), EndOfItem(list.Items[^1]), ": []" + text.Break);

    private static string Indentation(YamlNode node) => new(' ', node.Column - 1);

    /// <summary>Where the line after an item begins, continuation lines included.</summary>
    private int EndOfItem(YamlNode item)
    {
        var start = text.LineStart(text.At(item));
        var indentation = text.Text.AsSpan(start).IndexOfAnyExcept(' ');
        var end = text.NextLine(Math.Max(start, text.End(item) - 1));
        while (end < text.Text.Length)
        {
            var line = text.Text[end..text.NextLine(end)];
            var width = line.AsSpan().IndexOfAnyExcept(' ');
            if (string.IsNullOrWhiteSpace(line) || width <= indentation || line.TrimStart().StartsWith('#'))
                break;
            end = text.NextLine(end);
        }

        return end;
    }

    private string Insert(int at, string line)
    {
        var isAfterBreak = at == 0 || text.Text[at - 1] is '\n' or '\r';
        return isAfterBreak ? Replace(at, at, line + text.Break) : Replace(at, at, text.Break + line);
    }

    /// <summary>Takes lines out; where the text then would gain a last line break that it did not have, that goes too.</summary>
    private string WithoutLines(int start, int end)
    {
        var endsOpen = end == text.Text.Length && end > 0 && text.Text[end - 1] is not ('\n' or '\r');
        if (endsOpen && start >= text.Break.Length && text.Text[..start].EndsWith(text.Break, StringComparison.Ordinal))
            start -= text.Break.Length;
        return Replace(start, end, "");
    }

    private string Replace(int start, int end, string with) => string.Concat(text.Text.AsSpan(0, start), with, text.Text.AsSpan(end));

    private string Scalar(string value, ScalarStyle style)
    {
        var isPlain = value.Length > 0 && char.IsAsciiLetterOrDigit(value[0]) && !value.Contains(": ", StringComparison.Ordinal)
            && !value.Contains(" #", StringComparison.Ordinal) && !value.EndsWith(':')
            && YamlNode.KindOf(value, ScalarStyle.Plain) == YamlNodeKind.Text
            && !(IsFlow && value.AsSpan().ContainsAny("[]{},"));
        if (style is not (ScalarStyle.SingleQuoted or ScalarStyle.DoubleQuoted) && isPlain)
            return value;
        return style == ScalarStyle.SingleQuoted || (style != ScalarStyle.DoubleQuoted && value.Contains('"', StringComparison.Ordinal))
            ? $"'{value.Replace("'", "''", StringComparison.Ordinal)}'"
            : $"\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
    }
}
