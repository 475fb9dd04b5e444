namespace VenvBuild.Packaging;

/// <summary>An sdist or a wheel as a lock pins it (PEP 751, <c>packages.sdist</c> and <c>packages.wheels</c>).</summary>
public sealed record LockedFile
{
    /// <summary>The file's name: the one written, else the last part of the path, else that of the URL, percent-decoded.</summary>
    public required string Name { get; init; }

    /// <summary>Where the file is, absolute; null when only a path is given.</summary>
    public Uri? Url { get; init; }

    /// <summary>The file's path with <c>/</c>, relative to the lock's folder or absolute; null when only a URL is given.</summary>
    public string? Path { get; init; }

    /// <summary>The size in bytes, or null when the lock does not say.</summary>
    public long? Size { get; init; }

    /// <summary>When the file was published, in UTC, or null when the lock does not say.</summary>
    public DateTimeOffset? UploadTime { get; init; }

    /// <summary>The digests, at least one.</summary>
    public required LockedHashes Hashes { get; init; }

    /// <summary>The name taken apart, for a wheel; null for an sdist.</summary>
    public WheelFileName? Wheel { get; init; }

    /// <summary>Where the file stands in the lock file, or null for one that was not read from a file.</summary>
    public SourceLocation? Location { get; init; }

    /// <summary>The name that a path or URL gives a file, or null when neither has a last part.</summary>
    internal static string? NameOf(string? path, Uri? url)
    {
        var last = path is not null ? path[(path.LastIndexOfAny(['/', '\\']) + 1)..] : url is null ? "" : Uri.UnescapeDataString(LastSegment(url));
        return last.Length == 0 ? null : last;
    }

    private static string LastSegment(Uri url) => url.AbsolutePath[(url.AbsolutePath.LastIndexOf('/') + 1)..];
}
