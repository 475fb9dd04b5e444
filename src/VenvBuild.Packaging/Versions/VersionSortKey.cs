using System.Globalization;
using System.Numerics;
using System.Text;

namespace VenvBuild.Packaging;

/// <summary>
/// Two keys of a version that keep PEP 440's order: an ASCII text that a database can sort under binary collation, and,
/// for the shapes that nearly all versions have, one number.
/// </summary>
internal static class VersionSortKey
{
    /// <summary>Above every character that a text key may hold: <c>key + After</c> is above all that extend the key.</summary>
    public const char After = '~';

    // Alpha leaves room for beta and rc, the kinds that follow it.
    private const int DevOnly = 1, Alpha = 2, Final = 5, Post = 6;
    private const int NumberBits = 21, KindBits = 3;

    /// <summary>
    /// The number, or 0 when the version has an epoch, a local label, more than four release parts, large parts, or more than one
    /// suffix. Two versions that both have one compare as their numbers do, and versions that are equal have equal ones.
    /// </summary>
    public static ulong Pack(VersionParts parts)
    {
        var length = parts.TrimmedReleaseLength();
        if (!parts.Epoch.IsZero || parts.Local is not null || length > 4)
            return 0;
        var (kind, number) = (parts.Pre, parts.Post, parts.Dev) switch
        {
            (null, null, null) => (Final, BigInteger.Zero),
            (null, null, { } dev) => (DevOnly, dev),
            (null, { } post, null) => (Post, post),
            ({ } pre, null, null) => (Alpha + (int)pre, parts.PreNumber),
            _ => (0, BigInteger.Zero),
        };
        if (kind == 0 || number >= (1 << NumberBits) - 1 || parts.Release[0] > ushort.MaxValue)
            return 0;
        var key = (ulong)parts.Release[0];
        for (var i = 1; i < 4; i++)
        {
            var part = i < length ? parts.Release[i] : BigInteger.Zero;
            if (part > byte.MaxValue)
                return 0;
            key = key << 8 | (ulong)part;
        }

        return (key << KindBits | (uint)kind) << NumberBits | (ulong)number;
    }

    /// <summary>The number of a final release whose parts are packed as 16, 8, 8 and 8 bits.</summary>
    public static ulong PackFinal(ulong release) => (release << KindBits | Final) << NumberBits;

    /// <summary>The lowest number above every packed version that shares the release of <paramref name="finalKey"/>.</summary>
    public static ulong AfterPosts(ulong finalKey) => (finalKey >> (NumberBits + KindBits) << KindBits | 7) << NumberBits;

    public static bool IsFinalOrPost(ulong key) => (int)(key >> NumberBits & 7) is Final or Post;

    public static bool IsFinal(ulong key) => (int)(key >> NumberBits & 7) is Final;

    /// <summary>The text key: that of <c>1.0</c> is <c>a0a1.401</c>.</summary>
    public static string Text(VersionParts parts, bool withLocal = true)
    {
        var key = new StringBuilder(TextToPre(parts));
        if (parts.Post is { } post)
            AppendNumber(key.Append('1'), post);
        else
            key.Append('0');
        if (parts.Dev is { } dev)
            AppendNumber(key.Append('0'), dev);
        else
            key.Append('1');
        if (withLocal && parts.Local is { } local)
        {
            key.Append('1');
            foreach (var segment in local.Split('.'))
            {
                if (char.IsAsciiDigit(segment[0]) && BigInteger.TryParse(segment, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                    AppendNumber(key.Append('2'), number);
                else
                    key.Append('1').Append(segment).Append('.');
            }

            key.Append('0');
        }

        return key.ToString();
    }

    /// <summary>The part of the text key that a version shares with its post-releases: epoch, release and pre-release.</summary>
    public static string TextToPre(VersionParts parts)
    {
        var key = new StringBuilder();
        AppendNumber(key, parts.Epoch);
        var length = parts.TrimmedReleaseLength();
        for (var i = 0; i < length; i++)
            AppendNumber(key, parts.Release[i]);
        key.Append('.');
        if (parts.Pre is { } pre)
            AppendNumber(key.Append((char)('1' + (int)pre)), parts.PreNumber);
        else
            key.Append(parts.Post is null && parts.Dev is not null ? '0' : '4');
        return key.ToString();
    }

    /// <summary>A number as its count of digits, then its digits, so that the texts sort as the numbers do.</summary>
    private static void AppendNumber(StringBuilder key, BigInteger number)
    {
        var digits = number.ToString(CultureInfo.InvariantCulture);
        if (digits.Length <= 25)
            key.Append((char)(0x60 + digits.Length));
        else
            AppendNumber(key.Append('z'), digits.Length - 25);
        key.Append(digits);
    }
}
