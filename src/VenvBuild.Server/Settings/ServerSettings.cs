using System.Net;
using VenvBuild.Workspace;

namespace VenvBuild.Server;

/// <summary>How a server is set up: the section <c>VenvBuild</c> of the configuration. Without any, it serves this machine alone.</summary>
internal sealed record ServerSettings
{
    public const string Section = "VenvBuild";

    /// <summary>The folder of all that the server keeps on disk.</summary>
    public string Data { get; init; } = Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "venvbuild", "server");

    /// <summary>The connection string of a PostgreSQL database, which several servers may share; null for SQLite in <see cref="Data"/>.</summary>
    public string? Postgres { get; init; }

    /// <summary>Who solves: this program, or a peer whose answers are proven.</summary>
    public ResolverChoice Resolver { get; init; }

    /// <summary>What this process does of the work; one that stands alone does all.</summary>
    public ServerRole Role { get; init; }

    /// <summary>The roots of indexes and pages that may be asked; <c>*</c> stands for all that are on the public network.</summary>
    public IReadOnlyList<string> AllowedIndexes { get; init; } = ["https://pypi.org/simple"];

    /// <summary>Hosts on internal addresses that may be connected to, <c>host</c> or <c>host:port</c>, besides those of allowed indexes.</summary>
    public IReadOnlyList<string> PrivateHosts { get; init; } = [];

    /// <summary>How long an answer that rests on an index counts as fresh.</summary>
    public TimeSpan Freshness { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The same for single indexes, by their root.</summary>
    public IReadOnlyDictionary<string, TimeSpan> FreshnessOf { get; init; } = new Dictionary<string, TimeSpan>();

    /// <summary>What single indexes are asked with.</summary>
    public IReadOnlyList<IndexLogin> CredentialsOf { get; init; } = [];

    /// <summary>What those may do who bring no token; null for all where only this machine can connect, reading elsewhere.</summary>
    public AnonymousAccess? Anonymous { get; init; }

    /// <summary>What the keys of forms are encrypted with in the database; null to keep them as they are.</summary>
    public string? FormSecret { get; init; }

    /// <summary>The proxies that are believed about whom they ask for.</summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; init; } = [];

    /// <summary>The largest body of a request, in bytes.</summary>
    public int BodyBytes { get; init; } = 16 << 20;

    /// <summary>How many requests a minute one token, or one address without a token, may make.</summary>
    public int RequestsPerMinute { get; init; } = 600;

    /// <summary>How many solves may run at once.</summary>
    public int ConcurrentSolves { get; init; } = Math.Max(2, Environment.ProcessorCount);

    /// <summary>How many may wait for their turn.</summary>
    public int WaitingSolves { get; init; } = 100;

    /// <summary>How long one solve may take.</summary>
    public TimeSpan SolveTime { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How many projects one solve may ask for.</summary>
    public int Projects { get; init; } = 5_000;

    /// <summary>How many builds one worker makes at once: one for each core, as far as there are 512 MiB of memory for each.</summary>
    public int ConcurrentBuilds { get; init; } = (int)Math.Clamp(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 29, 1, Math.Max(2, Environment.ProcessorCount));

    /// <summary>The platforms whose native wheels this worker takes, as runtime identifiers; null for all.</summary>
    public IReadOnlyList<string>? BuildPlatforms { get; init; }

    /// <summary>The same for Pythons, by their minors.</summary>
    public IReadOnlyList<string>? BuildPythons { get; init; }

    /// <summary>How long a worker that stops may finish what it has begun.</summary>
    public TimeSpan DrainTime { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>The file of the private key that environments are signed with; null to sign nothing.</summary>
    public string? SigningKey { get; init; }

    /// <summary>Who made the environments, as signed statements say; null for the server's name and version.</summary>
    public string? BuilderName { get; init; }

    /// <summary>How often a build is tried before it is given up.</summary>
    public int BuildAttempts { get; init; } = 3;

    /// <summary>How long one attempt may take.</summary>
    public TimeSpan BuildTime { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>How long is waited before the second attempt; it doubles for each one after.</summary>
    public TimeSpan BuildPause { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long one that failed is not tried again, whoever asks.</summary>
    public TimeSpan BuildRest { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The same for one that took workers down.</summary>
    public TimeSpan PoisonRest { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Whether checks that callers ask for are run, in a sandbox.</summary>
    public bool RunsChecks { get; init; }

    /// <summary>How long one check may take.</summary>
    public TimeSpan CheckTime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Whether wheels are built from sdists that callers' locks name, in a sandbox.</summary>
    public bool BuildsSdists { get; init; }

    /// <summary>How long the build of one wheel may take.</summary>
    public TimeSpan SdistTime { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How much memory, and how much of the disk, it may take, in bytes.</summary>
    public long SdistBytes { get; init; } = 2L << 30;

    /// <summary>How many locks may be subscribed to.</summary>
    public int Subscriptions { get; init; } = 1_000;

    /// <summary>The shortest interval at which one may be looked after, in hours.</summary>
    public int SubscriptionHours { get; init; } = 1;

    /// <summary>How many solves a day one caller may cause, unless its token says otherwise; null for any number.</summary>
    public int? SolvesADay { get; init; }

    /// <summary>How many builds a day one caller may begin; null for any number.</summary>
    public int? BuildsADay { get; init; }

    /// <summary>How many bytes of unpacked layers may be kept for one caller; null for any number.</summary>
    public long? StoredBytes { get; init; }

    /// <summary>How many bytes of packed layers may be kept in all; null for any number.</summary>
    public long? LayersBudget { get; init; }

    /// <summary>How many bytes each of this machine's caches may have; null for any number.</summary>
    public long? CacheBytes { get; init; }

    /// <summary>How often what is too much is collected.</summary>
    public TimeSpan CareInterval { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long what was asked for stays, however little room there is.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long that is in truth: a build notes what it will use before it is published, and must not take longer.</summary>
    public TimeSpan UseLease => Lease > BuildTime ? Lease : BuildTime;

    /// <summary>Where traces are sent (OTLP); null for nowhere.</summary>
    public Uri? Collector { get; init; }

    /// <summary>Whether it is sent protobuf over HTTP, below <c>/v1/traces</c>; else gRPC.</summary>
    public bool CollectorSpeaksHttp { get; init; }

    /// <summary>Whether each line of the log is a JSON document.</summary>
    public bool LogsAsJson { get; init; }

    /// <summary>The size that a layer's unpacked archive may have that is sent here, in bytes.</summary>
    public long LayerBytes { get; init; } = 4L << 30;

    /// <summary>The bucket that layers are kept in; null for <see cref="LayersFolder"/>.</summary>
    public BucketSettings? Bucket { get; init; }

    public string LayersFolder => Path.Combine(Data, "layers");

    public string DatabaseFile => Path.Combine(Data, "catalog.sqlite");

    public string CacheFolder => Path.Combine(Data, "cache");
}
