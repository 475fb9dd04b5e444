using VenvBuild.Packaging;

namespace VenvBuild.Resolver;

/// <summary>All releases of one distribution that the manifest's indexes and folders offer together.</summary>
/// <param name="Name">The distribution.</param>
/// <param name="Releases">The releases, oldest first; each version once, but for what requests name by address.</param>
public sealed record ReleaseList(PackageName Name, IReadOnlyList<Release> Releases)
{
    /// <summary>The index that served the name, as a lock records it; null when only folders did, or nothing.</summary>
    public Uri? Index { get; init; }

    /// <summary>Words for the reader of a refusal: where was looked, such as <c>https://pypi.org/simple</c>, in order.</summary>
    public IReadOnlyList<string> Searched { get; init; } = [];

    /// <summary>The instant after which nothing published is offered; null where that leaves nothing out.</summary>
    public DateTimeOffset? PublishedUntil { get; init; }

    /// <summary>Warnings that belong to the name: it is archived, deprecated or quarantined (PEP 792).</summary>
    public IReadOnlyList<Diagnostic> Warnings { get; init; } = [];
}
