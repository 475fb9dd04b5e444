using System.Net;
using VenvBuild.Environments;
using VenvBuild.Packaging;
using VenvBuild.Remote;
using VenvBuild.Testing;

namespace VenvBuild.Server.Tests;

/// <summary>Checks run in a sandbox on the server, and what fails is not published.</summary>
public sealed class CheckingEnvironments : IAsyncDisposable
{
    private readonly LoopbackIndex _index = new LoopbackIndex().Add("thing", "1.0");

    private Task<TestServer> StartAsync(string checks = "sandbox") => TestServer.StartAsync([_index.Allowed(), $"Builds:Checks={checks}", "Builds:Rest=00:00:00"]);

    [Fact]
    public async Task Checks_run_before_anything_is_published_and_what_they_say_is_kept()
    {
        var python = await RequireAsync();
        await using var server = await StartAsync();
        var toml = await server.Client.LockAsync(_index, "thing");
        var (checkedBuild, key) = await AskAsync(server, toml, python, "python -c 'import thing; print(\"the answer is\", thing.answer())'", "python -c \"import sys; print(sys.prefix)\"");
        var ready = await server.Client.UntilAsync(checkedBuild, EnvironmentStatus.Ready, EnvironmentStatus.Failed);

        Assert.Equal((EnvironmentStatus.Ready, key), (ready.State, ready.Key));
        Assert.Equal([true, true], ready.Checks.Select(check => check.Passed));
        Assert.Equal("the answer is 42", ready.Checks[0].Output);
        Assert.Equal(EnvironmentStatus.Ready, (await server.Client.StatusAsync(key))!.State);
        Assert.Contains(await server.Client.EventsAsync(checkedBuild), item => item.Text == "the answer is 42");
        using var again = await server.Client.BuildAsync(Request(toml, python, "python -c 'import thing; print(\"the answer is\", thing.answer())'", "python -c \"import sys; print(sys.prefix)\""));
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.Empty(Directory.EnumerateDirectories(Path.Combine(server.Get<ServerSettings>().Data, "work", "1"), "check-*"));
    }

    [Fact]
    public async Task A_check_that_fails_publishes_nothing_and_hinders_nobody_who_does_not_ask_for_it()
    {
        var python = await RequireAsync();
        await using var server = await StartAsync();
        var toml = await server.Client.LockAsync(_index, "thing");
        var (checkedBuild, key) = await AskAsync(server, toml, python, "python -c 'print(1)'", "python -c 'import nothing_of_that_name'");
        var failed = await server.Client.UntilAsync(checkedBuild, EnvironmentStatus.Ready, EnvironmentStatus.Failed);

        Assert.Equal(EnvironmentStatus.Failed, failed.State);
        Assert.Contains("import nothing_of_that_name", failed.Reason, StringComparison.Ordinal);
        Assert.Equal([true, false], failed.Checks.Select(check => check.Passed));
        Assert.Contains("ModuleNotFoundError", failed.Checks[1].Output, StringComparison.Ordinal);
        using (var missing = await server.Client.GetAsync(new Uri($"v1/environments/{key}", UriKind.Relative), TestServer.Stop))
            Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        Assert.Empty(await server.Get<BuildStore>().ListEnvironmentsAsync(TestServer.Stop));

        using var plain = await server.Client.BuildAsync(toml, python: python);
        await server.Client.UntilAsync(await plain.KeyAsync(), EnvironmentStatus.Ready);
    }

