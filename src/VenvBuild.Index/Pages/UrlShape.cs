using System.Buffers;

namespace VenvBuild.Index;

/// <summary>
/// The shape of nearly all file addresses there are: <c>PREFIX/ab/cd/ef01.../NAME</c>, a 32-byte digest fanned out over two folders. The
/// digest is kept as bytes, the prefix once a page.
/// </summary>
internal static class UrlShape
{
    public const int DigestLength = 32;

    // "ab/cd/" + 60 digits + "/"
    private const int MiddleLength = 3 + 3 + 60 + 1;

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    public static bool TryTakeApart(string url, string fileName, out string prefix, out byte[] digest)
    {
        prefix = "";
        digest = [];
        var middle = url.Length - fileName.Length - MiddleLength;
        if (middle <= 0 || !url.EndsWith(fileName, StringComparison.Ordinal) || url[middle - 1] != '/')
            return false;
        var text = url.AsSpan(middle, MiddleLength);
        if (text[2] != '/' || text[5] != '/' || text[^1] != '/')
            return false;
        Span<char> digits = stackalloc char[2 * DigestLength];
        text[..2].CopyTo(digits);
        text[3..5].CopyTo(digits[2..]);
        text[6..^1].CopyTo(digits[4..]);
        if (digits.ContainsAnyExcept(HexDigits))
            return false;
        prefix = url[..middle];
        digest = Convert.FromHexString(digits);
        return true;
    }

    public static string PutTogether(string prefix, ReadOnlySpan<byte> digest, string fileName)
    {
        Span<char> digits = stackalloc char[2 * DigestLength];
        Convert.TryToHexStringLower(digest, digits, out _);
        Span<char> middle = stackalloc char[MiddleLength];
        digits[..2].CopyTo(middle);
        digits[2..4].CopyTo(middle[3..]);
        digits[4..].CopyTo(middle[6..]);
        middle[2] = middle[5] = middle[^1] = '/';
        return string.Concat(prefix, middle, fileName);
    }
}
