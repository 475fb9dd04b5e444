using System.Buffers;

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
        foreach (var (start, length) in Find(text).Reverse())
            text = text.Remove(start, length + 1);
        return text;
    }

    private static IEnumerable<(int Start, int Length)> Find(string text)
    {
        for (var from = text.IndexOf("//", StringComparison.Ordinal); from >= 0; from = text.IndexOf("//", from + 2, StringComparison.Ordinal))
        {
            var start = from + 2;
            if (LengthAt(text.AsSpan(start)) is var length and > 0)
                yield return (start, length);
        }
    }

    private static int LengthAt(ReadOnlySpan<char> text)
    {
        if (text.IndexOfAny(EndOfAddress) is var end and >= 0)
            text = text[..end];
        var authority = text.IndexOfAny('/', '?', '#') is var length and >= 0 ? text[..length] : text;
        if (authority.LastIndexOf('@') is var at and >= 0)
            return at;
        // A password with a character that should have been escaped ends the authority early: what follows the colon is no port.
        var colon = authority.IndexOf(':');
        var isPort = colon < 0 || !authority[(colon + 1)..].ContainsAnyExceptInRange('0', '9');
        return isPort ? 0 : Math.Max(0, text.LastIndexOf('@'));
    }
}
