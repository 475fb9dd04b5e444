using VenvBuild.Packaging;

namespace VenvBuild.Index;

/// <summary>What an index says about a project besides its files (PEP 792), and how long that holds.</summary>
internal sealed record PageState
{
    /// <summary>Whether the index has no such project: a 404, kept for a short while like a page.</summary>
    public bool IsAbsent { get; init; }

    /// <summary>Until when the index need not be asked again.</summary>
    public DateTimeOffset Expires { get; init; }

    public string? ETag { get; init; }

    public string? LastModified { get; init; }

    public ProjectStatus Status { get; init; }

    public string? StatusReason { get; init; }
}
