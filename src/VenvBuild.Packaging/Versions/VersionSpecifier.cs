using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace VenvBuild.Packaging;

/// <summary>One clause of a version specifier, such as <c>&gt;=1.8</c> or <c>==2.*</c> (PEP 440, "Version specifiers").</summary>
public sealed class VersionSpecifier : IEquatable<VersionSpecifier>
{
    private static readonly SearchValues<char> NotInArbitrary = SearchValues.Create(" \t\r\n,;()");

    private VersionSet? _set;

    private VersionSpecifier(SpecifierOperator op, PackageVersion? version, bool isWildcard, string versionText)
    {
        Operator = op;
        Version = version;
        IsWildcard = isWildcard;
        VersionText = versionText;
    }

    /// <summary>The operator.</summary>
    public SpecifierOperator Operator { get; }

    /// <summary>The version; null only for <c>===</c> with a text that is no version.</summary>
    public PackageVersion? Version { get; }

    /// <summary>Whether the clause ends with <c>.*</c>.</summary>
    public bool IsWildcard { get; }

    /// <summary>The version in normal form (as written for <c>===</c>), without the <c>.*</c>.</summary>
    public string VersionText { get; }

    /// <summary>The versions that match. Of <c>===</c>, the version itself; none when its text is no version.</summary>
    public VersionSet Set => _set ??= MakeSet();

    /// <summary>Whether the clause names a pre-release, which admits pre-releases of the whole set.</summary>
    public bool NamesPreRelease =>
        Version is { IsPreRelease: true } && Operator != SpecifierOperator.NotEqual && !IsWildcard;

    /// <summary>Makes a clause.</summary>
    /// <exception cref="PackagingFormatException">The operator does not go with that version.</exception>
    public static VersionSpecifier Create(SpecifierOperator op, PackageVersion version, bool isWildcard = false)
    {
        var text = Write(op, version.ToString(), isWildcard);
        var problem = Validate(op, version, isWildcard);
        return problem is null ? new(op, version, isWildcard, version.ToString()) : throw new PackagingFormatException(problem, text, 0);
    }

    /// <summary>Reads one clause.</summary>
    /// <exception cref="PackagingFormatException">The text is no clause.</exception>
    public static VersionSpecifier Parse(string text) =>
        TryRead(text, out var specifier, out var problem) ? specifier : throw new PackagingFormatException(problem, text, 0);

    /// <summary>Reads one clause.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out VersionSpecifier? specifier) => TryRead(text, out specifier, out _);

    /// <summary>Whether a version matches, pre-release or not.</summary>
    public bool Contains(PackageVersion version) =>
        Operator == SpecifierOperator.Arbitrary
            ? string.Equals(version.ToString(), VersionText, StringComparison.OrdinalIgnoreCase)
            : Set.Contains(version);

