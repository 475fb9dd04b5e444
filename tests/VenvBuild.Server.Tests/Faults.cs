using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using VenvBuild.Packaging;
using VenvBuild.Remote;
using VenvBuild.Testing;

namespace VenvBuild.Server.Tests;

/// <summary>
/// Servers and their database are killed at any moment under load: every build ends, once; what is visible is whole; no answer is wrong.
/// <c>VENVBUILD_SERVER_KILLS</c> says how often, else a few times.
/// </summary>
public sealed class Faults : IAsyncDisposable
{
    private const int Projects = 400;

    private static readonly int Kills = int.TryParse(Environment.GetEnvironmentVariable("VENVBUILD_SERVER_KILLS"), CultureInfo.InvariantCulture, out var kills) ? kills : 2;
    private static readonly string[] Allowance = ["Limits:RequestsPerMinute=1000000", "Builds:Attempts=1000", "Builds:Pause=00:00:00.2", "Builds:Rest=00:00:00"];

    private readonly LoopbackIndex _index = new() { Latency = TimeSpan.FromMilliseconds(20) };
    private readonly TestFolder _folder = new();
    private readonly Random _random = new(20261124);
    private readonly ConcurrentDictionary<string, string> _locks = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _keys = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _wrong = new();
    private readonly CancellationTokenSource _enough = new();
    private int _asked, _answered, _refused, _asking;

    public Faults()
    {
        _index.Add("base", "1.0");
        for (var i = 0; i < Projects; i++)
            _index.Add(NameOf(i), "1.0", "base");
    }

    [Fact]
    public async Task A_server_on_SQLite_is_killed_again_and_again_under_load()
    {
        Require.That(!OperatingSystem.IsWindows(), "signals");
        string[] settings = [_index.Allowed(), .. Allowance];
        var server = await ServerProcess.StartAsync(_folder.Path, settings);
        var load = LoadAsync(() => [server]);
        for (var i = 0; i < Kills; i++)
        {
            await AtWorkAsync();
            var lost = server;
            server = await ReplaceAsync(lost, () => ServerProcess.StartAsync(_folder.Path, settings));
        }

        await EndAsync(load, [server], null);
    }

    [Fact]
    public async Task Two_webs_two_workers_and_their_database_are_killed_again_and_again_under_load()
    {
        Require.That(!OperatingSystem.IsWindows(), "signals");
        await using var cluster = await PostgresCluster.StartAsync();
        string[] Settings(string role) => [_index.Allowed(), .. Allowance, $"Postgres={cluster.Connection};Maximum Pool Size=20", $"Role={role}", "Builds:Concurrent=2"];
        string[] roles = ["web", "web", "worker", "worker"];
        var servers = await Task.WhenAll(roles.Select(role => ServerProcess.StartAsync(_folder.Path, Settings(role))));
        var load = LoadAsync(() => [servers[0], servers[1]]);
        for (var i = 0; i < Kills; i++)
        {
            await AtWorkAsync();
            var at = _random.Next(servers.Length);
            servers[at] = await ReplaceAsync(servers[at], () => ServerProcess.StartAsync(_folder.Path, Settings(roles[at])));
            // Once in a while the database goes instead.
            if (i % 10 == 1)
                await cluster.RestartAsync();
        }

        await EndAsync(load, servers, $"Postgres={cluster.Connection}");
    }

    /// <summary>Waits for a chance moment at which it is at work again.</summary>
    private async Task AtWorkAsync()
    {
        var (before, patience) = (Volatile.Read(ref _answered), DateTime.UtcNow.AddSeconds(20));
        while (Volatile.Read(ref _answered) == before && DateTime.UtcNow < patience)
            await Task.Delay(20, TestServer.Stop);
        await Task.Delay(_random.Next(1, 1000), TestServer.Stop);
    }

    private static string NameOf(int number) => FormattableString.Invariant($"thing{number}");

    private static async Task<ServerProcess> ReplaceAsync(ServerProcess lost, Func<Task<ServerProcess>> start)
    {
        await lost.KillAsync();
        var server = await start();
        await lost.DisposeAsync();
        return server;
    }

