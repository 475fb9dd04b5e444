using VenvBuild.Remote;
using VenvBuild.Testing;

namespace VenvBuild.Server.Tests;

/// <summary>Workers take what they are set up for; what nobody takes says so; a worker that stops finishes or gives back.</summary>
public sealed class SharingWork : IAsyncDisposable
{
    private readonly LoopbackIndex _index = new LoopbackIndex().Add("thing", "1.0").Add("slow", "1.0").Add("later", "1.0");
    private readonly TestFolder _folder = new();
    private PostgresCluster? _cluster;

    public SharingWork()
    {
        var native = new WheelMaker("native", "1.0", "cp311-cp311-manylinux_2_17_aarch64").Module("native");
        _index.Add(new("native", native.FileName, native.ToArray()));
    }

    private async Task<ServerProcess> StartAsync(string name, params string[] settings)
    {
        _cluster ??= await PostgresCluster.StartAsync();
        // Layers are shared; all else is each worker's own.
        return await ServerProcess.StartAsync(_folder.Path, [_index.Allowed(), $"Postgres={_cluster.Connection}", "Limits:RequestsPerMinute=100000", $"Role={name}", .. settings]);
    }

    private async Task<(string Key, HttpResponseMessage Answer)> AskAsync(ServerProcess server, string requirement, string platform = "linux-x64")
    {
        var manifest = $"python: '==3.11.*'\nrequirements: [{requirement}]\nplatforms: [{platform}]\nindexes: [{{name: corp, url: \"{_index.Simple}\"}}]\n";
        using var body = new StringContent(
            System.Text.Json.JsonSerializer.Serialize(new LockRequest { Manifest = manifest }, RemoteJson.Default.LockRequest), System.Text.Encoding.UTF8, "application/json");
        using var toml = await server.Client.PostAsync(new Uri("v1/locks", UriKind.Relative), body, TestServer.Stop);
        var answer = await server.Client.BuildAsync(await toml.Content.ReadAsStringAsync(TestServer.Stop), platform);
        return (await answer.KeyAsync(), answer);
    }

    [Fact]
    public async Task A_build_waits_for_a_worker_that_takes_its_platform_and_says_so_and_pure_ones_are_anybodys()
    {
        await using var web = await StartAsync("web");
        var (pure, alone) = await AskAsync(web, "thing");
        Assert.Equal("It waits for a worker, and no worker lives.", (await alone.StatusAsync()).Reason);
        await using var one = await StartAsync("worker", "Builds:Platforms:0=linux-x64", "Builds:Platforms:1=win-x64", "Builds:Pythons:0=3.12");
        await web.Client.UntilAsync(pure, EnvironmentStatus.Ready);
        var (key, asked) = await AskAsync(web, "native", "linux-arm64");
        var status = await asked.StatusAsync();
        Assert.Equal(EnvironmentStatus.Queued, status.State);
        Assert.Matches(
            "^It waits for a worker that takes linux-arm64 and Python 3.11, and there is none. There are: .+-[0-9]+ \\(linux-x64, win-x64; Python 3.12; runs nothing\\)\\.$", status.Reason);
        await using var two = await StartAsync("worker", "Builds:Platforms:0=linux-arm64");
        Assert.Null((await web.Client.UntilAsync(key, EnvironmentStatus.Ready)).Reason);
        Assert.Contains($"Begins {key}", two.Output, StringComparison.Ordinal);
        Assert.DoesNotContain($"Begins {key}", one.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_worker_that_is_told_to_stop_finishes_what_it_began_takes_nothing_new_and_gives_back_what_takes_too_long()
    {
        Require.That(!OperatingSystem.IsWindows(), "signals");
        await using var web = await StartAsync("web");
        await using (var worker = await StartAsync("worker", "Builds:Concurrent=1", "Builds:Drain=00:01:00"))
        {
            var (thing, _) = await AskAsync(web, "thing");
            _index.Latency = TimeSpan.FromSeconds(2);
            await worker.SaysAsync($"Begins {thing}");
            Assert.Equal(0, await worker.StopAsync());
            Assert.Equal(EnvironmentStatus.Ready, (await web.Client.StatusAsync(thing))!.State);
        }

        _index.Latency = default;
        var (slow, _) = await AskAsync(web, "slow");
        Assert.Equal(EnvironmentStatus.Queued, (await web.Client.StatusAsync(slow))!.State);
        _index.Latency = TimeSpan.FromMinutes(5);
        await using (var worker = await StartAsync("worker", "Builds:Concurrent=1", "Builds:Drain=00:00:01"))
        {
            await worker.SaysAsync($"Begins {slow}");
            Assert.Equal(0, await worker.StopAsync());
            Assert.Contains("Gives back 1 builds", worker.Output, StringComparison.Ordinal);
        }

        var returned = (await web.Client.StatusAsync(slow))!;
        Assert.Equal((EnvironmentStatus.Queued, "It waits for a worker, and no worker lives."), (returned.State, returned.Reason));
        _index.Latency = default;
        await using var next = await StartAsync("worker");
        await web.Client.UntilAsync(slow, EnvironmentStatus.Ready);
        // What was given back did not count.
        Assert.Contains($"Begins {slow}, attempt 1", next.Output, StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null)
            await _cluster.DisposeAsync();
        await _index.DisposeAsync();
        _folder.Dispose();
    }
}
