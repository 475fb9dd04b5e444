using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;

namespace VenvBuild.Packaging;

/// <summary>
/// The name of a wheel taken apart: <c>name-version[-build]-python-abi-platform.whl</c> (PEP 427, "Binary distribution format"). A name
/// with a variant label (PEP 817, a draft) is none.
/// </summary>
public sealed class WheelFileName : IEquatable<WheelFileName>
{
    private const string Extension = ".whl";

    // What a file system can hold, and no build number too long to be turned into one.
    private const int MaxLength = 255;

    private WheelFileName(string text, PackageName name, PackageVersion version, BuildTag? build, WheelTagSet tags)
    {
        Text = text;
        Name = name;
        Version = version;
        Build = build;
        Tags = tags;
    }

    /// <summary>The file name as written.</summary>
    public string Text { get; }

    /// <summary>The distribution. A wheel's name may hold letters beyond ASCII, which no requirement can ask for.</summary>
    public PackageName Name { get; }

    /// <summary>The version.</summary>
    public PackageVersion Version { get; }

    /// <summary>The build tag, or null when there is none, which is lower than any.</summary>
    public BuildTag? Build { get; }

    /// <summary>What the wheel fits.</summary>
    public WheelTagSet Tags { get; }

    /// <summary>Reads a file name.</summary>
    /// <exception cref="PackagingFormatException">The text is no wheel's name.</exception>
    public static WheelFileName Parse(string text) =>
        TryRead(text, new(), out var wheel, out var problem) ? wheel : throw new PackagingFormatException($"'{text}' is no wheel's name: {problem}", text, 0);

    /// <summary>Reads a file name.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out WheelFileName? wheel)
    {
        wheel = null;
        return text is not null && TryRead(text, new(), out wheel, out _);
    }

    /// <inheritdoc/>
    public bool Equals([NotNullWhen(true)] WheelFileName? other) =>
        other is not null && Name == other.Name && Version == other.Version && Build == other.Build && Tags.Equals(other.Tags);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as WheelFileName);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Version, Build, Tags);

    /// <summary>The file name as written.</summary>
    public override string ToString() => Text;

    internal static bool TryRead(
        string text, FileNameCache cache, [NotNullWhen(true)] out WheelFileName? wheel, [NotNullWhen(false)] out string? problem)
    {
        wheel = null;
        if (!text.EndsWith(Extension, StringComparison.Ordinal) || text.Length > MaxLength)
        {
            problem = $"it does not end with {Extension}, or has more than {MaxLength} characters.";
            return false;
        }

        var stem = text.AsSpan(0, text.Length - Extension.Length);
        Span<int> dashes = stackalloc int[5];
        var count = 0;
        for (var i = 0; i < stem.Length; i++)
        {
            if (stem[i] != '-')
                continue;
            if (count == dashes.Length)
            {
                count++;
                break;
            }

            dashes[count++] = i;
        }

        if (count is not (4 or 5))
        {
            problem = "between name, version, optional build, Python, ABI and platform there are four or five dashes.";
            return false;
        }

        var nameText = stem[..dashes[0]];
        if (nameText.Contains("__", StringComparison.Ordinal) || !cache.TryName(nameText, out var name))
        {
            problem = $"'{nameText}' is no distribution name as a wheel spells it.";
            return false;
        }

        var versionText = stem[(dashes[0] + 1)..dashes[1]];
        var version = cache.Version(versionText);
        if (version is null)
        {
            problem = $"'{versionText}' is no version (PEP 440).";
            return false;
        }

        BuildTag? build = null;
        if (count == 5 && !TryBuild(stem[(dashes[1] + 1)..dashes[2]], out build))
        {
            problem = $"'{stem[(dashes[1] + 1)..dashes[2]]}' is no build tag: it begins with a digit.";
            return false;
        }

        if (!WheelTagSet.TryParse(stem[(dashes[count - 3] + 1)..], out var tags))
        {
            problem = $"'{stem[(dashes[count - 3] + 1)..]}' are no tags (PEP 425).";
            return false;
        }

        problem = null;
        wheel = new(text, name, version, build, tags);
        return true;
    }

    private static bool TryBuild(ReadOnlySpan<char> text, out BuildTag? build)
    {
        var digits = text.IndexOfAnyExceptInRange('0', '9');
        if (digits < 0)
            digits = text.Length;
        var rest = text[digits..];
        var isBuild = digits > 0 && !rest.ContainsAnyExcept(BuildCharacters);
        build = isBuild ? new(BigInteger.Parse(text[..digits], NumberStyles.None, CultureInfo.InvariantCulture), rest.ToString()) : null;
        return isBuild;
    }

    private static readonly System.Buffers.SearchValues<char> BuildCharacters =
        System.Buffers.SearchValues.Create("+.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz");
}