    /// <inheritdoc/>
    public bool Equals([NotNullWhen(true)] VersionSpecifier? other) =>
        other is not null && Operator == other.Operator && IsWildcard == other.IsWildcard
        && (Operator is SpecifierOperator.Arbitrary or SpecifierOperator.Compatible || IsWildcard
            ? string.Equals(VersionText, other.VersionText, StringComparison.OrdinalIgnoreCase)
            : Version!.Equals(other.Version));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as VersionSpecifier);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Operator, Version);

    /// <summary>The normal form, such as <c>&gt;=1.8</c>.</summary>
    public override string ToString() => Write(Operator, VersionText, IsWildcard);

    internal static bool TryRead(ReadOnlySpan<char> text, [NotNullWhen(true)] out VersionSpecifier? specifier, [NotNullWhen(false)] out string? problem)
    {
        specifier = null;
        text = text.Trim();
        if (!TryReadOperator(text, out var op, out var length))
        {
            problem = $"'{text}' does not begin with one of ==, !=, <=, >=, <, >, ~=, ===.";
            return false;
        }

        var rest = text[length..].Trim();
        if (op == SpecifierOperator.Arbitrary)
        {
            problem = rest.IsEmpty || rest.ContainsAny(NotInArbitrary) ? $"'{text}' names no version after ===." : null;
            if (problem is not null)
                return false;
            specifier = new(op, PackageVersion.TryParse(rest, out var exact) ? exact : null, false, rest.ToString());
            return true;
        }

        var isWildcard = rest.EndsWith(".*", StringComparison.Ordinal);
        if (isWildcard)
            rest = rest[..^2];
        if (!PackageVersion.TryParse(rest, out var version))
        {
            problem = rest.IsEmpty ? $"'{text}' names no version." : $"'{rest}' is no version (PEP 440).";
            return false;
        }

        problem = Validate(op, version, isWildcard);
        if (problem is not null)
            return false;
        specifier = new(op, version, isWildcard, version.ToString());
        return true;
    }

    internal static bool TryReadOperator(ReadOnlySpan<char> text, out SpecifierOperator op, out int length)
    {
        (op, length) = text switch
        {
            ['=', '=', '=', ..] => (SpecifierOperator.Arbitrary, 3),
            ['=', '=', ..] => (SpecifierOperator.Equal, 2),
            ['!', '=', ..] => (SpecifierOperator.NotEqual, 2),
            ['<', '=', ..] => (SpecifierOperator.LessOrEqual, 2),
            ['>', '=', ..] => (SpecifierOperator.GreaterOrEqual, 2),
            ['~', '=', ..] => (SpecifierOperator.Compatible, 2),
            ['<', ..] => (SpecifierOperator.Less, 1),
            ['>', ..] => (SpecifierOperator.Greater, 1),
            _ => (default, 0),
        };
        return length > 0;
    }

    internal static string OperatorText(SpecifierOperator op) => op switch
    {
        SpecifierOperator.Equal => "==",
        SpecifierOperator.NotEqual => "!=",
        SpecifierOperator.LessOrEqual => "<=",
        SpecifierOperator.GreaterOrEqual => ">=",
        SpecifierOperator.Less => "<",
        SpecifierOperator.Greater => ">",
        SpecifierOperator.Compatible => "~=",
        _ => "===",
    };

    private static string Write(SpecifierOperator op, string version, bool isWildcard) =>
        $"{OperatorText(op)}{version}{(isWildcard ? ".*" : "")}";

    private static string? Validate(SpecifierOperator op, PackageVersion version, bool isWildcard)
    {
        var isEquality = op is SpecifierOperator.Equal or SpecifierOperator.NotEqual;
        if (isWildcard && !isEquality)
            return $"'{Write(op, version.ToString(), true)}': only == and != take '.*'.";
        if (isWildcard && (version.IsPreRelease || version.IsPostRelease || version.Local is not null))
            return $"'{Write(op, version.ToString(), true)}': '.*' may follow a release only.";
        if (version.Local is not null && !isEquality)
            return $"'{Write(op, version.ToString(), false)}': only == and != take a local version.";
        if (op == SpecifierOperator.Compatible && version.Parts.Release.Length < 2)
            return $"'{Write(op, version.ToString(), false)}': ~= needs a release of two or more numbers.";
        return null;
    }

    private VersionSet MakeSet()
    {
        if (Version is null)
            return VersionSet.Empty;
        if (IsWildcard)
        {
            var all = Prefix(Version.Parts.Release.Length, Floor(Version));
            return Operator == SpecifierOperator.Equal ? all : all.Complement();
        }

        return Operator switch
        {
            SpecifierOperator.Equal => Exactly(Version),
            SpecifierOperator.NotEqual => Exactly(Version).Complement(),
            SpecifierOperator.LessOrEqual => VersionSet.Between(VersionCut.Lowest, VersionCut.AfterLocals(Version)),
            SpecifierOperator.GreaterOrEqual => VersionSet.Between(VersionCut.Before(Version), VersionCut.Highest),
            SpecifierOperator.Less => VersionSet.Between(VersionCut.Lowest, VersionCut.Before(Version.IsPreRelease ? Version : Floor(Version))),
            SpecifierOperator.Greater => VersionSet.Between(Above(Version), VersionCut.Highest),
            SpecifierOperator.Compatible => Prefix(Version.Parts.Release.Length - 1, Version),
            _ => VersionSet.Single(Version),
        };
    }

    private static VersionSet Exactly(PackageVersion version) => version.Local is null
        ? VersionSet.Between(VersionCut.Before(version), VersionCut.AfterLocals(version))
        : VersionSet.Single(version);

    /// <summary>What lies just below a version and its pre-releases: its first development release.</summary>
    private static PackageVersion Floor(PackageVersion version) => version.With(parts => parts.Dev = 0);

    private static VersionCut Above(PackageVersion version)
    {
        var parts = version.Parts;
        if (parts.Dev is { } dev)
            return VersionCut.Before(version.With(next => next.Dev = dev + 1));
        if (parts.Post is { } post)
        {
            return VersionCut.Before(version.With(next =>
            {
                next.Post = post + 1;
                next.Dev = 0;
            }));
        }

        return VersionCut.AfterPosts(version);
    }

    /// <summary>From <paramref name="lowest"/> up to the end of all that share the first <paramref name="count"/> numbers of its release.</summary>
    private VersionSet Prefix(int count, PackageVersion lowest)
    {
        var release = Version!.Parts.Release[..count];
        release[^1] += 1;
        var end = PackageVersion.FromParts(new() { Epoch = Version.Parts.Epoch, Release = release, Dev = 0 });
        return VersionSet.Between(lowest, end);
    }
}
