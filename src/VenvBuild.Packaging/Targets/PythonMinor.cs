using System.Globalization;

namespace VenvBuild.Packaging;

/// <summary>A minor version of Python, such as 3.11: what wheels are built for and what environments are chosen by.</summary>
/// <param name="Major">The major version.</param>
/// <param name="Minor">The minor version.</param>
public readonly record struct PythonMinor(int Major, int Minor) : IComparable<PythonMinor>
{
    private const int MaxDigits = 4;

    /// <summary>The minor's releases and all that follows them short of the next minor: <c>&gt;=3.11,&lt;3.12</c>.</summary>
    public VersionSet Versions => VersionSet.Between(
        PackageVersion.FromRelease(Major, Minor),
        PackageVersion.FromRelease(Major, Minor + 1).With(parts => parts.Dev = 0));

    /// <summary>Its first release, such as <c>3.11.0</c>.</summary>
    public PackageVersion FirstRelease => PackageVersion.FromRelease(Major, Minor, 0);

    /// <summary>Reads <c>3.11</c>.</summary>
    /// <exception cref="PackagingFormatException">The text is no minor version.</exception>
    public static PythonMinor Parse(string text) =>
        TryParse(text, out var minor) ? minor : throw new PackagingFormatException($"'{text}' is no minor version of Python, such as 3.11.", text, 0);

    /// <summary>Reads <c>3.11</c>.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out PythonMinor minor)
    {
        minor = default;
        var dot = text.IndexOf('.');
        if (dot is < 1 or > MaxDigits || text.Length - dot - 1 is < 1 or > MaxDigits
            || !int.TryParse(text[..dot], NumberStyles.None, CultureInfo.InvariantCulture, out var major)
            || !int.TryParse(text[(dot + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return false;
        }

        minor = new(major, number);
        return true;
    }

    /// <summary>The minor that a version belongs to; null when its numbers are beyond those of any Python.</summary>
    public static PythonMinor? Of(PackageVersion version)
    {
        var release = version.Parts.Release;
        return release.Length >= 2 && version.Parts.Epoch.IsZero && release[0] < 10_000 && release[1] < 10_000
            ? new((int)release[0], (int)release[1])
            : null;
    }

    /// <inheritdoc/>
    public int CompareTo(PythonMinor other) => Major != other.Major ? Major.CompareTo(other.Major) : Minor.CompareTo(other.Minor);

    /// <summary>Such as <c>3.11</c>.</summary>
    public override string ToString() => FormattableString.Invariant($"{Major}.{Minor}");
}
