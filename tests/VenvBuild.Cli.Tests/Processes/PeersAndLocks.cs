using System.Diagnostics;
using VenvBuild.Testing;

namespace VenvBuild.Cli.Tests;

/// <summary>
/// Locks as pip and uv read them: they install what <c>sync</c> installs. The recorded slice of PyPI has the files for Linux and Python
/// 3.11. <c>VENVBUILD_WORKLOADS=all</c> has pip install the long ones, too.
/// </summary>
public sealed class PeersAndLocks(PeersAndLocks.Slice slice) : IClassFixture<PeersAndLocks.Slice>
{
    private static readonly CancellationToken Stop = TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Workloads => new()
    {
        { "seed", "" },
        { "flask", "" },
        { "fastapi", "" },
        { "black", "" },
        { "jupyter", "" },
        { "seed", "groups: {web: [flask], forms: [black, {include: web}], unused: [pandas]}\ndefault-groups: [forms]\n" },
    };

    [Theory]
    [MemberData(nameof(Workloads))]
    public async Task Install_what_sync_installs_and_the_lock_is_proven(string workload, string more)
    {
        await using var project = new ToolProject();
        project.Variables["VENVBUILD_CACHE"] = slice.Beside("cache");
        var requests = (await File.ReadAllLinesAsync(Path.Combine(Require.Slice(), "workloads", workload + ".in"), Stop))
            .Select(line => line.Split('#')[0].Trim()).Where(line => line.Length > 0);
        await File.WriteAllTextAsync(
            project.At("pyenv.yaml"),
            $"""
            python: ">=3.11"
            platforms: [linux-x64, win-x64, osx-arm64]
            indexes: [{"{"}name: slice, url: "{slice.Index}"{"}"}]
            requirements: [{string.Join(", ", requests.Select(request => $"'{request.Replace("'", "''", StringComparison.Ordinal)}'"))}]
            {more}
            """,
            Stop);
        Succeeded(await project.RunAsync("lock"));
        Succeeded(await project.RunAsync("verify"));
        Succeeded(await project.RunAsync("verify", "--offline"));
        var sync = await project.RunAsync("sync", "--python", "3.11");
        Require.That(sync.ExitCode == 0 || !sync.Error.Contains("PYENV15", StringComparison.Ordinal), "a CPython 3.11, for which the slice has wheels");
        Succeeded(sync);
        var ours = Distributions(project.At(".venv"));
        Assert.NotEmpty(ours);

        var python = await slice.MakeEnvironmentAsync(project, "uv");
        await slice.RunAsync(slice.Peers.Uv, "pip", "sync", "--python", python, project.At("pylock.toml"));
        Assert.Equal(ours, Distributions(project.Beside("uv")));

        // pip takes half a minute for a hundred wheels.
        if (workload == "jupyter" && Environment.GetEnvironmentVariable("VENVBUILD_WORKLOADS") != "all")
            return;
        python = await slice.MakeEnvironmentAsync(project, "pip");
        await slice.RunAsync(python, slice.Peers.Pip, "install", "--isolated", "--quiet", "--no-compile", "--cache-dir", slice.Beside("pip-cache"), "-r", project.At("pylock.toml"));
        Assert.Equal(ours, Distributions(project.Beside("pip")));
    }

    [Theory]
    [InlineData("requirements", "requirements.txt")]
    [InlineData("requirements", "requirements.txt", "--platform", "linux-x64", "--python", "3.11")]
    [InlineData("pylock", "pylock.part.toml", "--platform", "linux-x64", "--python", "3.11")]
    public async Task Install_from_an_export_what_sync_installs(string format, string file, params string[] options)
    {
        await using var project = new ToolProject();
        project.Variables["VENVBUILD_CACHE"] = slice.Beside("cache");
        await File.WriteAllTextAsync(
            project.At("pyenv.yaml"), $"python: '>=3.11'\nplatforms: [linux-x64, win-x64]\nindexes: [{{name: slice, url: '{slice.Index}'}}]\nrequirements: [flask]\ngroups: {{unused: [pandas]}}\n", Stop);
        Succeeded(await project.RunAsync("lock"));
        var sync = await project.RunAsync("sync", "--python", "3.11");
        Require.That(sync.ExitCode == 0 || !sync.Error.Contains("PYENV15", StringComparison.Ordinal), "a CPython 3.11, for which the slice has wheels");
        Succeeded(sync);
        Succeeded(await project.RunAsync(["export", "--format", format, "-o", file, .. options]));
        var ours = Distributions(project.At(".venv"));
        string[] hashed = format == "requirements" ? ["--require-hashes"] : [];

        var python = await slice.MakeEnvironmentAsync(project, "uv");
        await slice.RunAsync(slice.Peers.Uv, ["pip", "install", "--python", python, .. hashed, "-r", project.At(file)]);
        Assert.Equal(ours, Distributions(project.Beside("uv")));

        python = await slice.MakeEnvironmentAsync(project, "pip");
        await slice.RunAsync(
            python, [slice.Peers.Pip, "install", "--isolated", "--quiet", "--no-compile", "--cache-dir", slice.Beside("pip-cache"), .. hashed, "-r", project.At(file)]);
        Assert.Equal(ours, Distributions(project.Beside("pip")));
    }

    private static void Succeeded(Run run) => Assert.True(run.ExitCode == 0, run.Output + run.Error);

    private static List<string> Distributions(string environment) =>
    [
        .. Directory.EnumerateDirectories(Path.Combine(environment, "lib", "python3.11", "site-packages"), "*.dist-info")
            .Select(folder => Path.GetFileNameWithoutExtension(folder)!.Replace('-', ' ')).Order(StringComparer.Ordinal),
    ];

    /// <summary>One server of the slice, one cache and the peers, for all of these tests.</summary>
    public sealed class Slice : IAsyncLifetime
    {
        private readonly TestFolder _folder = new();
        private SliceServer? _server;
        private SlicePeers? _peers;

        public Uri Index => _server!.Simple;

        public SlicePeers Peers => _peers!;

        public async ValueTask InitializeAsync()
        {
            _server = await SliceServer.StartAsync();
            _peers = await SlicePeers.UnpackAsync(_folder.File("peers"), Stop);
        }

        public string Beside(string name) => _folder.File(name);

        /// <summary>An environment with nothing in it, by the Python of the one that the tool made.</summary>
        internal async Task<string> MakeEnvironmentAsync(ToolProject project, string name)
        {
            await RunAsync(project.At(".venv", "bin", "python"), "-m", "venv", "--without-pip", project.Beside(name));
            return Path.Combine(project.Beside(name), "bin", "python");
        }

        public async Task RunAsync(string program, params string[] arguments)
        {
            var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
            foreach (var (variable, value) in SlicePeers.Environment)
            {
                if (value is null)
                    start.Environment.Remove(variable);
                else
                    start.Environment[variable] = value;
            }

            start.Environment["UV_CACHE_DIR"] = Beside("uv-cache");
            using var process = Process.Start(start)!;
            var run = await ToolProject.FinishAsync(process);
            Assert.True(run.ExitCode == 0, $"{program} {string.Join(' ', arguments)}\n{run.Output}{run.Error}");
        }

        public async ValueTask DisposeAsync()
        {
            if (_server is not null)
                await _server.DisposeAsync();
            _folder.Dispose();
        }
    }
}
