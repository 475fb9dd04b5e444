using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using VenvBuild.Packaging;
using VenvBuild.Remote;
using VenvBuild.Testing;

namespace VenvBuild.Server.Tests;

/// <summary>Subscribed locks are solved anew as their index changes.</summary>
public sealed class WatchingUpdates : IAsyncDisposable
{
    private readonly LoopbackIndex _index = new LoopbackIndex { PageCacheControl = null }.Add("thing", "1.0", "other>=1").Add("other", "1.5");

    private Task<TestServer> StartAsync(params string[] settings) => TestServer.StartAsync([_index.Allowed(), "Indexes:Freshness=00:00:00", .. settings]);

    [Fact]
    public async Task An_update_is_found_built_and_handed_out_as_a_lock_once_it_is_ready()
    {
        await using var server = await StartAsync();
        var toml = await server.Client.LockAsync(_index, "thing");
        var begun = await SubscribeAsync(server, toml);
        Assert.Equal("sha256:" + Sha256Digest.Of(System.Text.Encoding.UTF8.GetBytes(toml)), begun.Lock);
        Assert.Empty((await UntilAsync(server, begun.Id, SubscriptionStatus.Current)).Updates);

        // A worker has seen the index as it was.
        using (var old = await server.Client.BuildAsync(toml))
            await server.Client.UntilAsync(await old.KeyAsync(), EnvironmentStatus.Ready);
        _index.Add("other", "1.6", "third").Add("third", "3.0");
        using (await server.Client.PostAsync(new Uri($"v1/subscriptions/{begun.Id}/run", UriKind.Relative), null, TestServer.Stop))
        {
        }

        var ready = await UntilAsync(server, begun.Id, SubscriptionStatus.Ready, SubscriptionStatus.Failed);
        Assert.Equal(SubscriptionStatus.Ready, ready.State);
        Assert.Equal(["other 1.5 1.6", "third  3.0"], ready.Updates.Select(update => $"{update.Name} {string.Join('+', update.Before)} {string.Join('+', update.After)}"));
        Assert.Equal(GridStatus.Ready, ready.Grid!.State);
        var next = await server.Client.GetStringAsync(new Uri($"v1/subscriptions/{begun.Id}/lock", UriKind.Relative), TestServer.Stop);
        Assert.Equal(ready.NextLock, "sha256:" + Sha256Digest.Of(System.Text.Encoding.UTF8.GetBytes(next)));
        Assert.Contains("1.6", next, StringComparison.Ordinal);

        // Taken into use, it is what later looks are held against.
        var taken = await SubscribeAsync(server, next);
        Assert.Equal(begun.Id, taken.Id);
        Assert.Equal(ready.NextLock, (await UntilAsync(server, begun.Id, SubscriptionStatus.Current)).Lock);
    }

    [Fact]
    public async Task An_update_whose_checks_fail_is_not_handed_out()
    {
        await CheckingEnvironments.RequireAsync();
        await using var server = await StartAsync("Builds:Checks=sandbox");
        var python = await CheckingEnvironments.RequireAsync();
        var manifest = _index.Manifest("thing", $"python: '=={python}.*'\nchecks: ['python -c \"import other; assert other.answer() == 42\"']\n");
        using var answer = await server.AskAsync(manifest);
        var toml = await answer.Content.ReadAsStringAsync(TestServer.Stop);
        var begun = await SubscribeAsync(server, toml, manifest);
        await UntilAsync(server, begun.Id, SubscriptionStatus.Current);

        var broken = new WheelMaker("other", "1.7").Module("other", answer: 41);
        _index.Add(new("other", broken.FileName, broken.ToArray()));
        using (await server.Client.PostAsync(new Uri($"v1/subscriptions/{begun.Id}/run", UriKind.Relative), null, TestServer.Stop))
        {
        }

        var failed = await UntilAsync(server, begun.Id, SubscriptionStatus.Ready, SubscriptionStatus.Failed);
        Assert.Equal(SubscriptionStatus.Failed, failed.State);
        Assert.Contains("AssertionError", failed.Grid!.Cells.Single().Checks.Single().Output, StringComparison.Ordinal);
        Assert.Equal(toml, await server.Client.GetStringAsync(new Uri($"v1/subscriptions/{begun.Id}/lock", UriKind.Relative), TestServer.Stop));
    }

    [Fact]
    public async Task Requests_that_cannot_be_solved_any_more_are_told_with_their_derivation()
    {
        await using var server = await StartAsync();
        var toml = await server.Client.LockAsync(_index, "thing");
        var begun = await SubscribeAsync(server, toml, _index.Manifest("thing, 'other<1'"));
        var failed = await UntilAsync(server, begun.Id, SubscriptionStatus.Failed);
        Assert.Contains("other", failed.Reason, StringComparison.Ordinal);
        Assert.Null(failed.NextLock);
    }

