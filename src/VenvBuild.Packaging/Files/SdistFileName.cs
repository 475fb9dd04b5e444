using System.Diagnostics.CodeAnalysis;

namespace VenvBuild.Packaging;

/// <summary>
/// The name of a source distribution taken apart: <c>name-version.tar.gz</c> (PEP 625) or the older <c>.zip</c>. Other archives are
/// none.
/// </summary>
public sealed class SdistFileName : IEquatable<SdistFileName>
{
    private const int MaxLength = 255;

    private SdistFileName(string text, PackageName name, PackageVersion version)
    {
        Text = text;
        Name = name;
        Version = version;
    }

    /// <summary>The file name as written.</summary>
    public string Text { get; }

    /// <summary>The distribution.</summary>
    public PackageName Name { get; }

    /// <summary>The version.</summary>
    public PackageVersion Version { get; }

    /// <summary>Whether it is a zip archive, and not a compressed tar archive.</summary>
    public bool IsZip => Text.EndsWith(".zip", StringComparison.Ordinal);

    /// <summary>Reads a file name; what follows the last dash is the version.</summary>
    /// <exception cref="PackagingFormatException">The text is no sdist's name.</exception>
    public static SdistFileName Parse(string text) =>
        TryParse(text, out var sdist)
            ? sdist
            : throw new PackagingFormatException($"'{text}' is no name of a source distribution: name-version.tar.gz or name-version.zip.", text, 0);

    /// <summary>Reads a file name; what follows the last dash is the version.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out SdistFileName? sdist)
    {
        sdist = null;
        return text is not null && TryRead(text, null, new(), out sdist);
    }

    /// <summary>
    /// Reads the name of a file of a known project. Old versions hold dashes (<c>docutils-0.3-2.tar.gz</c>), so that only the project
    /// tells where its name ends.
    /// </summary>
    public static bool TryParse([NotNullWhen(true)] string? text, PackageName project, [NotNullWhen(true)] out SdistFileName? sdist)
    {
        sdist = null;
        return text is not null && TryRead(text, project, new(), out sdist);
    }

    /// <inheritdoc/>
    public bool Equals([NotNullWhen(true)] SdistFileName? other) =>
        other is not null && Name == other.Name && Version == other.Version && IsZip == other.IsZip;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as SdistFileName);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Version, IsZip);

    /// <summary>The file name as written.</summary>
    public override string ToString() => Text;

    internal static bool TryRead(string text, PackageName? project, FileNameCache cache, [NotNullWhen(true)] out SdistFileName? sdist)
    {
        sdist = null;
        var extension = text.EndsWith(".tar.gz", StringComparison.Ordinal) ? 7 : text.EndsWith(".zip", StringComparison.Ordinal) ? 4 : 0;
        if (extension == 0 || text.Length > MaxLength)
            return false;
        var stem = text.AsSpan(0, text.Length - extension);
        for (var dash = stem.LastIndexOf('-'); dash > 0; dash = stem[..dash].LastIndexOf('-'))
        {
            var versionText = stem[(dash + 1)..];
            if (cache.TryName(stem[..dash], out var name) && (project is null || name == project)
                && cache.Version(versionText) is { } version)
            {
                sdist = new(text, name, version);
                return true;
            }

            if (project is null)
                return false;
        }

        return false;
    }
}
