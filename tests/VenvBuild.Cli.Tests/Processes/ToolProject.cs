using System.Diagnostics;
using System.Globalization;
using VenvBuild.Testing;

namespace VenvBuild.Cli.Tests;

/// <summary>
/// A project in a folder of its own, an index on loopback and a cache, and the tool as it was built, run as a process: what a person at a
/// terminal meets.
/// </summary>
internal sealed class ToolProject : IAsyncDisposable
{
    private readonly TestFolder _folder = new();

    public ToolProject() => Directory.CreateDirectory(Folder);

    /// <summary>The index that manifests of this project name.</summary>
    public LoopbackIndex Index { get; } = new();

    /// <summary>The project's folder.</summary>
    public string Folder => _folder.File("project");

    /// <summary>The cache's folder.</summary>
    public string Cache => _folder.File("cache");

    /// <summary>Variables of the process besides the usual ones; null takes one away.</summary>
    public Dictionary<string, string?> Variables { get; } = new(StringComparer.Ordinal);

    /// <summary>A program with arguments that starts the tool, such as one that takes rights away.</summary>
    public IReadOnlyList<string> Launcher { get; set; } = [];

    /// <summary>The tool with the program that runs it.</summary>
    public static IReadOnlyList<string> Tool { get; } =
        [Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", Path.Combine(AppContext.BaseDirectory, "dotnet-pyenv.dll")];

    /// <summary>A path in the project.</summary>
    public string At(params string[] parts) => Path.Combine([Folder, .. parts]);

    /// <summary>A path beside the project.</summary>
    public string Beside(params string[] parts) => _folder.File(parts);

    /// <summary>Writes the manifest: these requests, from this project's index.</summary>
    public void Ask(string requirements, string more = "") =>
        File.WriteAllText(At("pyenv.yaml"), $"requirements: [{requirements}]\nindexes: [{{name: loopback, url: \"{Index.Simple}\"}}]\n{more}");

    /// <summary>Offers a wheel with a module of the distribution's name, for any Python.</summary>
    public LoopbackFile Offer(string name, string version = "1.0", int modules = 1)
    {
        var wheel = new WheelMaker(name, version).Module(name);
        for (var i = 1; i < modules; i++)
            wheel.File(string.Create(CultureInfo.InvariantCulture, $"{name}/m{i}.py"), "");
        return Index.Add(new(name, wheel.FileName, wheel.ToArray()));
    }

    /// <summary>An environment with the distribution <c>demo</c> 1.0, and its lock: what is there before things go wrong.</summary>
    public async Task<string> PrepareAsync()
    {
        Offer("demo");
        Ask("demo");
        var run = await RunAsync("sync");
        Assert.True(run.ExitCode == 0, run.Error);
        return FolderContent.Of(Folder);
    }

    /// <summary>Runs the environment's Python, and answers what it says; nothing when all went well and nothing was printed.</summary>
    public async Task<string> PythonAsync(string program)
    {
        var start = new ProcessStartInfo(OperatingSystem.IsWindows() ? At(".venv", "Scripts", "python.exe") : At(".venv", "bin", "python"), ["-I", "-c", program])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var run = await FinishAsync(process);
        return (run.Output + run.Error).Trim();
    }

    /// <summary>Runs the tool in the project's folder to its end.</summary>
    public async Task<Run> RunAsync(params string[] arguments)
    {
        using var process = Start(arguments);
        return await FinishAsync(process);
    }

    /// <summary>Starts the tool in the project's folder.</summary>
    public Process Start(params string[] arguments)
    {
        string[] command = [.. Launcher, .. Tool, .. arguments];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = Folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["VENVBUILD_CACHE"] = Cache;
        // A workflow that runs these tests is not the one that they play.
        foreach (var variable in (string[])["GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "GITHUB_WORKSPACE"])
            start.Environment.Remove(variable);
        start.Environment["NETRC"] = Beside("no-netrc");
        start.Environment["VENVBUILD_PYTHON_MIRROR"] = new Uri(Index.Root, "pythons/").AbsoluteUri;
        foreach (var (name, value) in Variables)
        {
            if (value is null)
                start.Environment.Remove(name);
            else
                start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    /// <summary>Waits for the end of a process that <see cref="Start"/> began.</summary>
    public static async Task<Run> FinishAsync(Process process)
    {
        var stop = TestContext.Current.CancellationToken;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(stop);
            var error = process.StandardError.ReadToEndAsync(stop);
            await process.WaitForExitAsync(stop);
            return new(process.ExitCode, await output, await error);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    /// <summary>Waits for the end of a process whose output does not matter.</summary>
    public static async Task<int> ExitCodeAsync(Process process)
    {
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        await Index.DisposeAsync();
        _folder.Dispose();
    }
}
