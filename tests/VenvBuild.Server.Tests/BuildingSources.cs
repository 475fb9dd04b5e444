using System.Diagnostics;
using System.Net;
using VenvBuild.Environments;
using VenvBuild.Packaging;
using VenvBuild.Remote;
using VenvBuild.Testing;

namespace VenvBuild.Server.Tests;

/// <summary>Sdists are built on the server where it is set up for that, sealed, and refused where not.</summary>
public sealed class BuildingSources : IAsyncDisposable
{
    private readonly LoopbackIndex _index = new();

    private Task<TestServer> StartAsync(params string[] settings) => TestServer.StartAsync([_index.Allowed(), "Builds:Rest=00:00:00", .. settings]);

    private string Manifest(string name) => $"requirements: [{name}]\nplatforms: [linux-x64]\nsdists: allow\nindexes: [{{name: corp, url: \"{_index.Simple}\"}}]\n";

    private LoopbackFile Add(string name, string body)
    {
        var maker = new SdistMaker(name).Builds(body);
        return _index.Add(new LoopbackFile(name, maker.FileName, maker.ToBytes()));
    }

    [Fact]
    public async Task A_server_that_builds_none_says_so_with_a_code_and_what_to_do()
    {
        Add("made", "module = ''");
        await using var off = await StartAsync();
        using var solve = await off.AskAsync(Manifest("made"));
        var problem = await TestServer.ProblemAsync(solve);
        Assert.Equal((422, ServerProblemTypes.NotBuilt), (problem.Status, problem.Type));
        var diagnostic = Assert.Single(problem.Diagnostics);
        Assert.Equal(ServerCodes.Sources, diagnostic.Code);
        Assert.Contains("Builds:Sdists is off", diagnostic.Message, StringComparison.Ordinal);
        Assert.NotNull(diagnostic.Remedy);

        await RequireAsync();
        await using var on = await StartAsync("Builds:Sdists=sandbox");
        var toml = await LockAsync(on, "made");
        using var build = await off.Client.BuildAsync(toml);
        problem = await TestServer.ProblemAsync(build);
        Assert.Equal((422, ServerProblemTypes.NotBuilt, ServerCodes.Sources), (problem.Status, problem.Type, Assert.Single(problem.Diagnostics).Code));
    }

    [Fact]
    public async Task An_sdist_is_built_once_and_its_environment_says_of_what_with_what_and_where()
    {
        var python = await RequireAsync();
        var sdist = Add("made", "module = 'answer = 42'");
        await using var server = await StartAsync("Builds:Sdists=sandbox");
        var toml = await LockAsync(server, "made");
        using var asked = await server.Client.BuildAsync(toml, python: python);
        var build = asked.Headers.Location!.OriginalString.Split('/')[^1];
        var ready = await server.Client.UntilAsync(build, EnvironmentStatus.Ready, EnvironmentStatus.Failed);

        Assert.Equal((EnvironmentStatus.Ready, null), (ready.State, ready.Reason));
        Assert.NotEqual(build, ready.Key);
        var manifest = EnvironmentManifest.Read(System.Text.Encoding.UTF8.GetBytes(ready.Manifest!), "the server");
        var built = Assert.Single(manifest.Provenance!.Built);
        Assert.Equal(("made-1.0-py3-none-any.whl", "made-1.0.tar.gz"), (built.Wheel, built.Source));
        Assert.Equal(sdist.Sha256, built.SourceSha256.ToString());
        Assert.Contains("cpython 3.", built.Machine, StringComparison.Ordinal);
        Assert.Contains(await server.Client.EventsAsync(build), item => item.Text == "building made");

        using var again = await server.Client.BuildAsync(toml, python: python);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.Equal(ready.Manifest, (await again.StatusAsync()).Manifest);
        Assert.Single(await server.Client.EventsAsync(build), item => item.Text == "building made");
        Assert.Equal(ready.Key, (await server.Client.StatusAsync(ready.Key))!.Key);
    }

