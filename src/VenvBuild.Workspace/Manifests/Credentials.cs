using System.Buffers;
using System.Text;

namespace VenvBuild.Workspace;

/// <summary>Passwords in addresses: they may be in a manifest, and are never shown or written again.</summary>
internal static class Credentials
{
    private static readonly SearchValues<char> EndOfAddress = SearchValues.Create("'\",]} \t\n");

    /// <summary>The text with every <c>user:password@</c> of an address replaced by as many asterisks, so that columns stay.</summary>
    public static string Mask(string text)
    {
        var masked = default(char[]);
        foreach (var (start, length) in Find(text))
        {
            masked ??= text.ToCharArray();
            masked.AsSpan(start, length).Fill('*');
        }

        return masked is null ? text : new(masked);
    }

    /// <summary>The text with every <c>user:password@</c> of an address left out.</summary>
    public static string Strip(string text)
    {
        var stripped = new StringBuilder(text.Length);
        var from = 0;
        foreach (var (start, length) in Find(text))
        {
            stripped.Append(text, from, start - from);
            from = start + length + 1;
        }

        return from == 0 ? text : stripped.Append(text, from, text.Length - from).ToString();
    }

    private static IEnumerable<(int Start, int Length)> Find(string text)
    {
        for (var (from, end, lastAt) = (0, 0, -1); (from = text.IndexOf("//", from, StringComparison.Ordinal)) >= 0;)
        {
            var start = from += 2;
            if (start > end)
            {
                var length = text.AsSpan(start).IndexOfAny(EndOfAddress);
                end = length < 0 ? text.Length : start + length;
                lastAt = text.LastIndexOf('@', Math.Max(end - 1, 0), end - start);
            }

            if (lastAt <= start || LengthAt(text.AsSpan(start, end - start), lastAt - start) is not (var secret and > 0))
                continue;
            yield return (start, secret);
            from = start + secret + 1;
        }
    }

    /// <summary>How much of an address is a secret, given where its last <c>@</c> is.</summary>
    private static int LengthAt(ReadOnlySpan<char> text, int lastAt)
    {
        var authority = text.IndexOfAny('/', '?', '#') is var length and >= 0 ? text[..length] : text;
        if (authority.LastIndexOf('@') is var at and >= 0)
            return at;
        // A password with a character that should have been escaped ends the authority early: what follows the colon is no port.
        var colon = authority.IndexOf(':');
        var isPort = colon < 0 || !authority[(colon + 1)..].ContainsAnyExceptInRange('0', '9');
        return isPort ? 0 : lastAt;
    }
}
