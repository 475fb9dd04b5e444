using System.Globalization;
using System.Text;
using System.Text.Json;
using VenvBuild.Benchmarks;
using VenvBuild.Remote;
using VenvBuild.Server.Tests;
using VenvBuild.Testing;

namespace VenvBuild.Load;

/// <summary>Cached <c>POST /v1/locks</c> beside a bare endpoint of the same bytes, in turn.</summary>
internal static class LocksLoad
{
    private const int Connections = 16;

    public static async Task RunAsync(LoadOptions options, CancellationToken cancellationToken)
    {
        await using var slice = await SliceServer.StartAsync();
        Console.WriteLine("| lock | bytes | bare, requests/s | server, requests/s | ratio (median of pairs) | at 80 %: p50, ms | p99, ms | p99 : p50 |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|");
        foreach (var workload in new[] { "seed", "flask", "jupyter" })
            await CompareAsync(slice, workload, options, cancellationToken);
    }

    private static async Task CompareAsync(SliceServer slice, string workload, LoadOptions options, CancellationToken cancellationToken)
    {
        using var folder = new TestFolder();
        await using var server = await ServerProcess.StartAsync(folder.File("data"), $"Indexes:Allowed:0={slice.Simple}", "Limits:RequestsPerMinute=2000000000", "Indexes:Freshness=1.00:00:00");
        var json = JsonSerializer.Serialize(new LockRequest { Manifest = Manifest(slice, workload), Options = new() }, RemoteJson.Default.LockRequest);
        using var body = new StringContent(json, Encoding.UTF8, "application/json");
        using var answer = await server.Client.PostAsync(new Uri("v1/locks", UriKind.Relative), body, cancellationToken);
        var content = await answer.EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync(cancellationToken);
        await File.WriteAllBytesAsync(folder.File("lock"), content, cancellationToken);
        await using var bare = await ServerProcess.StartAsync(["VenvBuild.Load.dll", "bare", folder.File("lock")]);

        var (ours, theirs) = (Client(server, json), Client(bare, json));
        var seconds = TimeSpan.FromSeconds(options.Seconds);
        await ours.RunAsync(Connections, seconds, null);
        await theirs.RunAsync(Connections, seconds, null);
        var (rates, peers) = (new List<double>(), new List<double>());
        for (var round = 0; round < options.Rounds; round++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (round % 2 == 0)
                rates.Add((await ours.RunAsync(Connections, seconds, null)).Rate);
            peers.Add((await theirs.RunAsync(Connections, seconds, null)).Rate);
            if (round % 2 == 1)
                rates.Add((await ours.RunAsync(Connections, seconds, null)).Rate);
        }

        var (_, times) = await ours.RunAsync(Connections, seconds, Figures.Median(rates) * 0.8);
        var (p50, p99) = (Figures.Median(times), Figures.Percentile(times, 0.99));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {workload} | {content.Length} | {Figures.Median(peers):F0} | {Figures.Median(rates):F0} | {Figures.Median([.. rates.Zip(peers, (one, other) => one / other)]):F2} | {p50:F2} | {p99:F2} | {p99 / p50:F1} |"));
    }

    private static RawClient Client(ServerProcess server, string json) => new(server.Client.BaseAddress!, RawClient.Post(server.Client.BaseAddress!, "/v1/locks", json));

    private static string Manifest(SliceServer slice, string workload)
    {
        var yaml = new StringBuilder($"python: \">=3.11,<3.13\"\nplatforms: [linux-x64]\nindexes: [{{name: slice, url: \"{slice.Simple}\"}}]\nrequirements:\n");
        foreach (var line in File.ReadLines(Path.Combine(Bench.WorkloadFolder, workload + ".in")).Select(line => line.Split('#')[0].Trim()).Where(line => line.Length > 0))
            yaml.Append("- '").Append(line.Replace("'", "''", StringComparison.Ordinal)).Append("'\n");
        return yaml.ToString();
    }
}
