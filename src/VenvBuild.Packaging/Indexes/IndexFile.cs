namespace VenvBuild.Packaging;

/// <summary>A file as an index or a folder offers it (PEP 503, 592, 658, 691, 700, 740).</summary>
public sealed class IndexFile
{
    /// <summary>The file's name, a wheel's or an sdist's.</summary>
    public required string FileName { get; init; }

    /// <summary>Where the file is, absolute; <c>file:</c> for a folder's.</summary>
    public required Uri Url { get; init; }

    /// <summary>The wheel's name taken apart, or null when this is no wheel.</summary>
    public WheelFileName? Wheel { get; init; }

    /// <summary>The sdist's name taken apart, or null when this is no sdist.</summary>
    public SdistFileName? Sdist { get; init; }

    /// <summary>The digest that the index promises, lower-case hex, or null when it gives none.</summary>
    public string? Sha256 { get; init; }

    /// <summary>The Pythons that may use the file, or null when nothing is said or what is said cannot be read.</summary>
    public VersionSpecifiers? RequiresPython { get; init; }

    /// <summary>Whether <c>{url}.metadata</c> holds the core metadata.</summary>
    public bool HasCoreMetadata { get; init; }

    /// <summary>The digest of that metadata file, lower-case hex, where the index gives it.</summary>
    public string? CoreMetadataSha256 { get; init; }

    /// <summary>Whether the file was yanked.</summary>
    public bool IsYanked { get; init; }

    /// <summary>Why it was yanked, where that was said.</summary>
    public string? YankedReason { get; init; }

    /// <summary>The size in bytes, where it is known.</summary>
    public long? Size { get; init; }

    /// <summary>When the file was published, where it is known.</summary>
    public DateTimeOffset? UploadTime { get; init; }

    /// <summary>Where the file's provenance is (PEP 740), if it has one.</summary>
    public Uri? Provenance { get; init; }

    /// <summary>The version that the file's name states.</summary>
    public PackageVersion Version => Wheel?.Version ?? Sdist!.Version;
}