    [Fact]
    public async Task A_build_that_fails_or_never_ends_or_is_cancelled_is_told_with_its_last_words_and_leaves_no_process()
    {
        var python = await RequireAsync();
        Add("broken", "raise RuntimeError('no compiler is here')");
        Add("endless", "import subprocess; print('sleeps', flush=True); subprocess.run(['sleep', '98765'])");
        await using var server = await StartAsync("Builds:Sdists=sandbox", "Builds:SdistTime=00:00:03", "Builds:Attempts=1");
        var failed = await EndAsync(server, "broken", python);
        Assert.Contains("no compiler is here", failed.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain(server.Get<ServerSettings>().Data, failed.Reason, StringComparison.Ordinal);
        Assert.Contains("longer than 3 seconds", (await EndAsync(server, "endless", python)).Reason, StringComparison.Ordinal);

        await using var patient = await StartAsync("Builds:Sdists=sandbox");
        using var asked = await patient.Client.BuildAsync(await LockAsync(patient, "endless"), python: python);
        var build = asked.Headers.Location!.OriginalString.Split('/')[^1];
        while (!(await patient.Get<BuildStore>().ReadLinesAsync(build, 0, 1000, TestServer.Stop)).Any(line => line.Text == "sleeps"))
            await Task.Delay(50, TestServer.Stop);
        using var cancelled = await patient.Client.PostAsync(new Uri($"v1/environments/{build}/cancel", UriKind.Relative), null, TestServer.Stop);
        Assert.Equal(HttpStatusCode.OK, cancelled.StatusCode);
        while (Directory.EnumerateDirectories("/proc").Any(IsSleeping))
            await Task.Delay(50, TestServer.Stop);
    }

    [Fact]
    public async Task A_server_that_is_to_build_and_has_no_sandbox_does_not_start()
    {
        using var empty = new TestFolder();
        var host = Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator).Select(folder => Path.Combine(folder, "dotnet")).First(File.Exists);
        var start = new ProcessStartInfo(host) { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (var argument in new[] { Path.Combine(AppContext.BaseDirectory, "VenvBuild.Server.dll"), "--VenvBuild:Builds:Sdists=sandbox", $"--VenvBuild:Data={empty.Path}", "--urls=http://127.0.0.1:0" })
            start.ArgumentList.Add(argument);
        start.Environment["PATH"] = empty.Path;
        using var process = Process.Start(start)!;
        var output = await process.StandardError.ReadToEndAsync(TestServer.Stop);
        await process.WaitForExitAsync(TestServer.Stop);

        Assert.Equal(2, process.ExitCode);
        Assert.Contains("Builds:Sdists", output, StringComparison.Ordinal);
        Assert.Contains("bubblewrap", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_build_that_no_worker_can_make_waits_and_says_for_what()
    {
        await RequireAsync();
        Add("made", "module = ''");
        await using var server = await StartAsync("Builds:Sdists=sandbox");
        var toml = (await LockAsync(server, "made")).Replace("linux-x64", "linux-arm64", StringComparison.Ordinal).Replace("x86_64", "aarch64", StringComparison.Ordinal);
        using var asked = await server.Client.BuildAsync(toml, platform: "linux-arm64");
        Assert.Contains("a worker on linux-arm64 that builds sdists with Python 3.11", (await asked.StatusAsync()).Reason, StringComparison.Ordinal);
    }

    /// <summary>In CI a legacy one, one in C, one of flit and one of poetry; by VENVBUILD_WORKLOADS all of the slice that any Python builds.</summary>
    [Fact]
    public async Task Real_sdists_are_built_by_the_process_with_what_an_index_has()
    {
        var python = await RequireAsync();
        var files = Path.Combine(Require.Slice(), "files");
        await using var slice = await SliceServer.StartAsync();
        using var folder = new TestFolder();
        await using var server = await ServerProcess.StartAsync(folder.Path, $"Indexes:Allowed:0={slice.Simple}", "Builds:Sdists=sandbox");
        string[] names = ["docopt-0.6.2", "markupsafe-3.0.3", "tomli-2.2.1", "rich-13.9.4"];
        if (Environment.GetEnvironmentVariable("VENVBUILD_WORKLOADS") == "all")
            names = [.. names, "termcolor-1.1.0", "idna-3.10", "pluggy-1.6.0"];
        foreach (var name in names)
        {
            var (package, version) = (name[..name.LastIndexOf('-')], name[(name.LastIndexOf('-') + 1)..]);
            var digest = Sha256Digest.Of(await File.ReadAllBytesAsync(Path.Combine(files, $"{name}.tar.gz"), TestServer.Stop));
            var toml = $$"""
                lock-version = "1.0"
                created-by = "test"

                [[packages]]
                name = "{{package}}"
                version = "{{version}}"
                index = "{{slice.Simple}}"

                [packages.sdist]
                name = "{{name}}.tar.gz"
                url = "{{new Uri(slice.Simple, "../elsewhere")}}"
                hashes = {sha256 = "{{digest}}"}
                """;
            using var asked = await server.Client.BuildAsync(toml, python: python);
            var ready = await server.Client.UntilAsync(asked.Headers.Location!.OriginalString.Split('/')[^1], EnvironmentStatus.Ready, EnvironmentStatus.Failed);
            Assert.True(ready.State == EnvironmentStatus.Ready, $"{name}: {ready.Reason}");
            var built = Assert.Single(EnvironmentManifest.Read(System.Text.Encoding.UTF8.GetBytes(ready.Manifest!), "the server").Provenance!.Built);
            Assert.Equal(digest, built.SourceSha256);
            Assert.NotEmpty(built.Requirements);
            Assert.Equal(package == "markupsafe", !built.Wheel.EndsWith("-any.whl", StringComparison.Ordinal));
        }
    }

    /// <summary>The minor of a Python that sdists can be built with here.</summary>
    private static async Task<string> RequireAsync()
    {
        Require.That(await WheelBuilder.CanSealAsync(TestServer.Stop), "bubblewrap or unshare with user namespaces");
        return await CheckingEnvironments.RequireAsync();
    }

    private async Task<string> LockAsync(TestServer server, string name)
    {
        using var answer = await server.AskAsync(Manifest(name));
        var text = await answer.Content.ReadAsStringAsync(TestServer.Stop);
        Assert.True(answer.IsSuccessStatusCode, text);
        return text;
    }

    private async Task<EnvironmentStatus> EndAsync(TestServer server, string name, string python)
    {
        using var asked = await server.Client.BuildAsync(await LockAsync(server, name), python: python);
        return await server.Client.UntilAsync(asked.Headers.Location!.OriginalString.Split('/')[^1], EnvironmentStatus.Ready, EnvironmentStatus.Failed);
    }

    private static bool IsSleeping(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline")).Contains("sleep\098765", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    public ValueTask DisposeAsync() => _index.DisposeAsync();
}
