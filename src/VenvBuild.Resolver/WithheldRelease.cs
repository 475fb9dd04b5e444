namespace VenvBuild.Resolver;

/// <summary>A release that exists and is not offered.</summary>
/// <param name="Release">The release as it would be offered.</param>
/// <param name="Reason">What keeps it back.</param>
/// <param name="Place">The name of the index that has it.</param>
public sealed record WithheldRelease(Release Release, WithheldReason Reason, string Place)
{
    /// <summary>When its first file was published, where that is what keeps it back.</summary>
    public DateTimeOffset? Published { get; init; }
}
