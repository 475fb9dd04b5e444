using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using VenvBuild.Testing;

namespace VenvBuild.Server.Tests;

/// <summary>However many follow a build, the database is asked for one.</summary>
public sealed class FollowingBuilds : IAsyncDisposable
{
    private readonly LoopbackIndex _index = new LoopbackIndex().Add("thing", "1.0");

    /// <summary>A build that somebody works on: the test itself.</summary>
    private async Task<(string Key, string Token)> BeginAsync(TestServer server)
    {
        var (question, _) = await server.QuestionAsync(await server.Client.LockAsync(_index, "thing"));
        // On a slow machine the server's own worker would miss it and take it over.
        await (await server.Get<Quartz.ISchedulerFactory>().GetScheduler(TestServer.Stop)).Standby(TestServer.Stop);
        var key = question.Plan.Key.ToString();
        await server.Get<BuildStore>().AskAsync(question, TestServer.Stop);
        Assert.NotNull(await server.Get<BuildStore>().ClaimAsync(key, "mine", TestServer.Stop));
        return (key, "mine");
    }

    [Fact]
    public async Task A_thousand_readers_of_one_log_cost_the_database_what_one_does()
    {
        const int Readers = 1000;
        const int Lines = 60;
        await using var server = await TestServer.StartAsync(_index.Allowed(), "Limits:RequestsPerMinute=1000000");
        var (key, token) = await BeginAsync(server);
        var builds = server.Get<BuildStore>();
        using var connected = new CountdownEvent(Readers);
        var readers = Enumerable.Range(0, Readers).Select(async _ =>
        {
            using var answer = await server.Client.GetAsync(new Uri($"v1/environments/{key}/events", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, TestServer.Stop);
            connected.Signal();
            return await answer.Content.ReadAsStringAsync(TestServer.Stop);
        }).ToList();
        await Task.Run(() => connected.Wait(TestServer.Stop), TestServer.Stop);
        Assert.Equal(1, server.Get<BuildFeeds>().Count);
        using var counting = new CommandCount(server.Get<ServerSettings>().DatabaseFile);
        for (var number = 1; number <= Lines; number++)
            await builds.LogAsync(key, token, FormattableString.Invariant($"line {number}"), TestServer.Stop);
        await builds.CancelAsync(key, TestServer.Stop);
        var texts = await Task.WhenAll(readers);
        Assert.Single(texts.Distinct());
        Assert.Equal(Lines, texts[0].Split("event: log\n").Length - 1);
        Assert.EndsWith("event: state\ndata: \"cancelled\"\n\n", texts[0], StringComparison.Ordinal);
        // Each line is written, and read once for all; on a slow machine the log is looked at now and then besides.
        Assert.InRange(counting.Commands, Lines, 10 * Lines);
        Assert.Equal(0, server.Get<BuildFeeds>().Count);
    }

    [Fact]
    public async Task Who_comes_late_to_a_long_log_reads_all_of_it_and_who_leaves_is_followed_no_more()
    {
        const int Lines = 2600;
        await using var server = await TestServer.StartAsync(_index.Allowed());
        var (key, token) = await BeginAsync(server);
        await using (var catalog = server.Get<CatalogFactory>().Open())
        {
            catalog.BuildLines.AddRange(Enumerable.Range(0, Lines).Select(number =>
                new BuildLine { BuildKey = key, Sequence = 10 + number, Time = 0, Kind = BuildLine.Log, Text = FormattableString.Invariant($"line {number}") }));
            await catalog.SaveChangesAsync(TestServer.Stop);
        }

        Assert.Equal(5, (await server.Client.EventsAsync(key, limit: 5)).Count);
        while (server.Get<BuildFeeds>().Count > 0)
            await Task.Delay(20, TestServer.Stop);
        var reading = server.Client.EventsAsync(key);
        await server.Get<BuildStore>().LogAsync(key, token, "last", TestServer.Stop);
        await server.Get<BuildStore>().CancelAsync(key, TestServer.Stop);
        var events = await reading;
        Assert.Equal([.. Enumerable.Range(0, Lines).Select(number => FormattableString.Invariant($"line {number}")), "last"], events.Where(item => item.Kind == BuildLine.Log).Select(item => item.Text));
        Assert.Equal(events.Select(item => item.Id).Distinct().Order(), events.Select(item => item.Id));
    }

    [Fact]
    public async Task What_another_process_writes_is_told_here()
    {
        await using var cluster = await PostgresCluster.StartAsync();
        await using var here = await TestServer.StartAsync(_index.Allowed(), $"Postgres={cluster.Connection}", "Role=web");
        await using var there = await TestServer.StartAsync(_index.Allowed(), $"Postgres={cluster.Connection}", "Role=web");
        var (key, token) = await BeginAsync(there);
        var told = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        here.Get<BuildSignals>().Written += written => told.TrySetResult(written);
        // Listening begins in the background.
        while (!told.Task.IsCompleted)
        {
            await there.Get<BuildStore>().LogAsync(key, token, "said there", TestServer.Stop);
            await Task.WhenAny(told.Task, Task.Delay(100, TestServer.Stop));
        }

        Assert.Equal(key, await told.Task);
    }

    public ValueTask DisposeAsync() => _index.DisposeAsync();

    /// <summary>How many commands about logs a database was given since this was made; other tests have databases of their own.</summary>
    private sealed class CommandCount : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
    {
        private readonly List<IDisposable> _subscriptions = [];
        private int _commands;

        private readonly string _file;

        public CommandCount(string file)
        {
            _file = file;
            _subscriptions.Add(DiagnosticListener.AllListeners.Subscribe(this));
        }

        public int Commands => Volatile.Read(ref _commands);

        public void OnNext(DiagnosticListener value)
        {
            if (value.Name == DbLoggerCategory.Name)
                _subscriptions.Add(value.Subscribe(this));
        }

        public void OnNext(KeyValuePair<string, object?> value)
        {
            if (value.Key == RelationalEventId.CommandExecuting.Name && value.Value is CommandEventData data
                && data.Connection.DataSource == _file && data.Command.CommandText.Contains("build_lines", StringComparison.Ordinal))
                Interlocked.Increment(ref _commands);
        }

        public void OnCompleted()
        {
        }

        public void OnError(Exception error)
        {
        }

        public void Dispose() => _subscriptions.ForEach(subscription => subscription.Dispose());
    }
}
