using System.Net.Http.Json;
using Microsoft.EntityFrameworkCore;
using VenvBuild.Packaging;
using VenvBuild.Remote;
using VenvBuild.Testing;

namespace VenvBuild.Server.Tests;

/// <summary>Garbage collection under a budget, quotas of callers, and what is kept held against what it is kept as.</summary>
public sealed class KeepingWithinBounds : IAsyncDisposable
{
    private readonly LoopbackIndex _index = new LoopbackIndex().Add("base", "1.0").Add("one", "1.0", "base").Add("two", "1.0", "base").Add("three", "1.0");

    private async Task<string> MakeAsync(TestServer server, string requirement)
    {
        using var answer = await server.Client.BuildAsync(await server.Client.LockAsync(_index, requirement));
        var key = await answer.KeyAsync();
        await server.Client.UntilAsync(key, EnvironmentStatus.Ready);
        return key;
    }

    /// <summary>As if nobody had asked for anything for two hours, but what is named, from the oldest on.</summary>
    private static async Task AgeAsync(TestServer server, params string[] environments)
    {
        await server.Get<UseLog>().WriteAsync(TestServer.Stop);
        var before = DateTimeOffset.UtcNow.AddHours(-2).ToUnixTimeMilliseconds();
        await using var catalog = server.Get<CatalogFactory>().Open();
        await catalog.Database.ExecuteSqlAsync($"UPDATE layers SET made = {before - 1000}, used = {before - 1000}", TestServer.Stop);
        for (var i = 0; i < environments.Length; i++)
        {
            var (key, time) = (environments[i], before + i);
            await catalog.Database.ExecuteSqlAsync($"UPDATE environments SET made = {time}, used = {time} WHERE key = {key}", TestServer.Stop);
        }
    }

    private static Task<GarbageReport> CollectAsync(TestServer server, long budget, bool isDry = false) => server.Get<GarbageCollection>().RunAsync(budget, isDry, TestServer.Stop);

    private static async Task<long> SizeAsync(TestServer server)
    {
        var size = 0L;
        await foreach (var archive in server.Get<ILayerStorage>().ListAsync(TestServer.Stop))
            size += archive.Length;
        return size;
    }

    [Fact]
    public async Task What_was_asked_for_the_longest_ago_goes_first_with_the_layers_that_nobody_else_has()
    {
        await using var server = await TestServer.StartAsync(_index.Allowed());
        var (one, two, three) = (await MakeAsync(server, "one"), await MakeAsync(server, "two"), await MakeAsync(server, "three"));
        await AgeAsync(server, two, one, three);
        var before = await SizeAsync(server);

        var dry = await CollectAsync(server, before - 1, isDry: true);
        Assert.Equal((1, 1, before), (dry.Environments, dry.Layers, await SizeAsync(server)));
        var report = await CollectAsync(server, before - 1);

        Assert.Equal(dry, report with { IsDry = true });
        Assert.Equal((1, 1, before - report.FreedBytes), (report.Environments, report.Layers, await SizeAsync(server)));
        using var gone = await server.Client.GetAsync(new Uri($"v1/environments/{two}", UriKind.Relative), TestServer.Stop);
        Assert.Equal(404, (await TestServer.ProblemAsync(gone)).Status);
        // What is left is whole, and what went is made again.
        Assert.Empty(await new Verification(server.Get<CatalogFactory>(), server.Get<ILayerStorage>()).RunAsync(repairs: false, TestServer.Stop));
        Assert.Equal(EnvironmentStatus.Ready, (await server.Client.StatusAsync(one))!.State);
        Assert.Equal(two, await MakeAsync(server, "two"));
    }

    [Fact]
    public async Task What_is_pinned_or_subscribed_to_or_was_asked_for_within_the_lease_stays()
    {
        await using var server = await TestServer.StartAsync(_index.Allowed());
        var (one, two, three) = (await MakeAsync(server, "one"), await MakeAsync(server, "two"), await MakeAsync(server, "three"));
        await AgeAsync(server, one, two, three);
        await using (var catalog = server.Get<CatalogFactory>().Open())
        {
            await catalog.Environments.Where(row => row.Key == one).ExecuteUpdateAsync(row => row.SetProperty(stored => stored.IsPinned, true), TestServer.Stop);
            var digest = (await catalog.Builds.SingleAsync(row => row.Key == two, TestServer.Stop)).LockDigest;
            catalog.Subscriptions.Add(new() { Id = "1", Name = "n", Request = "{}", LockDigest = digest, Hours = 1, Builds = false, Owner = null, Made = 0 });
            await catalog.SaveChangesAsync(TestServer.Stop);
        }

        await server.Client.StatusAsync(three);
        await server.Get<UseLog>().WriteAsync(TestServer.Stop);
        Assert.Equal((0, 0), (await CollectAsync(server, 0)) is var report ? (report.Environments, report.Layers) : default);
    }

