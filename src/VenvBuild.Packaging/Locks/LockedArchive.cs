namespace VenvBuild.Packaging;

/// <summary>One archive of a source tree or a wheel that was asked for by its address (PEP 751, <c>packages.archive</c>).</summary>
public sealed record LockedArchive
{
    /// <summary>Where the archive is, absolute; null when only a path is given.</summary>
    public Uri? Url { get; init; }

    /// <summary>The archive's path with <c>/</c>, relative to the lock's folder or absolute; null when only a URL is given.</summary>
    public string? Path { get; init; }

    /// <summary>The size in bytes, or null when the lock does not say.</summary>
    public long? Size { get; init; }

    /// <summary>When the archive was published, in UTC, or null when the lock does not say.</summary>
    public DateTimeOffset? UploadTime { get; init; }

    /// <summary>The digests, at least one.</summary>
    public required LockedHashes Hashes { get; init; }

    /// <summary>The folder of the project in the archive, or null for its root.</summary>
    public string? Subdirectory { get; init; }

    /// <summary>The archive as the wheel that its name says it is; null when it is a source tree's.</summary>
    internal LockedFile? ToWheel() =>
        LockedFile.NameOf(Path, Url) is { } name && WheelFileName.TryParse(name, out var wheel)
            ? new() { Name = name, Url = Url, Path = Path, Size = Size, UploadTime = UploadTime, Hashes = Hashes, Wheel = wheel }
            : null;
}
