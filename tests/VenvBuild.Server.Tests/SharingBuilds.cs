using VenvBuild.Remote;
using VenvBuild.Testing;

namespace VenvBuild.Server.Tests;

/// <summary>Two processes on one PostgreSQL make each environment once, and one goes on where the other was lost.</summary>
public sealed class SharingBuilds : IAsyncLifetime
{
    private readonly LoopbackIndex _index = new LoopbackIndex().Add("thing", "1.0", "other>=1").Add("other", "1.5").Add("more", "1.0").Add("most", "1.0").Add("last", "1.0");
    private readonly TestFolder _folder = new();
    private PostgresCluster _cluster = null!;
    private ServerProcess _one = null!;
    private ServerProcess _two = null!;

    public async ValueTask InitializeAsync()
    {
        _cluster = await PostgresCluster.StartAsync();
        // At the same moment, on an empty database.
        await Task.WhenAll(Task.Run(async () => _one = await StartAsync()), Task.Run(async () => _two = await StartAsync()));
    }

    private Task<ServerProcess> StartAsync(string role = "all") => ServerProcess.StartAsync(
        _folder.Path, _index.Allowed(), $"Postgres={_cluster.Connection}", $"Role={role}", "Builds:Concurrent=1", "Limits:RequestsPerMinute=100000");

    [Fact]
    public async Task Fifty_requests_make_one_build_and_a_lost_or_paused_worker_is_replaced_and_cannot_publish()
    {
        Require.That(!OperatingSystem.IsWindows(), "signals");
        await OnceAsync(await _one.Client.LockAsync(_index, "thing"));
        await KilledAsync(await _two.Client.LockAsync(_index, "more"));
        await PausedAsync(await _two.Client.LockAsync(_index, "most"));
        await AskedElsewhereAsync(await _two.Client.LockAsync(_index, "last"));
    }

    public async ValueTask DisposeAsync()
    {
        if (_one is not null)
            await _one.DisposeAsync();
        if (_two is not null)
            await _two.DisposeAsync();
        if (_cluster is not null)
            await _cluster.DisposeAsync();
        await _index.DisposeAsync();
        _folder.Dispose();
    }

    private async Task OnceAsync(string toml)
    {
        _index.Latency = TimeSpan.FromMilliseconds(300);
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(number => (number % 2 == 0 ? _one : _two).Client.BuildAsync(toml)));
        var keys = new HashSet<string>();
        foreach (var answer in answers)
        {
            keys.Add(await answer.KeyAsync());
            answer.Dispose();
        }

        var key = Assert.Single(keys);
        await _two.Client.UntilAsync(key, EnvironmentStatus.Ready);
        Assert.Equal(["queued", "building", "ready"], (await _one.Client.EventsAsync(key)).Where(item => item.Kind == "state").Select(item => item.Text));
        foreach (var wheel in new[] { "thing-1.0", "other-1.5" })
            Assert.Equal(1, _index.Requests.Count(request => request.Path.EndsWith($"{wheel}-py3-none-any.whl", StringComparison.Ordinal) && request.Header("Range") is null));
    }

    private async Task KilledAsync(string toml)
    {
        _index.Latency = TimeSpan.FromSeconds(60);
        using var asked = await _two.Client.BuildAsync(toml);
        var key = await asked.KeyAsync();
        await _two.Client.UntilAsync(key, EnvironmentStatus.Building);
        var (worker, other) = await WorkerAsync(key);
        await worker.KillAsync();
        _index.Latency = default;
        await other.Client.UntilAsync(key, EnvironmentStatus.Ready).WaitAsync(TimeSpan.FromSeconds(15), TestServer.Stop);
        await worker.DisposeAsync();
        (_one, _two) = (other, await StartAsync());
    }

    private async Task PausedAsync(string toml)
    {
        _index.Latency = TimeSpan.FromSeconds(60);
        using var asked = await _two.Client.BuildAsync(toml);
        var key = await asked.KeyAsync();
        await _two.Client.UntilAsync(key, EnvironmentStatus.Building);
        var (worker, other) = await WorkerAsync(key);
        await worker.PauseAsync();
        _index.Latency = default;
        await other.Client.UntilAsync(key, EnvironmentStatus.Ready).WaitAsync(TimeSpan.FromSeconds(30), TestServer.Stop);
        await worker.ContinueAsync();
        await worker.SaysAsync("another worker has taken over");
        Assert.Equal(["queued", "building", "building", "ready"], (await worker.Client.EventsAsync(key)).Where(item => item.Kind == "state").Select(item => item.Text));
    }

    /// <summary>A process that only answers puts builds into the queue, and takes them out of a worker's hands.</summary>
    private async Task AskedElsewhereAsync(string toml)
    {
        await using var web = await StartAsync("web");
        _index.Latency = TimeSpan.FromSeconds(60);
        using var asked = await web.Client.BuildAsync(toml);
        var key = await asked.KeyAsync();
        var (worker, _) = await WorkerAsync(key);
        using var cancelled = await web.Client.PostAsync(new Uri($"v1/environments/{key}/cancel", UriKind.Relative), null, TestServer.Stop);
        Assert.Equal(EnvironmentStatus.Cancelled, (await cancelled.StatusAsync()).State);
        await worker.SaysAsync($"The environment {key} was not made");
        _index.Latency = default;
        using var again = await web.Client.BuildAsync(toml);
        await web.Client.UntilAsync(key, EnvironmentStatus.Ready);
        Assert.DoesNotContain("Begins", web.Output, StringComparison.Ordinal);
    }

    /// <summary>Which process works on a build, and the other one.</summary>
    private async Task<(ServerProcess Worker, ServerProcess Other)> WorkerAsync(string key)
    {
        while (true)
        {
            if (_one.Output.Contains($"Begins {key}", StringComparison.Ordinal))
                return (_one, _two);
            if (_two.Output.Contains($"Begins {key}", StringComparison.Ordinal))
                return (_two, _one);
            await Task.Delay(50, TestServer.Stop);
        }
    }
}
