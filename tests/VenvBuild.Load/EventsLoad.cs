using System.Diagnostics;
using System.Globalization;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using VenvBuild.Remote;
using VenvBuild.Server.Tests;
using VenvBuild.Testing;

namespace VenvBuild.Load;

/// <summary>Many who follow one build: each hears of its beginning and of its end.</summary>
internal static class EventsLoad
{
    public static async Task RunAsync(LoadOptions options, CancellationToken cancellationToken)
    {
        var wheel = new WheelMaker("thing", "1.0").Module("thing");
        await using var index = new LoopbackIndex();
        var file = index.Add(new("thing", wheel.FileName, wheel.ToArray()));
        using var folder = new TestFolder();
        await using var server = await ServerProcess.StartAsync(folder.File("data"), $"Indexes:Allowed:0={index.Simple}", "Limits:RequestsPerMinute=2000000000");
        var manifest = $"requirements: [thing]\nplatforms: [linux-x64]\nindexes: [{{name: corp, url: \"{index.Simple}\"}}]\n";
        var toml = await PostAsync(server, "v1/locks", JsonSerializer.Serialize(new LockRequest { Manifest = manifest, Options = new() }, RemoteJson.Default.LockRequest), cancellationToken);
        // Long enough for all to come.
        index.Latency = TimeSpan.FromSeconds(8);
        var asked = new EnvironmentRequest { Lock = toml, Target = new() { Platform = "linux-x64", Python = "3.11" } };
        var status = JsonSerializer.Deserialize(await PostAsync(server, "v1/environments", JsonSerializer.Serialize(asked, RemoteJson.Default.EnvironmentRequest), cancellationToken), RemoteJson.Default.EnvironmentStatus)!;
        _ = file;

        using var handler = new SocketsHttpHandler { MaxConnectionsPerServer = int.MaxValue };
        using var client = new HttpClient(handler) { BaseAddress = server.Client.BaseAddress, Timeout = Timeout.InfiniteTimeSpan };
        var before = Figures.MemoryOf(server.Id);
        var cpu = server.ProcessorTime;
        var begin = Stopwatch.GetTimestamp();
        var (first, last, ended) = (new List<double>(), new List<double>(), 0);
        var readers = Enumerable.Range(0, options.Readers).Select(async _ =>
        {
            using var answer = await client.GetAsync(new Uri($"v1/environments/{status.Key}/events", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            await using var stream = await answer.EnsureSuccessStatusCode().Content.ReadAsStreamAsync(cancellationToken);
            var events = 0;
            await foreach (var item in SseParser.Create(stream).EnumerateAsync(cancellationToken))
            {
                lock (first)
                {
                    if (events++ == 0)
                        first.Add(Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
                    if (item is { EventType: "state", Data: "\"ready\"" })
                    {
                        ended++;
                        last.Add(Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
                    }
                }
            }
        }).ToList();
        await Task.Delay(TimeSpan.FromSeconds(5), cancellationToken);
        var during = Figures.MemoryOf(server.Id);
        await Task.WhenAll(readers);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{options.Readers} readers of one build: {ended} heard 'ready'; first event after p50 {Figures.Median(first):F0} ms, p99 {Figures.Percentile(first, 0.99):F0} ms; 'ready' within {last.Max() - last.Min():F0} ms of each other; server memory {before:F0} -> {during:F0} MiB, processor {(server.ProcessorTime - cpu).TotalSeconds:F1} s in {Stopwatch.GetElapsedTime(begin).TotalSeconds:F1} s"));
    }

    private static async Task<string> PostAsync(ServerProcess server, string path, string json, CancellationToken cancellationToken)
    {
        using var body = new StringContent(json, Encoding.UTF8, "application/json");
        using var answer = await server.Client.PostAsync(new Uri(path, UriKind.Relative), body, cancellationToken);
        return await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync(cancellationToken);
    }
}
