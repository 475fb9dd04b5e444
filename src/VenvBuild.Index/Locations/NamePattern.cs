using VenvBuild.Packaging;

namespace VenvBuild.Index;

/// <summary>Distribution names by a pattern such as <c>corp-*</c>: <c>*</c> stands for any run of characters, also none.</summary>
public sealed class NamePattern
{
    private readonly string _pattern;

    private NamePattern(string pattern) => _pattern = pattern;

    /// <summary>Reads a pattern; it is compared with names in normal form (PEP 503), so case and <c>-_.</c> make no difference.</summary>
    /// <exception cref="PackagingFormatException">A character that no name has.</exception>
    public static NamePattern Parse(string text)
    {
        var normal = new System.Text.StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c is '-' or '_' or '.')
            {
                if (normal.Length == 0 || normal[^1] != '-')
                    normal.Append('-');
            }
            else if (c == '*' || char.IsAsciiLetterOrDigit(c))
            {
                normal.Append(char.ToLowerInvariant(c));
            }
            else
            {
                throw new PackagingFormatException($"'{text}' is no pattern of distribution names: letters, digits, '.', '-', '_' and '*'.", text, i);
            }
        }

        return normal.Length == 0
            ? throw new PackagingFormatException("A pattern of distribution names is empty.", text, 0)
            : new(normal.ToString());
    }

    /// <summary>Whether a name is meant.</summary>
    public bool Matches(PackageName name)
    {
        // Greedy with one step back: on a mismatch the last star takes one character more.
        ReadOnlySpan<char> text = name.Value, pattern = _pattern;
        int at = 0, next = 0, star = -1, taken = 0;
        while (at < text.Length)
        {
            if (next < pattern.Length && pattern[next] == '*')
            {
                star = next++;
                taken = at;
            }
            else if (next < pattern.Length && pattern[next] == text[at])
            {
                next++;
                at++;
            }
            else if (star >= 0)
            {
                next = star + 1;
                at = ++taken;
            }
            else
            {
                return false;
            }
        }

        return pattern[next..].IndexOfAnyExcept('*') < 0;
    }

    /// <summary>The pattern in normal form.</summary>
    public override string ToString() => _pattern;
}