    [Fact]
    public async Task What_somebody_was_just_told_is_here_stays_whoever_collects()
    {
        var clock = new MovableClock();
        await using var server = await TestServer.StartAsync(clock, _index.Allowed());
        var one = await MakeAsync(server, "one");
        clock.Advance(TimeSpan.FromHours(2));
        var toml = await server.Client.LockAsync(_index, "one");
        using var answer = await server.Client.BuildAsync(toml);
        Assert.Equal(200, (int)answer.StatusCode);
        // Another process, which knows what is in the database alone.
        var other = new GarbageCollection(server.Get<ServerSettings>(), server.Get<CatalogFactory>(), server.Get<ILayerStorage>(), clock);
        Assert.Equal(0, (await other.RunAsync(0, isDry: false, TestServer.Stop)).Layers);
        Assert.Equal(EnvironmentStatus.Ready, (await server.Client.StatusAsync(one))!.State);

        clock.Advance(TimeSpan.FromHours(2));
        var layers = (await server.Client.StatusAsync(one))!.Layers.Select(layer => layer.Digest).ToList();
        clock.Advance(TimeSpan.FromHours(2));
        using var asked = await server.Client.PostAsJsonAsync(new Uri("v1/layers/missing", UriKind.Relative), new { layers }, TestServer.Stop);
        Assert.Equal("{\"layers\":[]}", await asked.Content.ReadAsStringAsync(TestServer.Stop));
        await other.RunAsync(0, isDry: false, TestServer.Stop);
        foreach (var digest in layers)
            Assert.Equal(200, await GetAsync(server, digest));
    }

    [Fact]
    public async Task Whoever_syncs_while_garbage_is_collected_gets_all_that_it_was_promised()
    {
        var clock = new MovableClock();
        await using var server = await TestServer.StartAsync(clock, _index.Allowed(), "Limits:RequestsPerMinute=1000000");
        var names = new[] { "one", "two", "three" };
        var locks = new Dictionary<string, string>();
        foreach (var name in names)
        {
            await MakeAsync(server, name);
            locks[name] = await server.Client.LockAsync(_index, name);
        }

        var (removed, promised) = (0, 0);
        for (var round = 0; round < 6; round++)
        {
            clock.Advance(TimeSpan.FromHours(2));
            var collecting = Task.Run(async () => removed += (await CollectAsync(server, 0)).Environments);
            await Task.WhenAll(names.Take(1 + (round % 3)).Select(async name =>
            {
                using var asked = await server.Client.BuildAsync(locks[name]);
                var status = await server.Client.UntilAsync(await asked.KeyAsync(), EnvironmentStatus.Ready, EnvironmentStatus.Failed);
                Assert.Equal(EnvironmentStatus.Ready, status.State);
                foreach (var layer in status.Layers)
                    Assert.Equal(200, await GetAsync(server, layer.Digest));
                Interlocked.Increment(ref promised);
            }));
            await collecting;
        }

        Assert.Equal(12, promised);
        Assert.NotEqual(0, removed);
    }

    [Fact]
    public async Task What_interrupted_writes_left_goes_when_it_is_old()
    {
        await using var server = await TestServer.StartAsync(_index.Allowed());
        await MakeAsync(server, "three");
        var folder = server.Get<ServerSettings>().LayersFolder;
        var (orphan, young) = (Path.Combine(folder, "aa", new string('a', 64) + ".tar.zst"), Path.Combine(folder, "bb", new string('b', 64) + ".tar.zst"));
        var unfinished = Path.Combine(folder, "aa", "x.tar.zst.1.tmp");
        foreach (var path in new[] { orphan, young, unfinished })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllTextAsync(path, "no layer", TestServer.Stop);
        }

        File.SetLastWriteTimeUtc(orphan, DateTime.UtcNow.AddHours(-2));
        File.SetLastWriteTimeUtc(unfinished, DateTime.UtcNow.AddHours(-2));
        var report = await CollectAsync(server, long.MaxValue);

