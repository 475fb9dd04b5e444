namespace VenvBuild.Packaging;

/// <summary>
/// A place between versions: every version lies below or above it. Bounds of specifiers are cuts, because "after all local versions of
/// 1.0" or "after all its post-releases" is no version itself.
/// </summary>
internal sealed class VersionCut : IComparable<VersionCut>, IEquatable<VersionCut>
{
    /// <summary>Below every version.</summary>
    public static readonly VersionCut Lowest = new(CutKind.Lowest, null, 0);

    /// <summary>Above every version.</summary>
    public static readonly VersionCut Highest = new(CutKind.Highest, null, ulong.MaxValue);

    // A version with a packed key is above the cut exactly when its key is at least this; 0 for a cut that only texts can decide.
    private readonly ulong _packed;
    private string? _text;

    // The lowest version that there is.
    private static readonly PackageVersion First = PackageVersion.FromParts(new() { Release = [0], Dev = 0 });

    private VersionCut(CutKind kind, PackageVersion? version, ulong packed)
    {
        Kind = kind;
        Version = version;
        _packed = packed;
    }

    public CutKind Kind { get; }

    public PackageVersion? Version { get; }

    /// <summary>Whether no version lies below: <c>0.dev0</c> is the first one, and the cut before it is the lowest, too.</summary>
    public bool IsLowest => Kind == CutKind.Lowest || (Kind == CutKind.Before && Version!.Equals(First));

    /// <summary>Just below a version.</summary>
    public static VersionCut Before(PackageVersion version) => new(CutKind.Before, version, version.Packed);

    /// <summary>Just above one version: what differs in its local label is still above.</summary>
    public static VersionCut After(PackageVersion version) =>
        new(CutKind.After, version, version.Packed == 0 ? 0 : version.Packed + 1);

    /// <summary>Above a version and all that add a local label to it.</summary>
    public static VersionCut AfterLocals(PackageVersion version) =>
        new(CutKind.AfterLocals, version, version.Packed == 0 ? 0 : version.Packed + 1);

    /// <summary>Above a version, its post-releases and their local versions.</summary>
    public static VersionCut AfterPosts(PackageVersion version) => new(CutKind.AfterPosts, version, version.Packed switch
    {
        0 => 0,
        var key when VersionSortKey.IsFinal(key) => VersionSortKey.AfterPosts(key),
        var key => key + 1,
    });

    /// <summary>Whether a version lies above.</summary>
    public bool IsBelow(PackageVersion version)
    {
        if (_packed != 0 && version.Packed != 0)
            return version.Packed >= _packed;
        return Kind switch
        {
            CutKind.Lowest => true,
            CutKind.Highest => false,
            _ => string.CompareOrdinal(version.SortKey, Text) >= 0,
        };
    }

    public int CompareTo(VersionCut? other)
    {
        if (other is null)
            return 1;
        if (ReferenceEquals(this, other))
            return 0;
        if (_packed != 0 && other._packed != 0 && _packed != other._packed)
            return _packed.CompareTo(other._packed);
        if (Kind == CutKind.Lowest || other.Kind == CutKind.Lowest)
            return other.IsLowest.CompareTo(IsLowest);
        return string.CompareOrdinal(Text, other.Text);
    }

    public bool Equals(VersionCut? other) => other is not null && CompareTo(other) == 0;

    public override bool Equals(object? obj) => Equals(obj as VersionCut);

    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => $"{Kind} {Version}".TrimEnd();

    /// <summary>
    /// The first version above the cut, where there is one: none follows 1.0's post-releases, for between any release and 1.0 lies
    /// 1.0.0.1. Cuts that have the same first version are the same place, so that an interval between them is known to be empty.
    /// </summary>
    internal PackageVersion? Next => Kind switch
    {
        CutKind.Lowest => First,
        CutKind.Before => Version,
        CutKind.AfterLocals when Version!.Parts.Dev is { } dev => Version.With(parts => parts.Dev = dev + 1),
        CutKind.AfterLocals => Version!.With(parts => (parts.Post, parts.Dev) = ((parts.Post ?? -1) + 1, 0)),
        CutKind.AfterPosts when Version!.Parts is { Pre: not null, PreNumber: var number } =>
            Version.With(parts => (parts.PreNumber, parts.Post, parts.Dev) = (number + 1, null, 0)),
        _ => null,
    };

    /// <summary>The least text key, in ordinal order, of what lies above the cut.</summary>
    public string Text => _text ??= Next?.SortKey ?? Kind switch
    {
        CutKind.Highest => "\x7f",
        // Below every character that can extend a key.
        CutKind.After => Version!.SortKey + '\x01',
        _ => Version!.SortKeyToPre() + VersionSortKey.After,
    };
}
