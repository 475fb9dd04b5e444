using VenvBuild.Packaging;

namespace VenvBuild.Server;

/// <summary>What one index says of one project, and when it last said so. The files are rows of their own.</summary>
internal sealed class CatalogPage
{
    /// <summary>The root of the index.</summary>
    public required string Origin { get; init; }

    public required long DistributionId { get; init; }

    /// <summary>When the index was last asked; 0 for what only a cache had said.</summary>
    public required long Checked { get; set; }

    public required bool IsAbsent { get; set; }

    public required ProjectStatus Status { get; set; }

    public string? StatusReason { get; set; }

    /// <summary>SHA-256 over the files, so that an unchanged page is not written again.</summary>
    public required string Digest { get; set; }
}
