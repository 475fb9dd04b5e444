using VenvBuild.Index;
using VenvBuild.Packaging;
using VenvBuild.Workspace;

namespace VenvBuild.Server;

/// <summary>A request for a lock, understood: what is asked, of whom, and the key under which equal questions have one answer.</summary>
internal sealed record LockQuestion
{
    public required Manifest Manifest { get; init; }

    public LockDocument? Previous { get; init; }

    public required LockOptions Options { get; init; }

    public required IReadOnlyList<IndexLocation> Indexes { get; init; }

    public required IReadOnlyList<FindLinks> FindLinks { get; init; }

    /// <summary>How the lock names the client's own files, by the addresses that stand for them here.</summary>
    public required IReadOnlyDictionary<string, string> LocalPaths { get; init; }

    /// <summary>The index that stands in the place of the manifest's, or null.</summary>
    public Uri? Mirror { get; init; }

    /// <summary>Who solves it.</summary>
    public required ResolverChoice Resolver { get; init; }

    /// <summary>How long the answer counts as fresh: as long as the index that changes soonest.</summary>
    public required TimeSpan Freshness { get; init; }

    /// <summary>SHA-256 over all that the answer depends on but the indexes' state.</summary>
    public required string Key { get; init; }
}
