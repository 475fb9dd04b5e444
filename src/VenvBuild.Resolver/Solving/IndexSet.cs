using System.Diagnostics;

namespace VenvBuild.Resolver;

/// <summary>
/// A set of a package's releases, as intervals of their places in the ascending list. The list never changes while a solve runs, so
/// versions that do not exist fold away by themselves, and <c>===</c>, locals and every other rule of PEP 440 is decided once, when a
/// specifier is lowered to a set.
/// </summary>
internal sealed class IndexSet : IEquatable<IndexSet>
{
    public static readonly IndexSet Empty = new([]);

    // Decisions, and what one release needs, are about single releases, over and over.
    private static readonly IndexSet?[] Singles = new IndexSet?[1024];

    // Start (included) and end (excluded) in turn, strictly ascending.
    private readonly int[] _bounds;

    private IndexSet(int[] bounds) => _bounds = bounds;

    public bool IsEmpty => _bounds.Length == 0;

    public bool IsSingle => _bounds.Length == 2 && _bounds[1] - _bounds[0] == 1;

    public int Lowest => _bounds[0];

    public int Highest => _bounds[^1] - 1;

    public int IntervalCount => _bounds.Length / 2;

    public static IndexSet Single(int index) =>
        index < Singles.Length ? Singles[index] ??= new([index, index + 1]) : new([index, index + 1]);

    public static IndexSet Range(int start, int end) => start < end ? new([start, end]) : Empty;

    public static IndexSet Of(IReadOnlyList<bool> members)
    {
        var bounds = new List<int>();
        for (var i = 0; i < members.Count; i++)
        {
            if (members[i] != (bounds.Count % 2 == 1))
                bounds.Add(i);
        }

        if (bounds.Count % 2 == 1)
            bounds.Add(members.Count);
        return bounds.Count == 0 ? Empty : new([.. bounds]);
    }

    public (int Start, int End) Interval(int i) => (_bounds[2 * i], _bounds[2 * i + 1]);

    public bool Contains(int index)
    {
        for (var i = 0; i < _bounds.Length; i += 2)
        {
            if (index < _bounds[i])
                return false;
            if (index < _bounds[i + 1])
                return true;
        }

        return false;
    }

    public IndexSet Intersect(IndexSet other) => IsSubsetOf(other) ? this : other.IsSubsetOf(this) ? other : Merge(other, needed: 2);

    public IndexSet Union(IndexSet other) => IsSubsetOf(other) ? other : other.IsSubsetOf(this) ? this : Merge(other, needed: 1);

    public IndexSet Complement(int count)
    {
        if (IsEmpty)
            return Range(0, count);
        Debug.Assert(Highest < count, "The set belongs to a longer list.");
        var fromStart = _bounds[0] == 0;
        var toEnd = _bounds[^1] == count;
        var bounds = new int[_bounds.Length + (fromStart ? -1 : 1) + (toEnd ? -1 : 1)];
        if (bounds.Length == 0)
            return Empty;
        _bounds.AsSpan(fromStart ? 1 : 0, _bounds.Length - (fromStart ? 1 : 0) - (toEnd ? 1 : 0)).CopyTo(bounds.AsSpan(fromStart ? 0 : 1));
        if (!toEnd)
            bounds[^1] = count;
        return new(bounds);
    }

    public IndexSet Except(IndexSet other) => IsDisjointFrom(other) ? this : Merge(other, needed: 2, isOtherInverted: true);

    public bool IsSubsetOf(IndexSet other)
    {
        if (ReferenceEquals(this, other))
            return true;
        if (_bounds.Length == 2 && other._bounds.Length == 2)
            return _bounds[0] >= other._bounds[0] && _bounds[1] <= other._bounds[1];
        var j = 0;
        for (var i = 0; i < _bounds.Length; i += 2)
        {
            while (j < other._bounds.Length && other._bounds[j + 1] <= _bounds[i])
                j += 2;
            if (j == other._bounds.Length || other._bounds[j] > _bounds[i] || other._bounds[j + 1] < _bounds[i + 1])
                return false;
        }

        return true;
    }

    public bool IsDisjointFrom(IndexSet other)
    {
        if (_bounds.Length == 2 && other._bounds.Length == 2)
            return _bounds[1] <= other._bounds[0] || other._bounds[1] <= _bounds[0];
        int i = 0, j = 0;
        while (i < _bounds.Length && j < other._bounds.Length)
        {
            if (_bounds[i + 1] <= other._bounds[j])
                i += 2;
            else if (other._bounds[j + 1] <= _bounds[i])
                j += 2;
            else
                return false;
        }

        return true;
    }

    public bool Equals(IndexSet? other) => other is not null && _bounds.AsSpan().SequenceEqual(other._bounds);

    public override bool Equals(object? obj) => Equals(obj as IndexSet);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var bound in _bounds)
            hash.Add(bound);
        return hash.ToHashCode();
    }

    public override string ToString() =>
        string.Join(' ', Enumerable.Range(0, IntervalCount).Select(i => $"[{_bounds[2 * i]}..{_bounds[2 * i + 1]})"));

    /// <summary>What lies in as many of the two sets as are needed.</summary>
    private IndexSet Merge(IndexSet other, int needed, bool isOtherInverted = false)
    {
        Span<int> bounds = _bounds.Length + other._bounds.Length <= 64
            ? stackalloc int[_bounds.Length + other._bounds.Length]
            : new int[_bounds.Length + other._bounds.Length];
        int count = 0, i = 0, j = 0, inverted = isOtherInverted ? 1 : 0;
        while (i < _bounds.Length || j < other._bounds.Length)
        {
            var at = i == _bounds.Length ? other._bounds[j]
                : j == other._bounds.Length ? _bounds[i]
                : Math.Min(_bounds[i], other._bounds[j]);
            if (i < _bounds.Length && _bounds[i] == at)
                i++;
            if (j < other._bounds.Length && other._bounds[j] == at)
                j++;
            if (i % 2 + (j + inverted) % 2 >= needed != (count % 2 == 1))
                bounds[count++] = at;
        }

        return count == 0 ? Empty : new(bounds[..count].ToArray());
    }
}
