using VenvBuild.Testing;

namespace VenvBuild.Benchmarks;

/// <summary>What the comparisons stand on: the tools, the servers, an interpreter, and a folder that goes when all is done.</summary>
internal sealed class Bench : IAsyncDisposable
{
    // As slow as a near mirror: what a cold run shows is then the number of round trips that wait for each other.
    private const string Latency = "30";

    private readonly TestFolder _folder;
    private readonly List<IAsyncDisposable> _servers = [];

    private Bench(TestFolder folder) => _folder = folder;

    /// <summary>The slice's requirement lists.</summary>
    public static string WorkloadFolder => Path.Combine(Require.Slice(), "workloads");

    public required PublishedTool Tool { get; init; }

    public required SlicePeers Peers { get; init; }

    /// <summary>An interpreter that the slice has wheels for.</summary>
    public required string Python { get; init; }

    /// <summary>An index that answers at once, its pages as long as PyPI's.</summary>
    public required Uri Near { get; init; }

    /// <summary>The same, each answer after a while.</summary>
    public required Uri Far { get; init; }

    /// <summary>Makes everything ready.</summary>
    /// <param name="published">An executable that was published before, or null to publish one now.</param>
    /// <param name="cancellationToken">Ends the making.</param>
    public static async Task<Bench> PrepareAsync(string? published, CancellationToken cancellationToken)
    {
        var folder = new TestFolder();
        var servers = new List<SliceServer>();
        try
        {
            Say("starting the servers");
            var near = await SliceServer.StartAsync("--full", "--warm");
            servers.Add(near);
            var far = await SliceServer.StartAsync("--full", "--warm", "--latency-ms", Latency);
            servers.Add(far);
            Say("unpacking uv and pip");
            var peers = await SlicePeers.UnpackAsync(folder.File("peers"), cancellationToken);
            if (published is null)
                Say("publishing the tool");
            var tool = published is null ? await PublishedTool.PublishAsync(folder.File("tool"), cancellationToken) : new(published, null);
            var bench = new Bench(folder) { Tool = tool, Peers = peers, Python = Interpreter.Path, Near = near.Simple, Far = far.Simple };
            bench._servers.AddRange(servers);
            return bench;
        }
        catch
        {
            foreach (var server in servers)
                await server.DisposeAsync();
            folder.Dispose();
            throw;
        }
    }

    /// <summary>A folder of a comparison's own.</summary>
    public string Folder(params string[] parts) => Directory.CreateDirectory(_folder.File(parts)).FullName;

    /// <summary>An index of a comparison's own.</summary>
    public LoopbackIndex Serve()
    {
        var index = new LoopbackIndex();
        _servers.Add(index);
        return index;
    }

    /// <summary>The address of a server by way of a link of its own, of 100 Mbit/s and 30 ms.</summary>
    public Uri ByLink(Uri server)
    {
        var link = new SharedLink(server, 100, TimeSpan.FromMilliseconds(30));
        _servers.Add(link);
        return link.Address;
    }

    /// <summary>The address of a folder's files.</summary>
    public Uri ServeFolder(string folder)
    {
        var server = new FolderServer(folder);
        _servers.Add(server);
        return server.Root;
    }

    /// <summary>A run of this project's tool, with a cache folder of its own.</summary>
    public Measured Ours(string folder, params IReadOnlyList<string> arguments) => new(
        folder,
        [Tool.Path, .. arguments],
        new Dictionary<string, string?>(SlicePeers.Environment) { ["VENVBUILD_CACHE"] = Path.Combine(folder, "cache") });

    /// <summary>A run of uv, with a cache folder of its own.</summary>
    public Measured Uv(string folder, params IReadOnlyList<string> arguments) => new(
        folder,
        [Peers.Uv, .. arguments],
        new Dictionary<string, string?>(SlicePeers.Environment) { ["UV_CACHE_DIR"] = Path.Combine(folder, "cache") });

    /// <summary>A run of pip, with a cache folder of its own.</summary>
    public Measured Pip(string folder, params IReadOnlyList<string> arguments) => new(
        folder,
        [Python, Peers.Pip, .. arguments],
        new Dictionary<string, string?>(SlicePeers.Environment) { ["PIP_CACHE_DIR"] = Path.Combine(folder, "cache") });

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
            await server.DisposeAsync();
        _folder.Dispose();
    }

    private static void Say(string what) => Console.Error.WriteLine($"... {what}");
}
