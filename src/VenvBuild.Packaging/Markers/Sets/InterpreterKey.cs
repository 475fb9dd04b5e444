using System.Globalization;
using System.Numerics;

namespace VenvBuild.Packaging;

/// <summary>
/// Versions of interpreters as ordered numbers. An interpreter's version is always three numbers, never a post-release or development
/// release, and only that of a new minor, which ends in zero, has pre-releases, so that every bound a specifier can draw lies just before
/// one of these versions. A local label (<c>3.15.0+local</c>) does not count here, nor does the pre-release of a patch, of which Python
/// 3.9.2 had the last: it counts as the patch.
/// </summary>
internal static class InterpreterKey
{
    /// <summary>Above every version.</summary>
    public const ulong Top = ulong.MaxValue;

    private const int NumberBits = 16, KindBits = 2, PatchBits = 16, MinorBits = 14, MajorBits = 10;
    private const int PatchShift = NumberBits + KindBits, MinorShift = PatchShift + PatchBits, MajorShift = MinorShift + MinorBits;
    private const ulong Final = 3;

    /// <summary>The lowest version of a release, its first alpha; beyond what the numbers can hold, that of the next release.</summary>
    public static ulong First(BigInteger major, BigInteger minor, BigInteger patch)
    {
        if (patch >= 1 << PatchBits)
            (minor, patch) = (minor + 1, 0);
        if (minor >= 1 << MinorBits)
            (major, minor, patch) = (major + 1, 0, 0);
        return major >= 1 << MajorBits ? Top : (ulong)major << MajorShift | (ulong)minor << MinorShift | (ulong)patch << PatchShift;
    }

    /// <summary>The key of a version; of one that no interpreter has, that of the release it counts to.</summary>
    public static ulong Of(PackageVersion version)
    {
        var parts = version.Parts;
        if (!parts.Epoch.IsZero)
            return Top;
        var first = First(Part(parts, 0), Part(parts, 1), Part(parts, 2));
        if (first == Top || Patch(first) > 0 || (parts.Pre is null && parts.Post is null && parts.Dev is not null))
            return first;
        return parts.Pre is { } kind
            ? first | (ulong)kind << NumberBits | (ulong)BigInteger.Min(parts.PreNumber, ushort.MaxValue)
            : first | Final << NumberBits;
    }

    /// <summary>The lowest key at or above a cut, or <see cref="Top"/>.</summary>
    public static ulong Of(VersionCut cut)
    {
        if (cut.Version is not { } version)
            return cut.Kind == CutKind.Lowest ? 0 : Top;
        var parts = version.Parts;
        var key = Of(version);
        if (key == Top)
            return Top;
        var isBeyondRelease = (parts.Post is not null && parts.Pre is null) || Extends(parts);
        if (isBeyondRelease)
            return After(Patch(key) > 0 ? key : key | Final << NumberBits);
        var isBelowKey = parts.Dev is not null && parts.Post is null || (parts.Pre is not null && Patch(key) > 0);
        return isBelowKey || (cut.Kind == CutKind.Before && parts.Post is null) ? key : After(key);
    }

    /// <summary>The version that follows.</summary>
    public static ulong After(ulong key) => IsFinal(key)
        ? First(Major(key), Minor(key), Patch(key) + 1)
        : key + 1;

    /// <summary>Where the truth of a comparison with a version can change, in order, beginning with 0.</summary>
    public static SortedSet<ulong> Breakpoints(PackageVersion version, bool isMinorOnly)
    {
        var parts = version.Parts;
        var (major, minor, patch) = (Part(parts, 0), Part(parts, 1), Part(parts, 2));
        var keys = new SortedSet<ulong> { 0, First(major, 0, 0), First(major + 1, 0, 0), First(major, minor, 0), First(major, minor + 1, 0) };
        if (!isMinorOnly)
        {
            var key = Of(version);
            keys.Add(First(major, minor, patch));
            keys.Add(First(major, minor, patch + 1));
            keys.Add(key);
            if (key != Top)
            {
                keys.Add(After(key));
                if (Patch(key) == 0)
                    keys.Add(First(major, minor, patch) | Final << NumberBits);
            }
        }

        keys.Remove(Top);
        return keys;
    }

    public static bool IsFinal(ulong key) => Patch(key) > 0 || (key >> NumberBits & 3) == Final;

    /// <summary>Whether the key is the lowest of its release.</summary>
    public static bool IsFirst(ulong key) => (key & ((1UL << PatchShift) - 1)) == 0;

    public static ulong Major(ulong key) => key >> MajorShift;

    public static ulong Minor(ulong key) => key >> MinorShift & ((1UL << MinorBits) - 1);

    public static ulong Patch(ulong key) => key >> PatchShift & ((1UL << PatchBits) - 1);

    /// <summary>The version, such as <c>3.13.0rc2</c>.</summary>
    public static string Text(ulong key)
    {
        var release = ReleaseText(key);
        return (IsFinal(key) ? Final : key >> NumberBits & 3) switch
        {
            0 => $"{release}a{Number(key)}",
            1 => $"{release}b{Number(key)}",
            2 => $"{release}rc{Number(key)}",
            _ => release,
        };
    }

    /// <summary>The three numbers, such as <c>3.13.0</c>.</summary>
    public static string ReleaseText(ulong key) => string.Create(CultureInfo.InvariantCulture, $"{Major(key)}.{Minor(key)}.{Patch(key)}");

    /// <summary>Major and minor, such as <c>3.13</c>.</summary>
    public static string MinorText(ulong key) => string.Create(CultureInfo.InvariantCulture, $"{Major(key)}.{Minor(key)}");

    /// <summary>The cut just below a range that begins there; the lowest of a minor stands for all its development releases, too.</summary>
    public static VersionCut ToLowerCut(ulong key) => key == 0 ? VersionCut.Lowest : VersionCut.Before(PackageVersion.Parse(IsFinal(key) ? Text(key) : Before(key)));

    /// <summary>The cut just above a range that ends there: below the pre-releases, too, that no patch has.</summary>
    public static VersionCut ToUpperCut(ulong key) => key == Top ? VersionCut.Highest : VersionCut.Before(PackageVersion.Parse(IsFirst(key) ? Before(key) : Text(key)));

    private static string Before(ulong key) => IsFirst(key) ? ReleaseText(key) + ".dev0" : Text(key);

    private static string Number(ulong key) => (key & ushort.MaxValue).ToString(CultureInfo.InvariantCulture);

    private static BigInteger Part(VersionParts parts, int index) => index < parts.Release.Length ? parts.Release[index] : BigInteger.Zero;

    /// <summary>Whether a fourth number puts the version above the release that the first three name.</summary>
    private static bool Extends(VersionParts parts) => parts.TrimmedReleaseLength() > 3;
}
