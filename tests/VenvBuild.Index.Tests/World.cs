using System.Collections.Concurrent;
using VenvBuild.Packaging;
using VenvBuild.Resolver;
using VenvBuild.Testing;

namespace VenvBuild.Index.Tests;

/// <summary>An index on loopback, a cache folder of the test's own, and package sources over both that do not wait between attempts.</summary>
internal sealed class World : IAsyncDisposable
{
    private readonly TestFolder _folder = new();

    public LoopbackIndex Index { get; } = new();

    public CacheFolder Cache => new(_folder.File("cache"));

    public ConcurrentQueue<Diagnostic> Reports { get; } = new();

    public Dictionary<string, string> Environment { get; } = new() { ["NETRC"] = "/no/such/netrc" };

    public DateTimeOffset Now { get; set; } = new(2026, 11, 23, 0, 0, 0, TimeSpan.Zero);

    public string File(params string[] parts) => _folder.File(parts);

    /// <summary>Cancelled when the test is.</summary>
    public static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static PackageName Name(string text) => PackageName.Parse(text);

    /// <summary>Options for one index, that of this world.</summary>
    public IndexOptions Options(Uri? url = null) => new()
    {
        Indexes = [new IndexLocation("corp", url ?? Index.Simple)],
        Cache = Cache,
        Report = Reports.Enqueue,
        Retries = new() { FirstPause = TimeSpan.FromMilliseconds(1), LongestPause = TimeSpan.FromMilliseconds(2) },
        EnvironmentVariable = name => Environment.GetValueOrDefault(name),
        Clock = new FixedClock(this),
    };

    /// <summary>Adds a wheel for all platforms, with a metadata file unless that is asked away.</summary>
    public LoopbackFile AddWheel(string name, string version, string[]? requires = null, bool withMetadata = true, int padding = 0, LoopbackIndex? index = null)
    {
        var metadata = Wheels.Metadata(name, version, [.. (requires ?? []).Select(text => "Requires-Dist: " + text)]);
        return (index ?? Index).Add(new(name, $"{name}-{version}-py3-none-any.whl", Wheels.Wheel(name, version, metadata, padding))
        {
            Metadata = withMetadata ? metadata : null,
        });
    }

    public async Task<string[]> VersionsAsync(string name, IndexOptions? options = null)
    {
        await using var source = new PackageIndex(options ?? Options());
        var list = await source.GetReleasesAsync(Name(name), World.Stop);
        return [.. list.Releases.Select(release => release.Version.ToString())];
    }

    /// <summary>The metadata of the newest release.</summary>
    public async Task<ReleaseMetadata> MetadataAsync(string name, IndexOptions? options = null)
    {
        await using var source = new PackageIndex(options ?? Options());
        var list = await source.GetReleasesAsync(Name(name), World.Stop);
        return await source.GetMetadataAsync(list.Releases[^1], World.Stop);
    }

    /// <summary>The diagnostic of a failure.</summary>
    public static async Task<Diagnostic> FailureAsync(Func<Task> act)
    {
        var failure = await Assert.ThrowsAsync<DiagnosticException>(act);
        Assert.Equal(ExitCode.Integrity, failure.ExitCode);
        Assert.NotNull(failure.Diagnostics[0].Remedy);
        return failure.Diagnostics[0];
    }

    public async ValueTask DisposeAsync()
    {
        await Index.DisposeAsync();
        _folder.Dispose();
    }

    private sealed class FixedClock(World world) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => world.Now;
    }
}
