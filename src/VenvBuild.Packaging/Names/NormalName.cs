namespace VenvBuild.Packaging;

/// <summary>The one normal form that names of distributions, extras and groups share (PEP 503, PEP 685).</summary>
internal static class NormalName
{
    private const int MaxLength = 255;

    /// <summary>The normal form, or null when the text is no name. A string that is normal already is returned itself.</summary>
    public static string? Of(string? text) => text is not null && IsNormal(text) ? text : Of(text.AsSpan());

    /// <summary>The normal form, or null when the text is no name; with <paramref name="isUnicode"/>, letters beyond ASCII pass.</summary>
    public static string? Of(ReadOnlySpan<char> text, bool isUnicode = false)
    {
        if (text.Length is 0 or > MaxLength || IsSeparator(text[0]) || IsSeparator(text[^1]))
            return null;
        Span<char> normal = stackalloc char[text.Length];
        var length = 0;
        var previousWasSeparator = false;
        foreach (var c in text)
        {
            var isSeparator = IsSeparator(c);
            if (!isSeparator && !char.IsAsciiLetterOrDigit(c) && !(isUnicode && char.IsLetterOrDigit(c)))
                return null;
            if (!isSeparator)
                normal[length++] = char.ToLowerInvariant(c);
            else if (!previousWasSeparator)
                normal[length++] = '-';
            previousWasSeparator = isSeparator;
        }

        return new string(normal[..length]);
    }

    public static bool IsNormal(ReadOnlySpan<char> text)
    {
        if (text.Length is 0 or > MaxLength || text[0] == '-' || text[^1] == '-')
            return false;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '-' ? text[i - 1] == '-' : !char.IsAsciiLetterLower(text[i]) && !char.IsAsciiDigit(text[i]))
                return false;
        }

        return true;
    }

    private static bool IsSeparator(char c) => c is '-' or '_' or '.';
}
