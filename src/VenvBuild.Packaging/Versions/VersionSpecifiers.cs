using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace VenvBuild.Packaging;

/// <summary>Clauses that a version must all match, such as <c>&gt;=1.8,&lt;3</c>; without a clause, every version matches (PEP 440).</summary>
public sealed class VersionSpecifiers : IReadOnlyList<VersionSpecifier>, IEquatable<VersionSpecifiers>
{
    /// <summary>No clause: every version.</summary>
    public static readonly VersionSpecifiers Any = new([]);

    private readonly VersionSpecifier[] _clauses;
    private VersionSet? _set;

    private VersionSpecifiers(VersionSpecifier[] clauses) => _clauses = clauses;

    /// <inheritdoc/>
    public int Count => _clauses.Length;

    /// <inheritdoc/>
    public VersionSpecifier this[int index] => _clauses[index];

    /// <summary>The versions that match all clauses.</summary>
    public VersionSet Set => _set ??= _clauses.Aggregate(VersionSet.All, (set, clause) => set.Intersect(clause.Set));

    /// <summary>Whether a clause names a pre-release (other than to exclude it), which admits pre-releases.</summary>
    public bool NamesPreRelease => Array.Exists(_clauses, clause => clause.NamesPreRelease);

    /// <summary>Whether a clause is <c>===</c>, which compares texts.</summary>
    public bool HasArbitrary => Array.Exists(_clauses, clause => clause.Operator == SpecifierOperator.Arbitrary);

    /// <summary>Makes a set of clauses.</summary>
    public static VersionSpecifiers Create(IEnumerable<VersionSpecifier> clauses)
    {
        VersionSpecifier[] array = [.. clauses];
        return array.Length == 0 ? Any : new(array);
    }

    /// <summary>Reads clauses joined by commas; a trailing comma and white space are allowed.</summary>
    /// <exception cref="PackagingFormatException">A clause cannot be read; the position is where it begins.</exception>
    public static VersionSpecifiers Parse(string text) =>
        TryRead(text, out var specifiers, out var problem, out var position)
            ? specifiers
            : throw new PackagingFormatException(problem, text, position);

    /// <summary>Reads clauses joined by commas; a trailing comma and white space are allowed.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out VersionSpecifiers? specifiers) =>
        TryRead(text, out specifiers, out _, out _);

    /// <summary>
    /// Reads clauses as published metadata holds them, mending what has one meaning only: a missing comma, stray quotes, empty clauses,
    /// <c>&gt;=1.9.*</c>, <c>==2*</c>, <c>!=~1.0</c>, <c>~=1</c>, <c>&gt;dev</c>.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="specifiers">The clauses.</param>
    /// <param name="repair">What was mended, in words; null when nothing had to be.</param>
    public static bool TryParseLenient(ReadOnlySpan<char> text, [NotNullWhen(true)] out VersionSpecifiers? specifiers, out string? repair)
    {
        repair = null;
        return TryParse(text, out specifiers) || LenientSpecifiers.TryRead(text, out specifiers, out repair);
    }

    /// <summary>Whether a version matches all clauses, pre-release or not.</summary>
    public bool Contains(PackageVersion version) =>
        HasArbitrary ? Array.TrueForAll(_clauses, clause => clause.Contains(version)) : Set.Contains(version);

    /// <summary>
    /// Those of <paramref name="versions"/> that match, in their order. With no word said about pre-releases (null), finals only,
    /// unless a clause names a pre-release or no final matches: then pre-releases too (PEP 440, "Handling of pre-releases").
    /// </summary>
    public IReadOnlyList<PackageVersion> Filter(IEnumerable<PackageVersion> versions, bool? prereleases = null)
    {
        var matching = versions.Where(Contains).ToList();
        if (prereleases ?? NamesPreRelease)
            return matching;
        var finals = matching.FindAll(version => !version.IsPreRelease);
        return finals.Count == 0 && prereleases is null ? matching : finals;
    }

    /// <summary>These clauses and the others'.</summary>
    public VersionSpecifiers And(VersionSpecifiers other) =>
        Count == 0 ? other : other.Count == 0 ? this : new([.. _clauses, .. other._clauses.Except(_clauses)]);

    /// <inheritdoc/>
    public IEnumerator<VersionSpecifier> GetEnumerator() => ((IEnumerable<VersionSpecifier>)_clauses).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _clauses.GetEnumerator();

    /// <summary>Whether both hold the same clauses, in any order.</summary>
    public bool Equals([NotNullWhen(true)] VersionSpecifiers? other) =>
        other is not null && _clauses.ToHashSet().SetEquals(other._clauses);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as VersionSpecifiers);

    /// <inheritdoc/>
    public override int GetHashCode() => _clauses.Distinct().Aggregate(0, (hash, clause) => hash ^ clause.GetHashCode());

    /// <summary>
    /// The clauses in normal form, joined by commas, in the order in which a range is read: what it begins at, what it ends at, what it
    /// leaves out.
    /// </summary>
    public override string ToString() => _clauses.Length == 1
        ? _clauses[0].ToString()
        : string.Join(',', _clauses.OrderBy(Place).ThenBy(clause => clause.Version).ThenBy(clause => clause.ToString(), StringComparer.Ordinal).Select(clause => clause.ToString()).Distinct(StringComparer.Ordinal));

    private static int Place(VersionSpecifier clause) => clause.Operator switch
    {
        SpecifierOperator.GreaterOrEqual or SpecifierOperator.Greater => 0,
        SpecifierOperator.Less or SpecifierOperator.LessOrEqual => 2,
        SpecifierOperator.NotEqual => 3,
        _ => 1,
    };

    internal static bool TryRead(
        ReadOnlySpan<char> text,
        [NotNullWhen(true)] out VersionSpecifiers? specifiers,
        [NotNullWhen(false)] out string? problem,
        out int position)
    {
        specifiers = null;
        var clauses = new List<VersionSpecifier>();
        foreach (var range in text.Split(','))
        {
            var clause = text[range];
            position = range.Start.Value + clause.Length - clause.TrimStart().Length;
            if (clause.IsWhiteSpace())
            {
                // Only a trailing comma is forgiven.
                if (range.End.Value == text.Length)
                    break;
                problem = "A version specifier is missing before the comma.";
                return false;
            }

            if (!VersionSpecifier.TryRead(clause, out var specifier, out problem))
                return false;
            clauses.Add(specifier);
        }

        position = 0;
        problem = null;
        specifiers = clauses.Count == 0 ? Any : new([.. clauses]);
        return true;
    }
}
