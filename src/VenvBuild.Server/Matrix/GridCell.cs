namespace VenvBuild.Server;

/// <summary>One target of a grid.</summary>
internal sealed class GridCell
{
    public required string GridId { get; init; }

    public required int Position { get; init; }

    /// <summary>The runtime identifier.</summary>
    public required string Platform { get; init; }

    /// <summary>The minor, with <c>t</c> where it is free-threaded.</summary>
    public required string Python { get; init; }

    /// <summary>Its build; null where the target cannot be built here.</summary>
    public string? BuildKey { get; set; }

    /// <summary>Why it cannot be built, or why its checks do not run.</summary>
    public string? Remark { get; set; }
}
