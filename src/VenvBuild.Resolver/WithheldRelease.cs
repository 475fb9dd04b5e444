namespace VenvBuild.Resolver;

/// <summary>A release that exists and is not offered.</summary>
/// <param name="Release">The release as it would be offered.</param>
/// <param name="Reason">What keeps it back.</param>
/// <param name="Place">The name of the index that has it.</param>
public sealed record WithheldRelease(Release Release, WithheldReason Reason, string Place)
{
    /// <summary>When the first of the files that come too late was published, where that is what keeps it back and is known.</summary>
    public DateTimeOffset? Published { get; init; }

    /// <summary>The instant after which nothing published is offered, where that is what keeps it back.</summary>
    public DateTimeOffset? PublishedUntil { get; init; }
}
