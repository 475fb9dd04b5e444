using System.Globalization;
using System.Text;

namespace VenvBuild.Packaging;

/// <summary>Quoted constants: Python's string literals without prefixes, as pypa/packaging reads them.</summary>
internal static class MarkerQuotes
{
    private const string Escapes = "\\\\''\"\"a\ab\bf\fn\nr\rt\tv\v";

    /// <summary>The constant between two quotes, or null when an escape sequence in it is broken.</summary>
    public static string? Read(ReadOnlySpan<char> inside)
    {
        if (inside.ContainsAny('\n', '\r'))
            return null;
        if (!inside.Contains('\\'))
            return inside.ToString();
        var text = new StringBuilder(inside.Length);
        for (var i = 0; i < inside.Length; i++)
        {
            if (inside[i] != '\\')
            {
                text.Append(inside[i]);
                continue;
            }

            // A backslash before the closing quote escapes it, so that nothing closes the constant.
            if (++i == inside.Length)
                return null;
            var digits = inside[i] switch { 'x' => 2, 'u' => 4, _ => 0 };
            if (digits > 0)
            {
                if (i + digits >= inside.Length
                    || !ushort.TryParse(inside.Slice(i + 1, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
                {
                    return null;
                }

                text.Append((char)code);
                i += digits;
            }
            else
            {
                AppendEscape(text, inside[i]);
            }
        }

        return text.ToString();
    }

    /// <summary>Appends the constant in double quotes, or in single ones where it holds double ones.</summary>
    public static void Write(StringBuilder text, string constant)
    {
        var quote = constant.Contains('"', StringComparison.Ordinal) && !constant.Contains('\'', StringComparison.Ordinal) ? '\'' : '"';
        text.Append(quote);
        foreach (var c in constant)
        {
            if (c == '\\')
                text.Append(@"\\");
            else if (c == quote || c is '\n' or '\r')
                text.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}");
            else
                text.Append(c);
        }

        text.Append(quote);
    }

    private static void AppendEscape(StringBuilder text, char c)
    {
        for (var i = 0; i < Escapes.Length; i += 2)
        {
            if (Escapes[i] == c)
            {
                text.Append(Escapes[i + 1]);
                return;
            }
        }

        text.Append('\\').Append(c);
    }
}