        Assert.Equal((2, false, true, false), (report.Leftovers, File.Exists(orphan), File.Exists(young), File.Exists(unfinished)));
    }

    [Fact]
    public async Task A_caller_that_has_had_its_solves_or_builds_waits_until_tomorrow()
    {
        await using var server = await TestServer.StartAsync(_index.Allowed(), "Quotas:BuildsADay=1");
        var (_, text) = await server.Get<TokenStore>().MakeAsync("ci", AccessScopes.Resolve | AccessScopes.Build, new(2, null, null), TestServer.Stop);
        server.Client.DefaultRequestHeaders.Authorization = new("Bearer", text);
        var (one, two) = (await server.Client.LockAsync(_index, "one"), await server.Client.LockAsync(_index, "two"));
        Assert.Equal(one, await server.Client.LockAsync(_index, "one"));

        using var third = await server.AskAsync(_index.Manifest("three"));
        var problem = await TestServer.ProblemAsync(third);
        Assert.Equal((429, ServerProblemTypes.Bound), (problem.Status, problem.Type));
        Assert.InRange(third.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1));

        using var first = await server.Client.BuildAsync(one);
        await server.Client.UntilAsync(await first.KeyAsync(), EnvironmentStatus.Ready);
        using var again = await server.Client.BuildAsync(one);
        Assert.Equal(200, (int)again.StatusCode);
        using var second = await server.Client.BuildAsync(two);
        Assert.Equal(429, (await TestServer.ProblemAsync(second)).Status);

        // Others have bounds of their own.
        server.Client.DefaultRequestHeaders.Authorization = null;
        using var other = await server.AskAsync(_index.Manifest("three"));
        Assert.Equal(200, (int)other.StatusCode);
    }

    [Fact]
    public async Task A_caller_for_whom_enough_is_kept_may_not_send_more()
    {
        await using var server = await TestServer.StartAsync(_index.Allowed());
        var (_, text) = await server.Get<TokenStore>().MakeAsync("ci", AccessScopes.Push, new(null, null, 1000), TestServer.Stop);
        server.Client.DefaultRequestHeaders.Authorization = new("Bearer", text);
        Assert.Equal(201, await PutAsync(server, new byte[900]));
        Assert.Equal(429, await PutAsync(server, new byte[901]));
    }

    [Fact]
    public async Task Damage_is_found_and_taken_out_so_that_it_is_made_again()
    {
        await using var server = await TestServer.StartAsync(_index.Allowed());
        var (one, three) = (await MakeAsync(server, "one"), await MakeAsync(server, "three"));
        var verification = new Verification(server.Get<CatalogFactory>(), server.Get<ILayerStorage>());
        Assert.Empty(await verification.RunAsync(repairs: false, TestServer.Stop));
        var layer = Sha256Digest.Parse((await server.Client.StatusAsync(three))!.Layers[0].Digest["sha256:".Length..]);
        var path = Path.Combine(server.Get<ServerSettings>().LayersFolder, Environments.LayerFolder.PlaceOf(layer));
        await File.WriteAllTextAsync(path, "spoilt", TestServer.Stop);

        var found = await verification.RunAsync(repairs: true, TestServer.Stop);
        Assert.Equal([$"layer sha256:{layer}", $"environment {three}"], found.Select(damage => damage.What));
        Assert.Empty(await verification.RunAsync(repairs: false, TestServer.Stop));
        Assert.Equal(three, await MakeAsync(server, "three"));
        Assert.Equal(EnvironmentStatus.Ready, (await server.Client.StatusAsync(one))!.State);
    }

    public async ValueTask DisposeAsync() => await _index.DisposeAsync();

    private static async Task<int> GetAsync(TestServer server, string digest)
    {
        using var answer = await server.Client.GetAsync(new Uri($"v1/layers/{digest}", UriKind.Relative), TestServer.Stop);
        return (int)answer.StatusCode;
    }

    private static async Task<int> PutAsync(TestServer server, byte[] archive)
    {
        using var body = new ByteArrayContent(archive);
        using var answer = await server.Client.PutAsync(new Uri($"v1/layers/sha256:{Sha256Digest.Of(archive)}", UriKind.Relative), body, TestServer.Stop);
        return (int)answer.StatusCode;
    }
}
