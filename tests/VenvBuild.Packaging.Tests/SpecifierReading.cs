using System.Numerics;

namespace VenvBuild.Packaging.Tests;

/// <summary>PEP 440 read word by word, slowly: what the cuts of <see cref="VersionSet"/> are held against.</summary>
internal static class SpecifierReading
{
    public static bool Matches(VersionSpecifier clause, PackageVersion candidate)
    {
        var version = clause.Version!;
        return clause.Operator switch
        {
            SpecifierOperator.Equal => IsEqual(clause, candidate),
            SpecifierOperator.NotEqual => !IsEqual(clause, candidate),
            SpecifierOperator.LessOrEqual => Compare(Public(candidate), version) <= 0,
            SpecifierOperator.GreaterOrEqual => Compare(Public(candidate), version) >= 0,
            // "must not allow a pre-release of the specified version unless the specified version is itself a pre-release"
            SpecifierOperator.Less => Compare(candidate, version) < 0
                && (version.IsPreRelease || !candidate.IsPreRelease || !SameBase(candidate, version) || IsPostAbove(version, candidate)),
            // "must not allow a post-release of the given version unless V itself is a post release"; nor a local version of it.
            SpecifierOperator.Greater => Compare(candidate, version) > 0
                && (version.IsPostRelease || version.IsDevelopment || !candidate.IsPostRelease || !SameButPost(candidate, version))
                && Compare(Public(candidate), version) > 0,
            SpecifierOperator.Compatible => Compare(Public(candidate), version) >= 0 && HasPrefix(candidate, version, version.Release.Count - 1),
            _ => throw new ArgumentOutOfRangeException(nameof(clause)),
        };
    }

    /// <summary>The order of PEP 440 ("Summary of permitted suffixes and relative ordering"), part by part.</summary>
    public static int Compare(PackageVersion left, PackageVersion right)
    {
        var order = left.Epoch.CompareTo(right.Epoch);
        for (var i = 0; order == 0 && i < Math.Max(left.Release.Count, right.Release.Count); i++)
            order = At(left, i).CompareTo(At(right, i));
        if (order == 0)
            order = PreRank(left).CompareTo(PreRank(right));
        if (order == 0)
            order = (left.Post ?? -1).CompareTo(right.Post ?? -1);
        if (order == 0)
            order = left.Development is { } a ? right.Development is { } b ? a.CompareTo(b) : -1 : right.Development is null ? 0 : 1;
        return order != 0 ? order : CompareLocal(left.Local, right.Local);
    }

    private static bool IsEqual(VersionSpecifier clause, PackageVersion candidate) => clause.IsWildcard
        ? HasPrefix(candidate, clause.Version!, clause.Version!.Release.Count)
        : Compare(clause.Version!.Local is null ? Public(candidate) : candidate, clause.Version!) == 0;

    private static bool HasPrefix(PackageVersion candidate, PackageVersion version, int count) =>
        candidate.Epoch == version.Epoch && Enumerable.Range(0, count).All(i => At(candidate, i) == At(version, i));

    private static bool SameBase(PackageVersion left, PackageVersion right) => Compare(Base(left), Base(right)) == 0;

    private static bool SameButPost(PackageVersion left, PackageVersion right) =>
        SameBase(left, right) && PreRank(left).CompareTo(PreRank(right)) == 0;

    /// <summary>Below a post-release, only its own development releases are its pre-releases.</summary>
    private static bool IsPostAbove(PackageVersion version, PackageVersion candidate) => version.IsPostRelease && (candidate.Post != version.Post || candidate.PreKind is not null);

    private static BigInteger At(PackageVersion version, int i) => i < version.Release.Count ? version.Release[i] : 0;

    private static (int Kind, BigInteger Number) PreRank(PackageVersion version) => version.PreKind is { } kind
        ? ((int)kind + 1, version.PreNumber!.Value)
        : version.IsDevelopment && !version.IsPostRelease ? (0, 0) : (9, 0);

    private static PackageVersion Base(PackageVersion version) =>
        PackageVersion.Parse($"{version.Epoch}!{string.Join('.', version.Release)}");

    private static PackageVersion Public(PackageVersion version) =>
        version.Local is null ? version : PackageVersion.Parse(version.ToString().Split('+')[0]);

    private static int CompareLocal(string? left, string? right)
    {
        if (left is null || right is null)
            return (left is null ? 0 : 1) - (right is null ? 0 : 1);
        string[] a = left.Split('.'), b = right.Split('.');
        for (var i = 0; i < Math.Min(a.Length, b.Length); i++)
        {
            var isNumber = (BigInteger.TryParse(a[i], out var x), BigInteger.TryParse(b[i], out var y));
            var order = isNumber switch
            {
                (true, true) => x.CompareTo(y),
                (true, false) => 1,
                (false, true) => -1,
                _ => string.CompareOrdinal(a[i], b[i]),
            };
            if (order != 0)
                return order;
        }

        return a.Length.CompareTo(b.Length);
    }
}
