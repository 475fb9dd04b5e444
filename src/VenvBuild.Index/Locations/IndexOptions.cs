using System.Net;
using VenvBuild.Packaging;

namespace VenvBuild.Index;

/// <summary>Where packages come from in one run, and how they are asked for.</summary>
public sealed record IndexOptions
{
    /// <summary>The indexes in order; the public one unless others are named.</summary>
    public IReadOnlyList<IndexLocation> Indexes { get; init; } = [IndexLocation.PyPI];

    /// <summary>
    /// Folders and pages whose files are united with what the indexes offer, and stand first where both have the same file. They are not
    /// asked for names that an index claims by a pattern.
    /// </summary>
    public IReadOnlyList<FindLinks> FindLinks { get; init; } = [];

    /// <summary>
    /// Where the addresses of requests lead, by the text of the address without credentials: with them, absolute, a folder or file as
    /// <c>file:</c>. An address on the web that needs no
    /// credentials may be left out; one on this machine that is left out is refused.
    /// </summary>
    public IReadOnlyDictionary<string, Uri> Addresses { get; init; } = new Dictionary<string, Uri>();

    /// <summary>What happens when several indexes have a name.</summary>
    public IndexStrategy Strategy { get; init; } = IndexStrategy.FirstIndex;

    /// <summary>Whether only the cache, and folders, may answer.</summary>
    public bool Offline { get; init; }

    /// <summary>
    /// Files published later than this do not exist; nor do files of indexes and pages that do not say when they were published, with a
    /// warning. Files in folders are exempt: somebody put them there.
    /// </summary>
    public DateTimeOffset? ExcludeNewer { get; init; }

    /// <summary>Another instant than <see cref="ExcludeNewer"/> for some distributions, or null where every file of theirs exists.</summary>
    public IReadOnlyDictionary<PackageName, DateTimeOffset?> ExcludeNewerOf { get; init; } = new Dictionary<PackageName, DateTimeOffset?>();

    /// <summary>Where what was fetched is kept.</summary>
    public CacheFolder Cache { get; init; } = CacheFolder.Default();

    /// <summary>What is asked before the cache and the network, and told of what they say; null for nobody.</summary>
    public IIndexMemory? Memory { get; init; }

    /// <summary>Whether pages are asked for anew although the cache's have not expired; unchanged ones are not sent again.</summary>
    public bool Refresh { get; init; }

    /// <summary>Whether a page of the cache is taken whatever its age.</summary>
    public bool AcceptExpired { get; init; }

    /// <summary>
    /// The only releases that are looked at of some distributions, for who has pins to prove and nothing to choose. Of their pages no more is
    /// read and kept than these, and nobody is told that there are others.
    /// </summary>
    public IReadOnlyDictionary<PackageName, IReadOnlySet<PackageVersion>> OnlyReleases { get; init; } = new Dictionary<PackageName, IReadOnlySet<PackageVersion>>();

    /// <summary>
    /// Where what is fetched of <see cref="OnlyReleases"/> is kept together, in one file of this name in the cache, such as the path of the
    /// lock; null where each entry has a file of its own.
    /// </summary>
    public string? Pack { get; init; }

    /// <summary>Who may have the metadata that an index states a digest of, and is asked before the index is; null for nobody.</summary>
    public IMetadataOffer? MetadataOffer { get; init; }

    /// <summary>Receives warnings, and remarks for those who want detail; called from any thread.</summary>
    public Action<Diagnostic>? Report { get; init; }

    /// <summary>How long nothing may come before a request counts as failed.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long making a connection may take.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How many requests may be under way at once.</summary>
    public int Concurrency { get; init; } = 50;

    /// <summary>
    /// Says for each connection whether the address that a host's name stands for may be spoken to, asked once the name is resolved, so
    /// that neither a redirect nor an answer of DNS leads elsewhere; null lets all. Proxies of the environment are not used where it is set.
    /// </summary>
    public Func<DnsEndPoint, IPAddress, bool>? MayConnect { get; init; }

    /// <summary>
    /// Whether <c>VENVBUILD_INDEX_NAME_USERNAME</c> and <c>_PASSWORD</c> are looked for; not where the names come from somebody who must not
    /// have what is in this process's variables.
    /// </summary>
    public bool UsesVariables { get; init; } = true;

    /// <summary>Tells the metadata of sdists and folders that only a build can tell; null where nothing is built.</summary>
    public ISdistMetadata? SdistMetadata { get; init; }

    /// <summary>The instant after which files of a distribution do not exist, or null for none.</summary>
    internal DateTimeOffset? LatestOf(PackageName name) => ExcludeNewerOf.TryGetValue(name, out var own) ? own : ExcludeNewer;

    internal RetryPolicy Retries { get; init; } = new();

    internal SizeLimits Limits { get; init; } = new();

    internal Func<string, string?> EnvironmentVariable { get; init; } = Environment.GetEnvironmentVariable;

    internal TimeProvider Clock { get; init; } = TimeProvider.System;
}
