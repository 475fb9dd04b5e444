namespace VenvBuild.Packaging;

/// <summary>The one normal form that names of distributions, extras and groups share (PEP 503, PEP 685).</summary>
internal static class NormalName
{
    private const int MaxLength = 255;

    /// <summary>The normal form, or null when the text is no name. A string that is normal already is returned itself.</summary>
    public static string? Of(string? text) => text is not null && IsNormal(text) ? text : Of(text.AsSpan());

    public static string? Of(ReadOnlySpan<char> text)
    {
        if (text.Length is 0 or > MaxLength || !char.IsAsciiLetterOrDigit(text[0]) || !char.IsAsciiLetterOrDigit(text[^1]))
            return null;
        Span<char> normal = stackalloc char[text.Length];
        var length = 0;
        var previousWasSeparator = false;
        foreach (var c in text)
        {
            var isSeparator = c is '-' or '_' or '.';
            if (!isSeparator && !char.IsAsciiLetterOrDigit(c))
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
}
