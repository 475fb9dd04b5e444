using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using VenvBuild.Server;
using VenvBuild.Server.Tests;
using VenvBuild.Testing;

namespace VenvBuild.Load;

/// <summary>A large layer, sent and fetched, beside reading the file that it is in; what the server holds meanwhile.</summary>
internal static class LayersLoad
{
    public static async Task RunAsync(LoadOptions options, CancellationToken cancellationToken)
    {
        using var folder = new TestFolder();
        var data = folder.File("data");
        var said = new StringWriter();
        await ServerProgram.RunAsync(["token", "new", "load", "--scopes=push", $"--VenvBuild:Data={data}"], said, Console.Error, cancellationToken);
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        await using var server = await ServerProcess.StartAsync(data, "Limits:RequestsPerMinute=2000000000");
        server.Client.Timeout = Timeout.InfiniteTimeSpan;
        server.Client.DefaultRequestHeaders.Authorization = new("Bearer", said.ToString().Split('\n')[0].Trim());

        // Half of it can be packed, as of real files.
        var archive = folder.File("archive");
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using (var file = File.Create(archive))
        {
            var random = new Random(1);
            var block = new byte[1 << 20];
            for (var i = 0; i < options.Megabytes; i++)
            {
                random.NextBytes(block.AsSpan(0, block.Length / 2));
                hash.AppendData(block);
                await file.WriteAsync(block, cancellationToken);
            }
        }

        var digest = Convert.ToHexStringLower(hash.GetHashAndReset());
        var begin = Stopwatch.GetTimestamp();
        await using (var file = File.OpenRead(archive))
        {
            using var body = new StreamContent(file) { Headers = { ContentType = new MediaTypeHeaderValue("application/x-tar") } };
            (await server.Client.PutAsync(new Uri($"v1/layers/sha256:{digest}", UriKind.Relative), body, cancellationToken)).EnsureSuccessStatusCode().Dispose();
        }

        var sent = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        var stored = new FileInfo(Directory.GetFiles(Path.Combine(data, "layers"), "*.zst", SearchOption.AllDirectories).Single());
        Console.WriteLine("| what | MiB | seconds | MiB/s | server's memory, MiB: before, at most |");
        Console.WriteLine("|---|---|---|---|---|");
        Row("sent, unpacked, verified and packed", options.Megabytes, sent, server);
        for (var round = 0; round < 3; round++)
        {
            begin = Stopwatch.GetTimestamp();
            await using (var file = stored.OpenRead())
                await file.CopyToAsync(Stream.Null, 1 << 20, cancellationToken);
            Row("the packed file read", stored.Length / 1048576d, Stopwatch.GetElapsedTime(begin).TotalSeconds, null);
            await FetchAsync(server, digest, isPacked: true, cancellationToken);
        }

        await FetchAsync(server, digest, isPacked: false, cancellationToken);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => FetchAsync(server, digest, isPacked: true, cancellationToken)));
    }

    private static async Task FetchAsync(ServerProcess server, string digest, bool isPacked, CancellationToken cancellationToken)
    {
        var begin = Stopwatch.GetTimestamp();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"v1/layers/sha256:{digest}", UriKind.Relative));
        if (isPacked)
            request.Headers.AcceptEncoding.Add(new("zstd"));
        using var answer = await server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        await using var stream = await answer.EnsureSuccessStatusCode().Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[1 << 20];
        long length = 0;
        while (await stream.ReadAsync(buffer, cancellationToken) is > 0 and var read)
            length += read;
        Row(isPacked ? "fetched, packed" : "fetched, unpacked", length / 1048576d, Stopwatch.GetElapsedTime(begin).TotalSeconds, server);
    }

    private static void Row(string what, double megabytes, double seconds, ServerProcess? server) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"| {what} | {megabytes:F0} | {seconds:F2} | {megabytes / seconds:F0} | {(server is null ? "" : $"{Figures.MemoryOf(server.Id):F0}, {Figures.MemoryOf(server.Id, isPeak: true):F0}")} |"));
}
