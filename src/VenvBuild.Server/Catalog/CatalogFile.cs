namespace VenvBuild.Server;

/// <summary>A file of a release.</summary>
internal sealed class CatalogFile
{
    public long Id { get; init; }

    public required long ReleaseId { get; init; }

    public required string Name { get; init; }

    public string? Sha256 { get; init; }

    public long? Size { get; init; }

    public required string Url { get; init; }
}
