namespace VenvBuild.Server;

/// <summary>A file of a release, with all that a solve asks about it.</summary>
internal sealed class CatalogFile
{
    public long Id { get; init; }

    public required long ReleaseId { get; init; }

    /// <summary>The place among the release's files, as the index lists them.</summary>
    public required int Position { get; init; }

    public required string Name { get; init; }

    public string? Sha256 { get; init; }

    public long? Size { get; init; }

    public required string Url { get; init; }

    public string? RequiresPython { get; init; }

    /// <summary>When it was published, in UTC ticks.</summary>
    public long? Uploaded { get; init; }

    public required bool IsYanked { get; init; }

    public string? YankedReason { get; init; }

    public required bool HasCoreMetadata { get; init; }

    public string? CoreMetadataSha256 { get; init; }
}
