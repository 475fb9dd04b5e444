using System.Globalization;
using System.Net;
using VenvBuild.Packaging;
using VenvBuild.Remote;
using VenvBuild.Testing;

namespace VenvBuild.Server.Tests;

/// <summary>What <c>examples/Server</c> deploys, as processes: two that answer, two that build, PostgreSQL, a bucket, and the cache in front.</summary>
public sealed class DeployingForATeam : IAsyncDisposable
{
    private readonly LoopbackIndex _index = new();
    private readonly TestFolder _folder = new();
    private readonly List<ServerProcess> _processes = [];

    [Fact]
    public async Task Each_environment_is_made_once_and_served_from_the_cache_while_processes_die()
    {
        Require.That(!OperatingSystem.IsWindows(), "signals");
        const int Packages = 12;
        foreach (var number in Enumerable.Range(0, Packages))
            _index.Add(Name(number), "1.0");
        await using var cluster = await PostgresCluster.StartAsync();
        await using var bucket = await BucketServer.StartAsync();
        string[] shared =
        [
            _index.Allowed(), $"Postgres={cluster.Connection}", "Limits:RequestsPerMinute=100000", "Access:Anonymous=build", $"Store:S3:Endpoint={bucket.Endpoint}",
            $"Store:S3:Bucket={BucketServer.Bucket}", "Store:S3:PathStyle=true", $"Store:S3:AccessKey={BucketServer.Key}", $"Store:S3:SecretKey={BucketServer.Secret}",
        ];
        async Task<ServerProcess> StartAsync(string name, string role)
        {
            var process = await ServerProcess.StartAsync(_folder.File(name), [.. shared, $"Role={role}"]);
            _processes.Add(process);
            return process;
        }

        var (web1, web2) = (await StartAsync("web1", "web"), await StartAsync("web2", "web"));
        var (worker1, worker2) = (await StartAsync("worker1", "worker"), await StartAsync("worker2", "worker"));
        await using var nginx = await NginxServer.StartAsync("nginx.conf", ("web1:8080", web1.Client.BaseAddress!.Authority), ("web2:8080", web2.Client.BaseAddress!.Authority));

        _index.Latency = TimeSpan.FromMilliseconds(200);
        var asked = new List<string>();
        for (var number = 0; number < Packages; number++)
        {
            var toml = await nginx.Client.LockAsync(_index, Name(number));
            // Several clients want the same at once.
            var keys = await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
            {
                using var answer = await nginx.Client.BuildAsync(toml);
                return await answer.KeyAsync();
            }));
            asked.Add(Assert.Single(keys.Distinct()));
            if (number == 3)
                await worker1.KillAsync();
            if (number == 6)
                await web1.KillAsync();
            if (number == 8)
                worker1 = await StartAsync("worker1", "worker");
            if (number == 9)
                Assert.Equal(0, await worker2.StopAsync());
        }

        _index.Latency = default;
        var layers = new HashSet<string>();
        foreach (var key in asked)
        {
            var status = await nginx.Client.UntilAsync(key, EnvironmentStatus.Ready, EnvironmentStatus.Failed);
            Assert.True(status.State == EnvironmentStatus.Ready, status.Reason);
            Assert.Single((await nginx.Client.EventsAsync(key)), item => item is { Kind: "state", Text: "ready" });
            layers.UnionWith(status.Layers.Select(layer => layer.Digest));
        }

        Assert.Equal(Packages, layers.Count);
        for (var machine = 0; machine < 10; machine++)
        {
            foreach (var layer in layers)
            {
                using var answer = await nginx.Client.GetAsync(new Uri($"v1/layers/{layer}", UriKind.Relative), TestServer.Stop);
                Assert.Equal(layer, $"sha256:{Sha256Digest.Of(await answer.Content.ReadAsByteArrayAsync(TestServer.Stop))}");
            }
        }

        var served = nginx.Log.Where(line => line[1].StartsWith("/v1/layers/", StringComparison.Ordinal)).ToList();
        Assert.Equal(Packages * 9, served.Count(line => line[3] == "HIT"));
        TestContext.Current.SendDiagnosticMessage(string.Create(CultureInfo.InvariantCulture, $"{served.Count(line => line[3] == "HIT")} of {served.Count} layers from the cache"));
        // Without anybody behind it, the cache goes on with what it has.
        await web2.KillAsync();
        using var kept = await nginx.Client.GetAsync(new Uri($"v1/layers/{layers.First()}", UriKind.Relative), TestServer.Stop);
        Assert.Equal(HttpStatusCode.OK, kept.StatusCode);
    }

    private static string Name(int number) => string.Create(CultureInfo.InvariantCulture, $"package{(char)('a' + number)}");

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
            await process.DisposeAsync();
        await _index.DisposeAsync();
        _folder.Dispose();
    }
}
