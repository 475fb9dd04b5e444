using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using VenvBuild.Testing;

namespace VenvBuild.Server.Tests;

/// <summary>nginx on loopback, with a configuration of <c>examples/Server</c> whose places are this test's own.</summary>
internal sealed class NginxServer : IAsyncDisposable
{
    private readonly TestFolder _folder;
    private readonly Process _process;

    private NginxServer(TestFolder folder, Process process, int port)
    {
        (_folder, _process) = (folder, process);
        Root = new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));
        Client = new() { BaseAddress = Root };
    }

    public Uri Root { get; }

    public HttpClient Client { get; }

    /// <summary>The access log so far, a line for each answer.</summary>
    public IReadOnlyList<string[]> Log => [.. File.ReadAllLines(_folder.File("access.log")).Select(line => line.Split(' '))];

    /// <summary>Starts one; skips the test where nginx is missing. Each of the places must be in the configuration.</summary>
    public static async Task<NginxServer> StartAsync(string example, params (string There, string Here)[] places)
    {
        Require.That(Find() is not null, "nginx");
        var folder = new TestFolder();
        var port = FreePort();
        var text = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "examples", "Server", example), TestServer.Stop);
        foreach (var (there, here) in places.Concat(
        [
            ("listen 8080;", string.Create(CultureInfo.InvariantCulture, $"listen 127.0.0.1:{port};")),
            ("/dev/stdout", folder.File("access.log")),
            ("/var/run/nginx.pid", folder.File("nginx.pid")),
            ("http {", $"http {{ {string.Concat(new[] { "client_body", "proxy", "fastcgi", "uwsgi", "scgi" }.Select(name => $"{name}_temp_path {folder.File(name)}; "))}"),
        ]))
        {
            Assert.Contains(there, text, StringComparison.Ordinal);
            text = text.Replace(there, here, StringComparison.Ordinal);
        }

        text = text.Replace("/var/cache/nginx", folder.File("cache"), StringComparison.Ordinal).Replace("worker_processes auto;", "worker_processes 1;", StringComparison.Ordinal);
        Directory.CreateDirectory(folder.File("cache"));
        var start = new ProcessStartInfo(Find()!) { RedirectStandardError = true };
        // Its workers would not be this user's otherwise, who owns the folder.
        foreach (var word in new[] { "-p", folder.Path, "-e", "stderr", "-c", folder.Write("nginx.conf", text), "-g", Environment.IsPrivilegedProcess ? "daemon off; user root;" : "daemon off;" })
            start.ArgumentList.Add(word);
        var process = Process.Start(start)!;
        var said = process.StandardError.ReadToEndAsync(CancellationToken.None);
        var server = new NginxServer(folder, process, port);
        while (true)
        {
            try
            {
                using var answer = await server.Client.GetAsync(new Uri("starts", UriKind.Relative), TestServer.Stop);
                return server;
            }
            catch (HttpRequestException) when (!process.HasExited)
            {
                await Task.Delay(50, TestServer.Stop);
            }
            catch (HttpRequestException)
            {
                await server.DisposeAsync();
                throw new InvalidOperationException($"nginx ended: {await said}");
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        _folder.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string? Find() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Append("/usr/sbin")
        .Select(folder => Path.Combine(folder, "nginx")).FirstOrDefault(File.Exists);
}
