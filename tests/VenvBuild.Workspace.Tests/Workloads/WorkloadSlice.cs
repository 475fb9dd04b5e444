using VenvBuild.Index;
using VenvBuild.Testing;

namespace VenvBuild.Workspace.Tests;

/// <summary>One server of the slice and uv, for both sides of a comparison.</summary>
public sealed class WorkloadSlice : IAsyncLifetime
{
    private readonly TestFolder _folder = new();
    private SliceServer? _server;
    private SlicePeers? _peers;
    private PackageIndex? _everything;

    public Uri Index => _server!.Simple;

    public string Folder => _folder.Path;

    public SlicePeers Peers => _peers!;

    /// <summary>The slice without limits of time.</summary>
    internal PackageIndex Everything => _everything!;

    public async ValueTask InitializeAsync()
    {
        _server = await SliceServer.StartAsync();
        _peers = await SlicePeers.UnpackAsync(_folder.File("peers"), TestContext.Current.CancellationToken);
        _everything = new(new() { Indexes = [new("slice", Index)], Cache = new CacheFolder(_folder.File("cache")) });
    }

    public async ValueTask DisposeAsync()
    {
        if (_everything is not null)
            await _everything.DisposeAsync();
        if (_server is not null)
            await _server.DisposeAsync();
        _folder.Dispose();
    }
}
