using System.Net;
using VenvBuild.Environments;
using VenvBuild.Packaging;
using VenvBuild.Remote;
using VenvBuild.Testing;

namespace VenvBuild.Server.Tests;

/// <summary>A lock and a target become an environment, once, by a build that survives what happens to it.</summary>
public sealed class BuildingEnvironments : IAsyncDisposable
{
    private readonly LoopbackIndex _index = new LoopbackIndex().Add("thing", "1.0", "other>=1").Add("other", "1.5");

    private Task<TestServer> StartAsync(params string[] settings) => TestServer.StartAsync([_index.Allowed(), "Builds:Pause=00:00:00.05", .. settings]);

    [Fact]
    public async Task A_lock_becomes_an_environment_that_is_then_answered_at_once()
    {
        await using var server = await StartAsync();
        var toml = await server.Client.LockAsync(_index, "thing");
        using var asked = await server.Client.BuildAsync(toml);
        var key = await asked.KeyAsync();
        Assert.Equal(HttpStatusCode.Accepted, asked.StatusCode);
        Assert.Equal($"/v1/environments/{key}", asked.Headers.Location?.OriginalString);

        var ready = await server.Client.UntilAsync(key, EnvironmentStatus.Ready);
        Assert.Equal(["other 1.5", "thing 1.0"], ready.Layers.Select(layer => $"{layer.Name} {layer.Version}"));
        var manifest = EnvironmentManifest.Read(System.Text.Encoding.UTF8.GetBytes(ready.Manifest!), "the server");
        Assert.Equal(key, manifest.Key.ToString());
        Assert.Equal(Sha256Digest.Of(System.Text.Encoding.UTF8.GetBytes(toml)), manifest.Lock);

        using var again = await server.Client.BuildAsync($"sha256:{manifest.Lock}", python: "3.11.7");
        Assert.Equal((HttpStatusCode.OK, EnvironmentStatus.Ready), (again.StatusCode, (await again.StatusAsync()).State));
        using var folder = new TestFolder();
        var path = folder.File("env.bundle");
        await File.WriteAllBytesAsync(path, await server.Client.GetByteArrayAsync(new Uri($"v1/environments/{key}/bundle", UriKind.Relative), TestServer.Stop), TestServer.Stop);
        using var bundle = BundleReader.Open(path);
        Assert.Equal(ready.Manifest, System.Text.Encoding.UTF8.GetString(bundle.Manifest.ToUtf8Bytes()));
    }

