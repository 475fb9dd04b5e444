using System.Text;

namespace VenvBuild.Packaging;

/// <summary>A set of versions: a union of intervals, closed under union, intersection and complement.</summary>
public sealed class VersionSet : IEquatable<VersionSet>
{
    /// <summary>No version.</summary>
    public static readonly VersionSet Empty = new([]);

    /// <summary>Every version.</summary>
    public static readonly VersionSet All = new([VersionCut.Lowest, VersionCut.Highest]);

    // Lower and upper cuts in turn, strictly ascending: no interval is empty, none touch.
    private readonly VersionCut[] _cuts;

    private VersionSet(VersionCut[] cuts) => _cuts = cuts;

    /// <summary>Whether no version is in the set.</summary>
    public bool IsEmpty => _cuts.Length == 0;

    /// <summary>Whether every version is in the set.</summary>
    public bool IsAll => _cuts.Length == 2 && _cuts[0].IsLowest && _cuts[1].Kind == CutKind.Highest;

    /// <summary>The version that the lowest interval begins at, or null where it has no lower bound or the set is empty.</summary>
    public PackageVersion? LowerBound => IsEmpty ? null : _cuts[0].Version;

    /// <summary>The version that the highest interval ends at, or null where it has no upper bound or the set is empty.</summary>
    public PackageVersion? UpperBound => IsEmpty ? null : _cuts[^1].Version;

    /// <summary>Whether a version in the set is no pre-release.</summary>
    public bool HasFinals
    {
        get
        {
            for (var i = 0; i < _cuts.Length; i += 2)
            {
                // Above a pre-release the first final is its own release; above anything else finals lie close.
                if (_cuts[i].Next is not { IsPreRelease: true } next || !_cuts[i + 1].IsBelow(Finished(next)))
                    return true;
            }

            return false;
        }
    }

    /// <summary>
    /// The set as ranges of <see cref="PackageVersion.SortKey"/>, ascending: a version is in it where its key is at least one range's
    /// <c>From</c> and below its <c>To</c>, compared by bytes. For databases, which know nothing of versions.
    /// </summary>
    public IEnumerable<(string From, string To)> SortKeyRanges => Intervals.Select(interval => (interval.Lower.Text, interval.Upper.Text));

    internal IEnumerable<(VersionCut Lower, VersionCut Upper)> Intervals
    {
        get
        {
            for (var i = 0; i < _cuts.Length; i += 2)
                yield return (_cuts[i], _cuts[i + 1]);
        }
    }

    /// <summary>The versions from <paramref name="lower"/> (included) up to <paramref name="upper"/> (excluded); null has no bound.</summary>
    public static VersionSet Between(PackageVersion? lower, PackageVersion? upper) => Between(
        lower is null ? VersionCut.Lowest : VersionCut.Before(lower),
        upper is null ? VersionCut.Highest : VersionCut.Before(upper));

    /// <summary>One version alone.</summary>
    public static VersionSet Single(PackageVersion version) => Between(VersionCut.Before(version), VersionCut.After(version));

    internal static VersionSet Between(VersionCut lower, VersionCut upper) =>
        lower.CompareTo(upper) < 0 ? new([lower, upper]) : Empty;