    [Fact]
    public async Task A_subscription_outlives_the_server_and_ends_when_its_owner_says_so()
    {
        await using var server = await StartAsync("Access:Anonymous=read");
        var (_, owner) = await server.Get<TokenStore>().MakeAsync("owner", AccessScopes.Resolve | AccessScopes.Build, TestServer.Stop);
        var (_, other) = await server.Get<TokenStore>().MakeAsync("other", AccessScopes.Resolve | AccessScopes.Build, TestServer.Stop);
        using (var refused = await server.Client.PostAsJsonAsync(new Uri("v1/subscriptions", UriKind.Relative), new { manifest = _index.Manifest("thing"), @lock = "x" }, TestServer.Stop))
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        server.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", owner);
        var begun = await SubscribeAsync(server, await server.Client.LockAsync(_index, "thing"));
        var schedule = server.Get<UpdateSchedule>();
        await schedule.StopAsync(begun.Id, TestServer.Stop);
        await schedule.EnsureAsync((await server.Get<SubscriptionStore>().FindAsync(begun.Id, TestServer.Stop))!, TestServer.Stop);

        server.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", other);
        using (var theirs = await server.Client.DeleteAsync(new Uri($"v1/subscriptions/{begun.Id}", UriKind.Relative), TestServer.Stop))
            Assert.Equal(HttpStatusCode.Forbidden, theirs.StatusCode);
        server.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", owner);
        using (var own = await server.Client.DeleteAsync(new Uri($"v1/subscriptions/{begun.Id}", UriKind.Relative), TestServer.Stop))
            Assert.Equal(HttpStatusCode.NoContent, own.StatusCode);
        using var gone = await server.Client.GetAsync(new Uri($"v1/subscriptions/{begun.Id}", UriKind.Relative), TestServer.Stop);
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
    }

    [Fact]
    public async Task A_lock_is_looked_after_once_in_each_interval_and_what_was_missed_is_made_up_for_once()
    {
        var clock = new MovableClock();
        await using var server = await TestServer.StartAsync(clock, _index.Allowed(), "Indexes:Freshness=00:00:00");
        var begun = await SubscribeAsync(server, await server.Client.LockAsync(_index, "thing"), hours: 6);
        var subscriptions = server.Get<SubscriptionStore>();
        async Task<IReadOnlyList<UpdateRun>> LooksAsync(int count)
        {
            while (true)
            {
                var runs = await subscriptions.RunsAsync(begun.Id, 50, TestServer.Stop);
                if (runs.Count >= count && runs[0].State != UpdateState.Solving)
                    return runs;
                await Task.Delay(50, TestServer.Stop);
            }
        }

        await LooksAsync(1);
        _index.Add("other", "1.6");
        clock.Advance(TimeSpan.FromHours(3));
        // Another look that somebody asks for changes nothing in the schedule.
        await server.Get<UpdateSchedule>().RunAsync(begun.Id, TestServer.Stop);
        Assert.Equal(2, (await LooksAsync(2)).Count);
        _index.Add("other", "1.7");
        clock.Advance(TimeSpan.FromHours(3.1));
        Assert.Equal(3, (await LooksAsync(3)).Count);
        Assert.Equal(["other 1.5 1.7"], (await UntilAsync(server, begun.Id, SubscriptionStatus.Ready)).Updates.Select(update => $"{update.Name} {update.Before[0]} {update.After[0]}"));
        // Three days in which nobody looked.
        clock.Advance(TimeSpan.FromHours(72));
        Assert.Equal(4, (await LooksAsync(4)).Count);
        clock.Advance(TimeSpan.FromHours(6));
        Assert.Equal(5, (await LooksAsync(5)).Count);
    }

    [Fact]
    public async Task Intervals_and_numbers_are_bounded()
    {
        await using var server = await StartAsync("Updates:LeastHours=6", "Updates:Subscriptions=1");
        var toml = await server.Client.LockAsync(_index, "thing");
        foreach (var (hours, status) in new[] { (5, 400), (0, 400), (1_000_000, 400), (6, 201) })
        {
            using var answer = await PostAsync(server, toml, _index.Manifest("thing"), hours);
            Assert.Equal(status, (int)answer.StatusCode);
        }

        using var more = await PostAsync(server, toml, _index.Manifest("other"), 6);
        Assert.Equal(503, (await TestServer.ProblemAsync(more)).Status);
    }

    private async Task<SubscriptionStatus> SubscribeAsync(TestServer server, string toml, string? manifest = null, int hours = 24)
    {
        using var answer = await PostAsync(server, toml, manifest ?? _index.Manifest("thing"), hours);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(TestServer.Stop));
        return (await answer.Content.ReadFromJsonAsync<SubscriptionStatus>(TestServer.Stop))!;
    }

    private static Task<HttpResponseMessage> PostAsync(TestServer server, string toml, string manifest, int hours) =>
        server.Client.PostAsJsonAsync(new Uri("v1/subscriptions", UriKind.Relative), new { manifest, @lock = toml, hours }, TestServer.Stop);

    private static async Task<SubscriptionStatus> UntilAsync(TestServer server, string id, params string[] states)
    {
        while (true)
        {
            var status = await server.Client.GetFromJsonAsync<SubscriptionStatus>(new Uri($"v1/subscriptions/{id}", UriKind.Relative), TestServer.Stop);
            if (states.Contains(status!.State))
                return status;
            await Task.Delay(50, TestServer.Stop);
        }
    }

    public ValueTask DisposeAsync() => _index.DisposeAsync();
}
