namespace VenvBuild.Remote;

/// <summary>A file that only the client can see.</summary>
public sealed record LockSourceFile
{
    /// <summary>The file's name: a wheel's or an sdist's.</summary>
    public required string Name { get; init; }

    /// <summary>A folder's file: its path as the lock is to name it, with <c>/</c>.</summary>
    public string? Path { get; init; }

    /// <summary>An index's file: its address, without credentials.</summary>
    public string? Url { get; init; }

    /// <summary>The SHA-256 of the file, 64 hex digits.</summary>
    public required string Sha256 { get; init; }

    /// <summary>The size in bytes, where it is known.</summary>
    public long? Size { get; init; }

    /// <summary>When it was published, where it is known.</summary>
    public DateTimeOffset? UploadTime { get; init; }

    /// <summary>The Pythons that may use it, where the index says so.</summary>
    public string? RequiresPython { get; init; }

    /// <summary>Whether it was yanked.</summary>
    public bool IsYanked { get; init; }

    /// <summary>Whether the index keeps its metadata beside it.</summary>
    public bool HasMetadataFile { get; init; }

    /// <summary>Its core metadata: the fields that resolving reads, as in METADATA; null where there is none that can be used.</summary>
    public string? Metadata { get; init; }

    /// <summary>Why there is none, as a clause that follows "because".</summary>
    public string? Problem { get; init; }
}
