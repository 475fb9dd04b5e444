using System.Buffers;
using YamlDotNet.Core;

namespace VenvBuild.Workspace;

/// <summary>A value of a YAML document with the place where it stands.</summary>
internal sealed class YamlNode
{
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    public required YamlNodeKind Kind { get; init; }

    /// <summary>The line, from 1.</summary>
    public required int Line { get; init; }

    /// <summary>The column, from 1.</summary>
    public required int Column { get; init; }

    /// <summary>Of a scalar, its text after quotes, escapes and folds.</summary>
    public string Value { get; init; } = "";

    /// <summary>Of a scalar, how it is written.</summary>
    public ScalarStyle Style { get; init; }

    public List<YamlNode> Items { get; } = [];

    public List<YamlEntry> Entries { get; } = [];

    public bool IsScalar => Kind is not (YamlNodeKind.Sequence or YamlNodeKind.Mapping);

    /// <summary>The type as words after "is".</summary>
    public string Describe() => Kind switch
    {
        YamlNodeKind.Null => "empty",
        YamlNodeKind.Boolean => "true or false",
        YamlNodeKind.Number => "a number",
        YamlNodeKind.Text => "a text",
        YamlNodeKind.Sequence => "a list",
        _ => "a mapping",
    };

    /// <summary>The type that the core schema gives a plain scalar (YAML 1.2.2, section 10.3.2).</summary>
    public static YamlNodeKind KindOf(string value, ScalarStyle style)
    {
        if (style != ScalarStyle.Plain)
            return YamlNodeKind.Text;
        return value switch
        {
            "" or "~" or "null" or "Null" or "NULL" => YamlNodeKind.Null,
            "true" or "True" or "TRUE" or "false" or "False" or "FALSE" => YamlNodeKind.Boolean,
            _ => IsNumber(value) ? YamlNodeKind.Number : YamlNodeKind.Text,
        };
    }

    private static bool IsNumber(ReadOnlySpan<char> text)
    {
        if (text is ['0', 'o', .. var octal])
            return octal.Length > 0 && !octal.ContainsAnyExceptInRange('0', '7');
        if (text is ['0', 'x', .. var hex])
            return hex.Length > 0 && !hex.ContainsAnyExcept(HexDigits);
        if (text is ".nan" or ".NaN" or ".NAN")
            return true;
        if (text is ['-' or '+', ..])
            text = text[1..];
        if (text is ".inf" or ".Inf" or ".INF")
            return true;
        var digits = 0;
        var hasPoint = false;
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsAsciiDigit(text[i]))
                digits++;
            else if (text[i] == '.' && !hasPoint)
                hasPoint = true;
            else
                return digits > 0 && text[i] is 'e' or 'E' && IsExponent(text[(i + 1)..]);
        }

        return digits > 0;
    }

    private static bool IsExponent(ReadOnlySpan<char> text)
    {
        if (text is ['-' or '+', ..])
            text = text[1..];
        return text.Length > 0 && !text.ContainsAnyExceptInRange('0', '9');
    }
}
