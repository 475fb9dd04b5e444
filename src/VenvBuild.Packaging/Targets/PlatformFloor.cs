using System.Globalization;

namespace VenvBuild.Packaging;

/// <summary>The oldest version of the C library or of macOS that a platform means.</summary>
/// <param name="Major">The major version.</param>
/// <param name="Minor">The minor version.</param>
public readonly record struct PlatformFloor(int Major, int Minor) : IComparable<PlatformFloor>
{
    private const int MaxDigits = 3;

    /// <summary>Reads <c>2.17</c>, or <c>14</c> for 14.0.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out PlatformFloor floor)
    {
        floor = default;
        var dot = text.IndexOf('.');
        var majorText = dot < 0 ? text : text[..dot];
        var minorText = dot < 0 ? "0" : text[(dot + 1)..];
        if (majorText.Length > MaxDigits || minorText.Length > MaxDigits
            || !int.TryParse(majorText, NumberStyles.None, CultureInfo.InvariantCulture, out var major)
            || !int.TryParse(minorText, NumberStyles.None, CultureInfo.InvariantCulture, out var minor))
        {
            return false;
        }

        floor = new(major, minor);
        return true;
    }

    /// <inheritdoc/>
    public int CompareTo(PlatformFloor other) => Major != other.Major ? Major.CompareTo(other.Major) : Minor.CompareTo(other.Minor);

    /// <summary>Such as <c>2.17</c>.</summary>
    public override string ToString() => FormattableString.Invariant($"{Major}.{Minor}");
}
