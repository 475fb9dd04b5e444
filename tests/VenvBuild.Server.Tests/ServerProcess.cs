using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace VenvBuild.Server.Tests;

/// <summary>The server as a process of its own, which can be killed and paused.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly TaskCompletionSource<Uri> _root = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ServerProcess(ProcessStartInfo start)
    {
        _process = new() { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.ErrorDataReceived += (_, line) => Take(line.Data);
        _process.Exited += (_, _) => _root.TrySetException(new InvalidOperationException($"The server ended: {Output}"));
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public HttpClient Client { get; private set; } = null!;

    public int Id => _process.Id;

    /// <summary>The processor time that it has used.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>All that it said.</summary>
    public string Output => string.Join('\n', _output);

    /// <summary>Starts a server with a folder and settings of the section, <c>key=value</c>.</summary>
    public static Task<ServerProcess> StartAsync(string data, params string[] settings) =>
        StartAsync(["VenvBuild.Server.dll", .. settings.Append($"Data={data}").Select(setting => $"--VenvBuild:{setting}"), "--urls=http://127.0.0.1:0"]);

    /// <summary>Starts a program of this folder that says where it listens as the server does.</summary>
    public static async Task<ServerProcess> StartAsync(IReadOnlyList<string> command)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, command[0]));
        foreach (var argument in command.Skip(1))
            start.ArgumentList.Add(argument);
        var server = new ServerProcess(start);
        try
        {
            server.Client = new() { BaseAddress = await server._root.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken) };
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends it at once, as a crash would.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Asks it to stop, as a service manager does, and gives its exit code.</summary>
    public async Task<int> StopAsync()
    {
        await SignalAsync("-TERM");
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return _process.ExitCode;
    }

    public Task PauseAsync() => SignalAsync("-STOP");

    public Task ContinueAsync() => SignalAsync("-CONT");

    /// <summary>Waits until it has said something.</summary>
    public async Task SaysAsync(string words)
    {
        while (!_output.Any(line => line.Contains(words, StringComparison.Ordinal)))
            await Task.Delay(50, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await KillAsync();
        Client?.Dispose();
        _process.Dispose();
    }

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [signal, _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    private void Take(string? line)
    {
        if (line is null)
            return;
        _output.Enqueue(line);
        if (line.Trim() is ['s', 'e', 'r', 'v', 'e', 'r', ':', ' ', .. var url] && Uri.TryCreate(url, UriKind.Absolute, out var root))
            _root.TrySetResult(root);
    }
}
