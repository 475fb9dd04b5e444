namespace VenvBuild.Server;

/// <summary>One version of a project as one index offers it.</summary>
internal sealed class CatalogRelease
{
    public long Id { get; init; }

    public required long DistributionId { get; init; }

    /// <summary>The root of the index; empty for pages of links.</summary>
    public required string Origin { get; init; }

    public required string Version { get; init; }

    /// <summary>Sorts by bytes as the versions do.</summary>
    public required string SortKey { get; init; }

    public required bool IsPreRelease { get; init; }

    /// <summary>Whether all its files are.</summary>
    public required bool IsYanked { get; set; }

    public string? RequiresPython { get; set; }

    /// <summary>Whether its dependencies are known.</summary>
    public bool HasMetadata { get; set; }
}