    [Fact]
    public async Task Events_tell_of_the_build_and_go_on_where_a_reader_stopped()
    {
        await using var server = await StartAsync();
        _index.Latency = TimeSpan.FromMilliseconds(50);
        using var asked = await server.Client.BuildAsync(await server.Client.LockAsync(_index, "thing"));
        var key = await asked.KeyAsync();
        var begun = await server.Client.EventsAsync(key, limit: 2);
        var rest = await server.Client.EventsAsync(key, begun[^1].Id);
        var all = await server.Client.EventsAsync(key);

        Assert.Equal(all, [.. begun, .. rest]);
        Assert.Equal(["queued", "building", "ready"], all.Where(item => item.Kind == "state").Select(item => item.Text));
        Assert.Equal(Enumerable.Range(1, all.Count).Select(number => (long)number), all.Select(item => item.Id));
        Assert.Contains(all, item => item.Kind == "log" && item.Text.Contains("thing-1.0-py3-none-any.whl", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_build_that_is_cancelled_ends_and_can_be_asked_for_anew()
    {
        await using var server = await StartAsync();
        var toml = await server.Client.LockAsync(_index, "thing");
        _index.Latency = TimeSpan.FromSeconds(30);
        using var asked = await server.Client.BuildAsync(toml);
        var key = await asked.KeyAsync();
        await server.Client.UntilAsync(key, EnvironmentStatus.Building);
        using var cancelled = await server.Client.PostAsync(new Uri($"v1/environments/{key}/cancel", UriKind.Relative), null, TestServer.Stop);
        Assert.Equal(EnvironmentStatus.Cancelled, (await cancelled.StatusAsync()).State);
        Assert.Equal("cancelled", (await server.Client.EventsAsync(key))[^1].Text);

        _index.Latency = default;
        using var anew = await server.Client.BuildAsync(toml);
        Assert.Equal(HttpStatusCode.Accepted, anew.StatusCode);
        await server.Client.UntilAsync(key, EnvironmentStatus.Ready);
        using var late = await server.Client.PostAsync(new Uri($"v1/environments/{key}/cancel", UriKind.Relative), null, TestServer.Stop);
        Assert.Equal(HttpStatusCode.Conflict, late.StatusCode);
    }

    [Fact]
    public async Task A_failure_that_may_pass_is_tried_again_and_one_that_stays_is_given_up()
    {
        await using var server = await StartAsync();
        var toml = await server.Client.LockAsync(_index, "thing");
        var wheel = _index.Requests.Select(request => request.Path).First(path => path.Contains("other-1.5", StringComparison.Ordinal)).Replace(".metadata", "", StringComparison.Ordinal);
        _index.Always(wheel, new(200, "application/octet-stream", "another file"u8.ToArray()));
        using var asked = await server.Client.BuildAsync(toml);
        var key = await asked.KeyAsync();
        var failed = await server.Client.UntilAsync(key, EnvironmentStatus.Failed);

        Assert.Contains("other-1.5", failed.Reason, StringComparison.Ordinal);
        Assert.Equal(3, (await server.Client.EventsAsync(key)).Count(item => item is { Kind: "state", Text: "building" }));
        using var resting = await server.Client.BuildAsync(toml);
        Assert.Equal(ServerProblemTypes.NotBuilt, (await TestServer.ProblemAsync(resting)).Type);
    }

    [Fact]
    public async Task A_build_that_takes_its_workers_down_is_given_up_after_as_many_attempts_as_it_may_have()
    {
        await using var server = await StartAsync();
        var (question, _) = await server.QuestionAsync(await server.Client.LockAsync(_index, "thing"));
        var key = question.Plan.Key.ToString();
        var store = server.Get<BuildStore>();
        await store.AskAsync(question, TestServer.Stop);
        for (var attempt = 1; attempt <= 3; attempt++)
            Assert.Equal(attempt, (await store.ClaimAsync(key, $"lost{attempt}", TestServer.Stop))!.Attempts);

        await server.Get<BuildQueue>().ScheduleAsync(key, null, TestServer.Stop);
        var failed = await server.Client.UntilAsync(key, EnvironmentStatus.Failed);
        Assert.Contains("3 attempts", failed.Reason, StringComparison.Ordinal);
        using var resting = await server.Client.BuildAsync(System.Text.Encoding.UTF8.GetString(question.Content));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, resting.StatusCode);
        Assert.Equal(0, _index.Count("other-1.5-py3-none-any.whl"));
    }

    [Fact]
    public async Task An_attempt_that_was_overtaken_or_cancelled_writes_nothing_more()
    {
        await using var server = await StartAsync("Builds:Attempts=9");
        var (question, _) = await server.QuestionAsync(await server.Client.LockAsync(_index, "thing"));
        var key = question.Plan.Key.ToString();
        var store = server.Get<BuildStore>();
        await store.AskAsync(question, TestServer.Stop);
        var manifest = await server.Get<EnvironmentMaker>().MakeAsync(question, _ => { }, TestServer.Stop);
        await store.ClaimAsync(key, "old", TestServer.Stop);
        await store.ClaimAsync(key, "new", TestServer.Stop);

        await store.LogAsync(key, "old", "a word of the old one", TestServer.Stop);
        Assert.False(await store.FailAsync(key, "old", "the old one failed", mayPass: true, TestServer.Stop));
        await store.ReleaseAsync(key, "old", TestServer.Stop);
        Assert.False(await store.PublishAsync(key, "old", manifest, TestServer.Stop));
        Assert.Null(await store.ReadEnvironmentAsync(key, TestServer.Stop));
        Assert.Equal((BuildState.Building, "new"), (await store.FindAsync(key, TestServer.Stop)) is { } build ? (build.State, build.Attempt) : default);

        Assert.True(await store.CancelAsync(key, TestServer.Stop));
        Assert.False(await store.PublishAsync(key, "new", manifest, TestServer.Stop));
        await store.AskAsync(question, TestServer.Stop);
        await store.ClaimAsync(key, "last", TestServer.Stop);
        Assert.True(await store.PublishAsync(key, "last", manifest, TestServer.Stop));
        Assert.DoesNotContain(await store.ReadLinesAsync(key, 0, 100, TestServer.Stop), line => line.Text.Contains("old one", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("linux-x86", "3.11", 400)]
    [InlineData("linux-x64", "snake", 400)]
    [InlineData("linux-x64", "2", 400)]
    [InlineData("win-x64", "3.11", 422)]
    public async Task A_target_that_makes_no_sense_or_is_not_served_is_refused(string platform, string python, int status)
    {
        await using var server = await StartAsync();
        using var answer = await server.Client.BuildAsync(await server.Client.LockAsync(_index, "thing"), platform, python);
        Assert.Equal(status, (await TestServer.ProblemAsync(answer)).Status);
    }

    [Fact]
    public async Task What_a_hostile_lock_names_is_not_fetched()
    {
        await using var inside = new LoopbackIndex().Add("secret", "1.0");
        await using var server = await StartAsync();
        var toml = await server.Client.LockAsync(_index, "thing");
        var here = _index.Root.ToString();
        foreach (var (from, to) in new[]
        {
            ($"index = \"{here}", $"index = \"{inside.Root}"),
            ("sha256", "md5"),
            ("lock-version = \"1.0\"", "lock-version = \"9.0\""),
        })
        {
            using var answer = await server.Client.BuildAsync(toml.Replace(from, to, StringComparison.Ordinal));
            Assert.InRange((int)answer.StatusCode, 400, 502);
            Assert.NotEqual(HttpStatusCode.InternalServerError, answer.StatusCode);
        }

        // Addresses in a lock are not followed: the file is looked for on the index, by name and digest.
        var lured = System.Text.RegularExpressions.Regex.Replace(toml, "url = \"[^\"]*/([^/\"]+\\.whl)\"", $"url = \"{inside.Root}$1\"");
        Assert.NotEqual(toml, lured);
        using var built = await server.Client.BuildAsync(lured);
        await server.Client.UntilAsync(await built.KeyAsync(), EnvironmentStatus.Ready);
        Assert.Empty(inside.Requests);
    }

    [Fact]
    public async Task A_second_server_does_not_use_the_same_folder()
    {
        await using var server = await StartAsync();
        using var error = new StringWriter();
        var data = server.Get<ServerSettings>().Data;
        Assert.Equal((int)ExitCode.Usage, await ServerProgram.RunAsync([$"--VenvBuild:Data={data}", "--urls=http://127.0.0.1:0"], TextWriter.Null, error, TestServer.Stop));
        Assert.Contains("Another server uses", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_killed_while_it_builds_finishes_when_it_is_back()
    {
        using var folder = new TestFolder();
        string[] settings = [_index.Allowed()];
        string key;
        await using (var first = await ServerProcess.StartAsync(folder.Path, settings))
        {
            var toml = await first.Client.LockAsync(_index, "thing");
            _index.Latency = TimeSpan.FromSeconds(60);
            using var asked = await first.Client.BuildAsync(toml);
            key = await asked.KeyAsync();
            await first.SaysAsync($"Begins {key}");
            await first.KillAsync();
        }

        _index.Latency = default;
        await using var second = await ServerProcess.StartAsync(folder.Path, settings);
        await second.Client.UntilAsync(key, EnvironmentStatus.Ready);
        Assert.Equal(["queued", "building", "building", "ready"], (await second.Client.EventsAsync(key)).Where(item => item.Kind == "state").Select(item => item.Text));
    }

    public ValueTask DisposeAsync() => _index.DisposeAsync();
}
