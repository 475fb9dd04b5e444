using System.Text;

namespace VenvBuild.Packaging;

/// <summary>Texts that come from a page and go to people.</summary>
internal static class PageText
{
    private const int MaxLength = 1000;
    private const int ExcerptLength = 80;

    /// <summary>The text without control characters, which a terminal would obey, and of bounded length.</summary>
    public static string Clean(ReadOnlySpan<byte> utf8)
    {
        var text = Encoding.UTF8.GetString(utf8.Length > MaxLength ? utf8[..MaxLength] : utf8);
        return string.Create(text.Length, text, static (span, source) =>
        {
            for (var i = 0; i < span.Length; i++)
                span[i] = char.IsControl(source[i]) || char.GetUnicodeCategory(source[i]) == System.Globalization.UnicodeCategory.Format ? ' ' : source[i];
        });
    }

    /// <summary>An error with the part of the page that stands around <paramref name="offset"/>.</summary>
    public static PackagingFormatException Error(string message, ReadOnlySpan<byte> page, long offset)
    {
        var at = (int)Math.Clamp(offset, 0, page.Length);
        var start = Math.Max(0, at - ExcerptLength / 2);
        var before = Clean(page[start..at]);
        return new(message, before + Clean(page[at..Math.Min(page.Length, at + ExcerptLength / 2)]), before.Length);
    }
}
