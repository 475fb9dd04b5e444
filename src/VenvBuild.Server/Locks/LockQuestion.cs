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

    /// <summary>Where packages come from to answer it: which indexes are asked, in which order, with which of the server's credentials, and up to when.</summary>
    public IndexOptions IndexesFor(IndexCredentials credentials) => new()
    {
        Indexes = [.. Indexes.Select(credentials.With)],
        // The names are the client's, so they are no names of the server's variables.
        UsesVariables = false,
        FindLinks = FindLinks,
        Strategy = Manifest.IndexStrategy,
        ExcludeNewer = Manifest.ExcludeNewer?.Cutoff(DateTimeOffset.UtcNow),
    };

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
