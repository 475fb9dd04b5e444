using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using VenvBuild.Testing;

namespace VenvBuild.Server.Tests;

/// <summary>A PostgreSQL of the test's own, in a temporary folder, on loopback; it ends with this object.</summary>
internal sealed class PostgresCluster : IAsyncDisposable
{
    private readonly TestFolder _folder;
    private readonly ProcessStartInfo _start;
    private Process _process;

    private PostgresCluster(TestFolder folder, ProcessStartInfo start, int port)
    {
        (_folder, _start, _process) = (folder, start, Process.Start(start)!);
        Connection = string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={port};Username=venvbuild;Database=postgres;Timeout=15");
    }

    /// <summary>The connection string.</summary>
    public string Connection { get; }

    /// <summary>Makes and starts one; skips the test where PostgreSQL is not installed.</summary>
    public static async Task<PostgresCluster> StartAsync()
    {
        Require.That(Find("initdb") is not null && Find("postgres") is not null, "PostgreSQL's initdb and postgres");
        var folder = new TestFolder();
        var data = folder.File("data");
        // PostgreSQL refuses to run as root.
        string[] user = Environment.IsPrivilegedProcess && !OperatingSystem.IsWindows() ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"] : [];
        if (user.Length > 0)
        {
            Directory.CreateDirectory(data);
            await RunAsync("chown", "-R", "65534:65534", folder.Path);
        }

        await RunAsync([.. user, Find("initdb")!, "-D", data, "-U", "venvbuild", "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8", "--no-instructions"]);
        var port = FreePort();
        var start = Command([.. user, Find("postgres")!, "-D", data, "-p", port.ToString(CultureInfo.InvariantCulture), "-h", "127.0.0.1", "-k", data, "-F", "-c", "logging_collector=on"]);
        var cluster = new PostgresCluster(folder, start, port);
        if (await cluster.AnswersAsync())
            return cluster;
        await cluster.DisposeAsync();
        throw new InvalidOperationException("PostgreSQL does not answer.");
    }

    /// <summary>Ends it at once, as a crash would, and starts it again on what it had.</summary>
    public async Task RestartAsync()
    {
        await KillAsync();
        await ReturnAsync();
    }

    /// <summary>Ends it at once; <see cref="ReturnAsync"/> brings it back.</summary>
    public async Task KillAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
    }

    /// <summary>Starts it again on what it had.</summary>
    public async Task ReturnAsync()
    {
        _process.Dispose();
        _process = Process.Start(_start)!;
        Assert.True(await AnswersAsync(), "PostgreSQL does not answer any more.");
    }

    private async Task<bool> AnswersAsync()
    {
        for (var attempt = 0; attempt < 300; attempt++)
        {
            try
            {
                await using var connection = new Npgsql.NpgsqlConnection(Connection + ";Pooling=false");
                await connection.OpenAsync(TestContext.Current.CancellationToken);
                return true;
            }
            catch (Npgsql.NpgsqlException)
            {
                await Task.Delay(100, TestContext.Current.CancellationToken);
            }
        }

        return false;
    }

    public async ValueTask DisposeAsync()
    {
        Npgsql.NpgsqlConnection.ClearAllPools();
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Dispose();
    }

    private static async Task RunAsync(params string[] command)
    {
        using var process = Process.Start(Command(command))!;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, $"{command[0]} ended with {process.ExitCode}");
    }

    private static ProcessStartInfo Command(string[] command)
    {
        var start = new ProcessStartInfo(command[0]) { WorkingDirectory = Path.GetTempPath() };
        foreach (var word in command.Skip(1))
            start.ArgumentList.Add(word);
        return start;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>A program of PostgreSQL: on the path, or where Debian keeps it.</summary>
    private static string? Find(string name)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).ToList();
        if (Directory.Exists("/usr/lib/postgresql"))
            folders.AddRange(Directory.GetDirectories("/usr/lib/postgresql").Select(version => Path.Combine(version, "bin")));
        return folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
    }
}