    [Fact]
    public async Task A_check_sees_neither_network_nor_files_variables_or_processes_of_the_server()
    {
        var python = await RequireAsync();
        await using var server = await StartAsync();
        Environment.SetEnvironmentVariable("VENVBUILD_TEST_SECRET", "s3cret");
        var data = server.Get<ServerSettings>().Data;
        var toml = await server.Client.LockAsync(_index, "thing");
        var probe = "import os, socket; "
            + $"print('database', os.path.exists('{data}/catalog.sqlite')); "
            + $"print('folder', os.listdir('{data}')); "
            + "print('passwd', os.path.exists('/etc/passwd')); "
            + "print('secret', 'VENVBUILD_TEST_SECRET' in os.environ); "
            + "print('processes', len([name for name in os.listdir('/proc') if name.isdigit()]) < 6); "
            + $"s = socket.socket(); print('network', s.connect_ex(('127.0.0.1', {_index.Root.Port})) == 0)";
        var (build, _) = await AskAsync(server, toml, python, $"python -c \"{probe}\"", "python -c \"import thing; open(thing.__file__, 'a').write('# changed')\"");
        var failed = await server.Client.UntilAsync(build, EnvironmentStatus.Ready, EnvironmentStatus.Failed);

        Assert.Equal(["database False", "folder ['work']", "passwd False", "secret False", "processes True", "network False"], failed.Checks[0].Output.Split('\n'));
        Assert.Contains("Read-only file system", failed.Checks[1].Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Checks_are_off_unless_they_are_turned_on_and_not_run_for_other_systems()
    {
        await using var off = await StartAsync("off");
        var toml = await off.Client.LockAsync(_index, "thing");
        using var refused = await off.Client.BuildAsync(Request(toml, "3.11", "python -c pass"));
        var problem = await TestServer.ProblemAsync(refused);
        Assert.Equal((422, true), (problem.Status, problem.Detail!.Contains("Builds:Checks", StringComparison.Ordinal)));
        using var many = await off.Client.BuildAsync(Request(toml, "3.11", [.. Enumerable.Repeat("true", 21)]));
        Assert.Equal(400, (await TestServer.ProblemAsync(many)).Status);

        await using var on = await StartAsync();
        using var elsewhere = await on.Client.BuildAsync(new EnvironmentRequest
        {
            Lock = toml,
            Target = new() { Platform = "win-arm64", Python = "3.11" },
            Options = new() { Checks = ["python -c pass"] },
        });
        Assert.Contains("win-arm64", (await TestServer.ProblemAsync(elsewhere)).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_check_that_does_not_end_is_stopped()
    {
        var python = await RequireAsync();
        await using var server = await TestServer.StartAsync(_index.Allowed(), "Builds:Checks=sandbox", "Builds:CheckTime=00:00:01");
        var (build, _) = await AskAsync(server, await server.Client.LockAsync(_index, "thing"), python, "python -c 'import time; time.sleep(600)'");
        Assert.Contains("took longer than 1 seconds", (await server.Client.UntilAsync(build, EnvironmentStatus.Failed)).Reason, StringComparison.Ordinal);
    }

    /// <summary>The minor of a Python that is here, for checks need one.</summary>
    internal static async Task<string> RequireAsync()
    {
        Require.That(await CheckSandbox.WorksAsync(TestServer.Stop), "bubblewrap (bwrap) with user namespaces");
        using var folder = new TestFolder();
        var here = Platform.OfThisProcess()?.RuntimeIdentifier;
        var found = (await new InterpreterFinder(folder.Path).ListAsync(null, TestServer.Stop)).FirstOrDefault(python => python.ToTarget().Platform.RuntimeIdentifier == here && !python.IsFreeThreaded);
        Require.That(found is not null && here == "linux-x64", "a Python for linux-x64");
        return $"{found!.Major}.{found.Minor}";
    }

    private static EnvironmentRequest Request(string toml, string python, params string[] checks) =>
        new() { Lock = toml, Target = new() { Platform = "linux-x64", Python = python }, Options = new() { Checks = checks } };

    private static async Task<(string Build, string Key)> AskAsync(TestServer server, string toml, string python, params string[] checks)
    {
        using var asked = await server.Client.BuildAsync(Request(toml, python, checks));
        var key = await asked.KeyAsync();
        Assert.Equal(HttpStatusCode.Accepted, asked.StatusCode);
        var build = asked.Headers.Location!.OriginalString.Split('/')[^1];
        Assert.NotEqual(key, build);
        return (build, key);
    }

    public ValueTask DisposeAsync() => _index.DisposeAsync();
}
