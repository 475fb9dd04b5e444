using System.Globalization;
using System.Numerics;

namespace VenvBuild.Packaging;

/// <summary>Reads the grammar of PEP 440, appendix B, without regular expressions.</summary>
internal static class VersionReader
{
    // Far beyond any version that was ever published, and small enough that no text makes comparison slow.
    private const int MaxLength = 1024;

    private static readonly (string Word, PreReleaseKind Kind)[] PreWords =
    [
        ("alpha", PreReleaseKind.Alpha), ("beta", PreReleaseKind.Beta), ("preview", PreReleaseKind.ReleaseCandidate),
        ("pre", PreReleaseKind.ReleaseCandidate), ("rc", PreReleaseKind.ReleaseCandidate), ("a", PreReleaseKind.Alpha),
        ("b", PreReleaseKind.Beta), ("c", PreReleaseKind.ReleaseCandidate),
    ];

    /// <summary>
    /// The short way for most versions there are: up to four numbers without leading zeros, no suffix. The text is its own normal form.
    /// </summary>
    public static bool TryReadPlain(ReadOnlySpan<char> text, out ulong packed)
    {
        packed = 0;
        ulong key = 0, part = 0;
        int count = 0, digits = 0;
        for (var i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && char.IsAsciiDigit(text[i]))
            {
                if (digits > 0 && part == 0)
                    return false;
                part = part * 10 + (uint)(text[i] - '0');
                if (++digits > 5)
                    return false;
            }
            else if (digits > 0 && (i == text.Length || text[i] == '.') && ++count <= 4 && part <= (count == 1 ? ushort.MaxValue : byte.MaxValue))
            {
                key = key << 8 | part;
                part = 0;
                digits = 0;
            }
            else
            {
                return false;
            }
        }

        packed = VersionSortKey.PackFinal(key << 8 * (4 - count));
        return true;
    }

    /// <summary>The parts, or null when the text is no version.</summary>
    public static VersionParts? Read(ReadOnlySpan<char> text)
    {
        text = text.Trim();
        if (text.Length > MaxLength)
            return null;
        var parts = new VersionParts();
        var at = 0;
        if (at < text.Length && text[at] is 'v' or 'V')
            at++;
        if (!TryNumber(text, ref at, out var number))
            return null;
        if (at < text.Length && text[at] == '!')
        {
            at++;
            parts.Epoch = number;
            if (!TryNumber(text, ref at, out number))
                return null;
        }

        var release = new List<BigInteger>(4) { number };
        while (at + 1 < text.Length && text[at] == '.' && char.IsAsciiDigit(text[at + 1]))
        {
            at++;
            TryNumber(text, ref at, out number);
            release.Add(number);
        }

        parts.Release = [.. release];
        ReadPre(text, ref at, parts);
        ReadPost(text, ref at, parts);
        if (TryWord(text, ref at, "dev", out number))
            parts.Dev = number;
        if (at < text.Length && text[at] == '+' && (parts.Local = ReadLocal(text[(at + 1)..])) is not null)
            at = text.Length;
        return at == text.Length ? parts : null;
    }

    private static void ReadPre(ReadOnlySpan<char> text, ref int at, VersionParts parts)
    {
        foreach (var (word, kind) in PreWords)
        {
            if (TryWord(text, ref at, word, out var number))
            {
                parts.Pre = kind;
                parts.PreNumber = number;
                return;
            }
        }
    }

    private static void ReadPost(ReadOnlySpan<char> text, ref int at, VersionParts parts)
    {
        if (at + 1 < text.Length && text[at] == '-' && char.IsAsciiDigit(text[at + 1]))
        {
            at++;
            TryNumber(text, ref at, out var implicitNumber);
            parts.Post = implicitNumber;
        }
        else if (TryWord(text, ref at, "post", out var number) || TryWord(text, ref at, "rev", out number) || TryWord(text, ref at, "r", out number))
        {
            parts.Post = number;
        }
    }

    /// <summary><c>[-_.]? word [-_.]? digits?</c>; nothing is consumed when the word is not there.</summary>
    private static bool TryWord(ReadOnlySpan<char> text, ref int at, string word, out BigInteger number)
    {
        number = BigInteger.Zero;
        var next = at;
        if (next < text.Length && text[next] is '-' or '_' or '.')
            next++;
        if (!text[next..].StartsWith(word, StringComparison.OrdinalIgnoreCase) || !IsAscii(text.Slice(next, word.Length)))
            return false;
        next += word.Length;
        var digits = next;
        if (digits + 1 < text.Length && text[digits] is '-' or '_' or '.' && char.IsAsciiDigit(text[digits + 1]))
            digits++;
        if (TryNumber(text, ref digits, out number))
            next = digits;
        else if (next < text.Length && text[next] is '-' or '_' or '.' && next + 1 == text.Length)
            return false;
        at = next;
        return true;
    }

    // Ignoring case, the long s and the Kelvin sign would pass for s and k.
    private static bool IsAscii(ReadOnlySpan<char> text) => !text.ContainsAnyExceptInRange('\0', '\x7f');

    private static bool TryNumber(ReadOnlySpan<char> text, ref int at, out BigInteger number)
    {
        var start = at;
        ulong small = 0;
        while (at < text.Length && char.IsAsciiDigit(text[at]))
        {
            small = unchecked(small * 10 + (uint)(text[at] - '0'));
            at++;
        }

        number = at - start <= 19 ? small : BigInteger.Parse(text[start..at], NumberStyles.None, CultureInfo.InvariantCulture);
        return at > start;
    }

    private static string? ReadLocal(ReadOnlySpan<char> text)
    {
        var normal = new System.Text.StringBuilder(text.Length);
        foreach (var range in text.SplitAny('-', '_', '.'))
        {
            var segment = text[range];
            if (segment.IsEmpty || segment.ContainsAnyExcept(AsciiAlphanumeric))
                return null;
            if (normal.Length > 0)
                normal.Append('.');
            if (!segment.ContainsAnyExceptInRange('0', '9'))
            {
                var trimmed = segment.TrimStart('0');
                normal.Append(trimmed.IsEmpty ? "0" : trimmed);
            }
            else
            {
                foreach (var c in segment)
                    normal.Append(char.ToLowerInvariant(c));
            }
        }

        return normal.ToString();
    }

    private static readonly System.Buffers.SearchValues<char> AsciiAlphanumeric =
        System.Buffers.SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
}