    /// <summary>Some who ask for locks and environments as fast as they are answered, and hold each answer against what it must be.</summary>
    private Task LoadAsync(Func<IReadOnlyList<ServerProcess>> servers) => Task.WhenAll(Enumerable.Range(0, 4).Select(async number =>
    {
        while (!_enough.IsCancellationRequested)
        {
            // What goes first is new, what comes again must be what it was.
            var name = NameOf(Interlocked.Increment(ref _asking) / 2 % Projects);
            var choice = servers();
            try
            {
                await AskAsync(choice[number % choice.Count].Client, name);
            }
            catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException or ObjectDisposedException)
            {
                // The server is gone, which is clear enough.
                Interlocked.Increment(ref _refused);
                await Task.Delay(50);
            }
        }
    }));

    private async Task AskAsync(HttpClient client, string name)
    {
        Interlocked.Increment(ref _asked);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestServer.Stop);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        using var request = Json(new LockRequest { Manifest = _index.Manifest(name), Options = new() }, RemoteJson.Default.LockRequest);
        using var solved = await client.PostAsync(new Uri("v1/locks", UriKind.Relative), request, patience.Token);
        var toml = await solved.Content.ReadAsStringAsync(patience.Token);
        if (!Expected(solved, toml))
            return;
        if (_locks.GetOrAdd(name, toml) != toml || !toml.Contains($"{name}-1.0", StringComparison.Ordinal) || !toml.Contains("base-1.0", StringComparison.Ordinal))
            _wrong.Enqueue($"another lock for {name}");
        using var build = Json(new EnvironmentRequest { Lock = toml, Target = new() { Platform = "linux-x64", Python = "3.11" } }, RemoteJson.Default.EnvironmentRequest);
        using var asked = await client.PostAsync(new Uri("v1/environments", UriKind.Relative), build, patience.Token);
        var text = await asked.Content.ReadAsStringAsync(patience.Token);
        if (!Expected(asked, text))
            return;
        var status = JsonSerializer.Deserialize(text, RemoteJson.Default.EnvironmentStatus)!;
        if (_keys.GetOrAdd(name, status.Key) != status.Key)
            _wrong.Enqueue($"another key for {name}");
        foreach (var layer in status.State == EnvironmentStatus.Ready ? status.Layers : [])
        {
            using var archive = await client.GetAsync(new Uri($"v1/layers/{layer.Digest}", UriKind.Relative), patience.Token);
            var bytes = await archive.Content.ReadAsByteArrayAsync(patience.Token);
            if (archive.IsSuccessStatusCode ? $"sha256:{Sha256Digest.Of(bytes)}" != layer.Digest : (int)archive.StatusCode < 500)
                _wrong.Enqueue($"the layer {layer.Digest} of {name} is not whole: {(int)archive.StatusCode}");
        }

        Interlocked.Increment(ref _answered);
    }

    /// <summary>Whether it was answered; a failure says that it is one, and is the server's.</summary>
    private bool Expected(HttpResponseMessage answer, string text)
    {
        if (answer.IsSuccessStatusCode)
            return true;
        Interlocked.Increment(ref _refused);
        if ((int)answer.StatusCode < 500 || answer.Content.Headers.ContentType?.MediaType != "application/problem+json")
            _wrong.Enqueue($"{(int)answer.StatusCode} {text}");
        return false;
    }

    /// <summary>All builds end, each once, and everything is whole.</summary>
    private async Task EndAsync(Task load, ServerProcess[] servers, string? database)
    {
        await _enough.CancelAsync();
        await load;
        foreach (var (name, key) in _keys)
        {
            var status = await servers[0].Client.UntilAsync(key, EnvironmentStatus.Ready, EnvironmentStatus.Failed, "cancelled");
            Assert.True(status.State == EnvironmentStatus.Ready, $"{name}: {status.State} {status.Reason}");
            var states = (await servers[0].Client.EventsAsync(key)).Where(item => item.Kind == "state" && item.Id > 0).Select(item => item.Text).ToList();
            Assert.True(states.Count(state => state == "ready") <= 1, $"{name} ended more than once: {string.Join(' ', states)}");
        }

        foreach (var server in servers)
            await server.DisposeAsync();
        Assert.Empty(_wrong);
        string[] settings = [$"--VenvBuild:Data={_folder.Path}", .. database is null ? (string[])[] : [$"--VenvBuild:{database}"]];
        var said = new StringWriter();
        var code = await ServerProgram.RunAsync(["verify", .. settings], said, said, TestServer.Stop);
        Assert.True(code == 0, said.ToString());
        TestContext.Current.TestOutputHelper?.WriteLine(FormattableString.Invariant(
            $"{Kills} kills: {_asked} asked, {_answered} answered, {_refused} refused or cut off, {_keys.Count} builds, each ready once; nothing wrong"));
        Assert.True(_answered > 0);
    }

    public async ValueTask DisposeAsync()
    {
        await _index.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        _enough.Dispose();
        _folder.Dispose();
    }

    private static StringContent Json<T>(T value, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) => new(JsonSerializer.Serialize(value, type), Encoding.UTF8, "application/json");
}