    /// <summary>Whether a version is in the set.</summary>
    public bool Contains(PackageVersion version)
    {
        int low = 0, high = _cuts.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_cuts[middle].IsBelow(version))
                low = middle + 1;
            else
                high = middle;
        }

        // An odd number of cuts below: inside an interval.
        return low % 2 == 1;
    }

    /// <summary>What is in both sets.</summary>
    public VersionSet Intersect(VersionSet other) => IsAll ? other : other.IsAll ? this : Merge(other, 2);

    /// <summary>What is in either set.</summary>
    public VersionSet Union(VersionSet other) => IsEmpty ? other : other.IsEmpty ? this : Merge(other, 1);

    /// <summary>What is not in this set.</summary>
    public VersionSet Complement()
    {
        if (IsEmpty)
            return All;
        var cuts = new List<VersionCut>(_cuts.Length + 2);
        var startsAtLowest = _cuts[0].IsLowest;
        if (!startsAtLowest)
            cuts.Add(VersionCut.Lowest);
        cuts.AddRange(startsAtLowest ? _cuts.AsSpan(1) : _cuts);
        if (cuts.Count > 0 && cuts[^1].Kind == CutKind.Highest)
            cuts.RemoveAt(cuts.Count - 1);
        else
            cuts.Add(VersionCut.Highest);
        return cuts.Count == 0 ? Empty : new([.. cuts]);
    }

    /// <summary>What is in this set and not in the other.</summary>
    public VersionSet Except(VersionSet other) => Intersect(other.Complement());

    /// <summary>Whether everything in this set is in the other.</summary>
    public bool IsSubsetOf(VersionSet other) => !Meets(other, isInOther: false);

    /// <summary>Whether nothing is in both.</summary>
    public bool IsDisjointFrom(VersionSet other) => !Meets(other, isInOther: true);

    /// <summary>The set without its holes: everything from its lower bound to its upper bound.</summary>
    public VersionSet Hull() => _cuts.Length <= 2 ? this : new([_cuts[0], _cuts[^1]]);

    /// <summary>The runs of an ascending list whose members are in the set, each as its start and the place after its end.</summary>
    public IEnumerable<(int Start, int End)> RunsIn<T>(IReadOnlyList<T> ascending, Func<T, PackageVersion> version)
    {
        foreach (var (lower, upper) in Intervals)
        {
            var start = Locate(lower);
            var end = Locate(upper);
            if (start < end)
                yield return (start, end);
        }

        int Locate(VersionCut cut)
        {
            int low = 0, high = ascending.Count;
            while (low < high)
            {
                var middle = (low + high) / 2;
                if (cut.IsBelow(version(ascending[middle])))
                    high = middle;
                else
                    low = middle + 1;
            }

            return low;
        }
    }

    /// <inheritdoc/>
    public bool Equals(VersionSet? other) => other is not null && _cuts.AsSpan().SequenceEqual(other._cuts);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as VersionSet);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var cut in _cuts)
            hash.Add(cut);
        return hash.ToHashCode();
    }

    /// <summary>The intervals in words close to specifiers, joined by <c>|</c>; for people, not to be read back.</summary>
    public override string ToString()
    {
        if (IsEmpty)
            return "none";
        if (IsAll)
            return "any";
        var text = new StringBuilder();
        foreach (var (lower, upper) in Intervals)
        {
            if (text.Length > 0)
                text.Append(" | ");
            text.Append(Describe(lower, upper));
        }

        return text.ToString();
    }

    private static PackageVersion Finished(PackageVersion version) => version.With(parts =>
        (parts.Pre, parts.Post, parts.Dev) = (null, parts.Pre is null ? parts.Post : null, null));

    private static string Describe(VersionCut lower, VersionCut upper)
    {
        if (lower.Version is not null && upper.Version is not null && lower.Kind == CutKind.Before
            && upper.Kind is CutKind.After or CutKind.AfterLocals && lower.Version.Equals(upper.Version))
        {
            return $"=={lower.Version}";
        }

        var from = lower.Kind switch
        {
            CutKind.Lowest => "",
            CutKind.Before => $">={lower.Version}",
            _ => $">{lower.Version}",
        };
        var to = upper.Kind switch
        {
            CutKind.Highest => "",
            CutKind.Before => $"<{upper.Version}",
            _ => $"<={upper.Version}",
        };
        return from.Length > 0 && to.Length > 0 ? $"{from},{to}" : from + to;
    }

    /// <summary>Whether a version of this set is in the other one, or is not: what is asked most, and needs no set made to be told.</summary>
    private bool Meets(VersionSet other, bool isInOther)
    {
        int i = 0, j = 0;
        while (i < _cuts.Length)
        {
            var order = j == other._cuts.Length ? -1 : _cuts[i].CompareTo(other._cuts[j]);
            if (order <= 0)
                i++;
            if (order >= 0)
                j++;
            if (i % 2 == 1 && j % 2 == 1 == isInOther)
                return true;
        }

        return false;
    }

    /// <summary>Sweeps both sets' cuts in order and keeps what at least <paramref name="needed"/> of them cover.</summary>
    private VersionSet Merge(VersionSet other, int needed)
    {
        var cuts = new List<VersionCut>(_cuts.Length + other._cuts.Length);
        int i = 0, j = 0;
        var inside = false;
        while (i < _cuts.Length || j < other._cuts.Length)
        {
            var order = i == _cuts.Length ? 1 : j == other._cuts.Length ? -1 : _cuts[i].CompareTo(other._cuts[j]);
            var cut = order <= 0 ? _cuts[i] : other._cuts[j];
            if (order <= 0)
                i++;
            if (order >= 0)
                j++;
            var covered = i % 2 + j % 2 >= needed;
            if (covered != inside)
                cuts.Add(cut);
            inside = covered;
        }

        return cuts.Count == 0 ? Empty : new([.. cuts]);
    }
}
