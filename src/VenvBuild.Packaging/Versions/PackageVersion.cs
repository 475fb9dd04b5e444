using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace VenvBuild.Packaging;

/// <summary>A version (PEP 440), ordered as the PEP orders them; equal versions may be spelt differently (<c>1.0</c>, <c>1.0.0</c>).</summary>
public sealed class PackageVersion : IComparable<PackageVersion>, IEquatable<PackageVersion>
{
    private readonly string _text;
    private readonly ulong _packed;
    private VersionParts? _parts;
    private string? _sortKey;

    private PackageVersion(string text, ulong packed, VersionParts? parts)
    {
        _text = text;
        _packed = packed;
        _parts = parts;
    }

    /// <summary>
    /// An ASCII text that sorts, byte by byte, as versions do: what a database holds to answer ranges under binary collation.
    /// </summary>
    public string SortKey => _sortKey ??= VersionSortKey.Text(Parts);

    /// <summary>Whether this is a pre-release or a development release.</summary>
    public bool IsPreRelease => _packed != 0 ? !VersionSortKey.IsFinalOrPost(_packed) : Parts.IsPreRelease;

    /// <summary>Whether this is a development release.</summary>
    public bool IsDevelopment => Parts.Dev is not null;

    /// <summary>Whether this is a post-release.</summary>
    public bool IsPostRelease => Parts.Post is not null;

    /// <summary>The epoch, 0 where none is written.</summary>
    public BigInteger Epoch => Parts.Epoch;

    /// <summary>The numbers of the release as written, trailing zeros included.</summary>
    public IReadOnlyList<BigInteger> Release => Parts.Release;

    /// <summary>The kind of pre-release, if it is one.</summary>
    public PreReleaseKind? PreKind => Parts.Pre;

    /// <summary>The number of the pre-release, if it is one.</summary>
    public BigInteger? PreNumber => Parts.Pre is null ? null : Parts.PreNumber;

    /// <summary>The number of the post-release, if it is one.</summary>
    public BigInteger? Post => Parts.Post;

    /// <summary>The number of the development release, if it is one.</summary>
    public BigInteger? Development => Parts.Dev;

    /// <summary>The local label in normal form, without the plus sign.</summary>
    public string? Local => _packed != 0 ? null : Parts.Local;

    internal ulong Packed => _packed;

    internal VersionParts Parts => _parts ??= VersionReader.Read(_text)!;

    /// <summary>Reads a version in any spelling that PEP 440 allows.</summary>
    /// <exception cref="PackagingFormatException">The text is no version.</exception>
    public static PackageVersion Parse(string text) =>
        TryParse(text, out var version)
            ? version
            : throw new PackagingFormatException($"'{text}' is no version (PEP 440).", text, 0);

    /// <summary>Reads a version in any spelling that PEP 440 allows.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out PackageVersion? version)
    {
        text = text.Trim();
        if (VersionReader.TryReadPlain(text, out var packed))
        {
            version = new(text.ToString(), packed, null);
            return true;
        }

        var parts = VersionReader.Read(text);
        version = parts is null ? null : FromParts(parts);
        return version is not null;
    }

    /// <summary>Makes a final release of these numbers.</summary>
    public static PackageVersion FromRelease(params ReadOnlySpan<int> release)
    {
        var numbers = new BigInteger[release.Length];
        for (var i = 0; i < release.Length; i++)
            numbers[i] = release[i];
        return FromParts(new() { Release = numbers });
    }

    /// <inheritdoc/>
    public int CompareTo(PackageVersion? other)
    {
        if (other is null)
            return 1;
        return _packed != 0 && other._packed != 0
            ? _packed.CompareTo(other._packed)
            : string.CompareOrdinal(SortKey, other.SortKey);
    }

    /// <inheritdoc/>
    public bool Equals([NotNullWhen(true)] PackageVersion? other) =>
        other is not null
        && _packed == other._packed
        && (_packed != 0 || string.Equals(SortKey, other.SortKey, StringComparison.Ordinal));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PackageVersion);

    /// <inheritdoc/>
    public override int GetHashCode() => _packed != 0 ? _packed.GetHashCode() : SortKey.GetHashCode(StringComparison.Ordinal);

    /// <summary>The normal form, trailing zeros as written.</summary>
    public override string ToString() => _text;

    /// <summary>Whether two versions are equal.</summary>
    public static bool operator ==(PackageVersion? left, PackageVersion? right) => left is null ? right is null : left.Equals(right);

    /// <summary>Whether two versions differ.</summary>
    public static bool operator !=(PackageVersion? left, PackageVersion? right) => !(left == right);

    /// <summary>Whether a version comes before another.</summary>
    public static bool operator <(PackageVersion left, PackageVersion right) => left.CompareTo(right) < 0;

    /// <summary>Whether a version comes after another.</summary>
    public static bool operator >(PackageVersion left, PackageVersion right) => left.CompareTo(right) > 0;

    /// <summary>Whether a version does not come after another.</summary>
    public static bool operator <=(PackageVersion left, PackageVersion right) => left.CompareTo(right) <= 0;

    /// <summary>Whether a version does not come before another.</summary>
    public static bool operator >=(PackageVersion left, PackageVersion right) => left.CompareTo(right) >= 0;

    internal static PackageVersion FromParts(VersionParts parts) => new(parts.ToNormalForm(), VersionSortKey.Pack(parts), parts);

    /// <summary>This version with its parts changed by <paramref name="change"/>.</summary>
    internal PackageVersion With(Action<VersionParts> change)
    {
        var parts = new VersionParts
        {
            Epoch = Parts.Epoch,
            Release = Parts.Release,
            Pre = Parts.Pre,
            PreNumber = Parts.PreNumber,
            Post = Parts.Post,
            Dev = Parts.Dev,
            Local = Parts.Local,
        };
        change(parts);
        return FromParts(parts);
    }

    /// <summary>The part of the text key that this version shares with its post-releases.</summary>
    internal string SortKeyToPre() => VersionSortKey.TextToPre(Parts);

    /// <summary>The text key without the local label.</summary>
    internal string PublicSortKey() => VersionSortKey.Text(Parts, withLocal: false);

    /// <summary>Whether two versions are equal but for their local labels.</summary>
    internal bool EqualsPublic(PackageVersion other) =>
        _packed != 0 && other._packed != 0
            ? _packed == other._packed
            : string.Equals(PublicSortKey(), other.PublicSortKey(), StringComparison.Ordinal);
}
