using System.Text.RegularExpressions;
using VenvBuild.Testing;

namespace VenvBuild.Cli.Tests;

/// <summary>Environments that travel: made and signed on one machine, taken on another that has nothing but the checkout.</summary>
public sealed partial class Publishing
{
    [Fact]
    public async Task What_one_machine_published_another_installs_without_any_index()
    {
        await using var project = new ToolProject();
        await PublishAsync(project, "sources: [../environments]\n");

        var pulled = await OtherMachine(project).RunAsync("sync", "--locked");
        Assert.True(pulled.ExitCode == 0, pulled.Error);
        Assert.Contains("taken from", pulled.Output, StringComparison.Ordinal);
        Assert.Equal("1.0", await project.PythonAsync("import importlib.metadata as m; print(m.version('demo'))"));
        var requests = project.Index.Requests.Count;
        Assert.Equal(0, (await project.RunAsync("sync", "--offline")).ExitCode);
        Assert.Equal(requests, project.Index.Requests.Count);

        Directory.Delete(project.At(".venv"), recursive: true);
        Directory.Delete(project.Beside("environments"), recursive: true);
        var offline = await project.RunAsync("sync", "--offline", "--locked");
        Assert.True(offline.ExitCode == 0, offline.Error);
        Assert.Equal("1.0", await project.PythonAsync("import importlib.metadata as m; print(m.version('demo'))"));
    }

    [Fact]
    public async Task Through_releases_it_goes_the_same_way_and_no_token_or_key_is_in_anything_that_was_written()
    {
        await using var github = new GitHubStandIn { IsPrivate = true };
        await using var project = new ToolProject();
        project.Variables["VENVBUILD_KEYS"] = project.Beside("keyring");
        project.Variables["GITHUB_API_URL"] = github.Root.AbsoluteUri;
        project.Variables["GITHUB_SERVER_URL"] = null;
        project.Variables["GITHUB_TOKEN"] = github.Token;
        project.Offer("demo");
        project.Ask("demo", "publish: {github: owner/repo}\nsources: [github]\ntrust: {keys: [keys/team.pub]}\n");
        List<Run> runs = [await project.RunAsync("key", "new", "team", "--no-passphrase"), await project.RunAsync("lock", "-v")];
        runs.Add(await project.RunAsync("push", "--sign", "team", "-v"));
        runs.Add(await project.RunAsync("push", "--sign", "team", "-v", "--json"));
        runs.Add(await OtherMachine(project).RunAsync("sync", "--locked", "-v"));
        Assert.All(runs, run => Assert.True(run.ExitCode == 0, run.Error));
        Assert.Contains("taken from the releases of owner/repo", runs[^1].Output, StringComparison.Ordinal);
        Assert.Contains("\"isUnchanged\": true", runs[3].Output, StringComparison.Ordinal);

        project.Variables["GITHUB_TOKEN"] = github.Token + "x";
        runs.Add(await project.RunAsync("pull", "-v"));
        Assert.Equal(4, runs[^1].ExitCode);
        Assert.Contains("PYENV1853", runs[^1].Error, StringComparison.Ordinal);

        var secret = (await File.ReadAllTextAsync(project.Beside("keyring", "team.key"), TestContext.Current.CancellationToken)).Split('\n')[1];
        var written = Directory.GetFiles(project.Folder, "*", SearchOption.AllDirectories).Concat(Directory.GetFiles(project.Cache, "*", SearchOption.AllDirectories))
            .Where(File.Exists).Select(path => File.ReadAllText(path, System.Text.Encoding.Latin1)).Concat(runs.Select(run => run.Output + run.Error)).Concat(github.Leaks);
        Assert.All(written, text => Assert.False(text.Contains(github.Token, StringComparison.Ordinal) || text.Contains(secret, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_token_comes_from_the_environment_or_else_from_gh_or_else_from_git_and_is_never_shown()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "gh and git are played by scripts of POSIX");
        await using var github = new GitHubStandIn { IsPrivate = true };
        await using var project = new ToolProject();
        project.Variables["GITHUB_API_URL"] = github.Root.AbsoluteUri;
        project.Variables["GITHUB_SERVER_URL"] = project.Variables["GH_TOKEN"] = null;
        project.Variables["PATH"] = $"{project.Beside("bin")}:{Environment.GetEnvironmentVariable("PATH")}";
        project.Offer("demo");
        project.Ask("demo", "publish: {github: owner/repo}\n");
        Assert.Equal(0, (await project.RunAsync("lock")).ExitCode);

        Play("gh", $"[ \"$*\" = \"auth token --hostname github.com\" ] && echo {github.Token}");
        Play("git", "exit 1");
        await PushAsync("ghs_wrong", 4);
        await PushAsync(null, 0);
        Play("gh", "exit 1");
        await PushAsync(null, 4);
        Play("git", $"[ \"$*\" = \"credential fill\" ] && grep -q host=github.com && printf 'username=x\npassword={github.Token}\n'");
        await PushAsync(null, 0);

        void Play(string program, string script)
        {
            var path = Path.Combine(Directory.CreateDirectory(project.Beside("bin")).FullName, program);
            File.WriteAllText(path, $"#!/bin/sh\n{script}\n");
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        async Task PushAsync(string? token, int exitCode)
        {
            project.Variables["GITHUB_TOKEN"] = token;
            var run = await project.RunAsync("push", "-v");
            Assert.True(run.ExitCode == exitCode, run.Error);
            Assert.Equal(exitCode != 0, run.Error.Contains("PYENV1853", StringComparison.Ordinal));
            Assert.DoesNotContain(github.Token, run.Output + run.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_second_push_sends_nothing_and_a_bumped_package_only_its_own_layers()
    {
        await using var project = new ToolProject();
        project.Index.PageCacheControl = "no-cache";
        await PublishAsync(project, "", "demo", "other");
        Assert.Contains("has ", (await PushAsync(project)).Error, StringComparison.Ordinal);

        project.Offer("demo", "2.0");
        Assert.Equal(0, (await project.RunAsync("lock", "--upgrade")).ExitCode);
        var bumped = await PushAsync(project);
        Assert.Contains(" 1 of 2 layers sent", bumped.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_trusted_is_taken_and_all_else_is_refused_before_a_byte_is_unpacked()
    {
        await using var project = new ToolProject();
        project.Variables["VENVBUILD_KEYS"] = project.Beside("keyring");
        Directory.CreateDirectory(project.Folder);
        Assert.Equal(0, (await project.RunAsync("key", "new", "team", "--no-passphrase")).ExitCode);
        Assert.Equal(0, (await project.RunAsync("key", "new", "stranger", "--no-passphrase", "--public", project.Beside("stranger.pub"))).ExitCode);
        await PublishAsync(project, "sources: [../environments]\ntrust: {keys: [keys/team.pub]}\n");
        OtherMachine(project);

        await RefusesAsync(project, "PYENV1801");
        Assert.Equal(0, (await PushAsync(project, "--sign", "stranger")).ExitCode);
        OtherMachine(project);
        await RefusesAsync(project, "PYENV1802");
        Assert.Equal(0, (await PushAsync(project, "--sign", "team")).ExitCode);
        OtherMachine(project);
        var taken = await project.RunAsync("sync", "--locked");
        Assert.True(taken.ExitCode == 0, taken.Error);
        Assert.Contains("taken from", taken.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_changed_layer_is_refused()
    {
        await using var project = new ToolProject();
        await PublishAsync(project, "sources: [../environments]\n");
        foreach (var layer in Directory.GetFiles(project.Beside("environments", "layers"), "*.zst", SearchOption.AllDirectories))
        {
            var bytes = await File.ReadAllBytesAsync(layer, TestContext.Current.CancellationToken);
            bytes[bytes.Length / 2] ^= 1;
            await File.WriteAllBytesAsync(layer, bytes, TestContext.Current.CancellationToken);
        }

        var pulled = await OtherMachine(project).RunAsync("pull");
        Assert.Equal(4, pulled.ExitCode);
        Assert.Contains("PYENV1650", pulled.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(project.At(".venv")));
    }

    [Fact]
    public async Task Pull_never_builds_and_says_where_it_looked_in_vain()
    {
        await using var project = new ToolProject();
        await project.PrepareAsync();
        Assert.Equal(2, (await project.RunAsync("pull")).ExitCode);
        var run = await project.RunAsync("pull", "--from", "../nothing");
        Assert.Equal(4, run.ExitCode);
        Assert.Contains("PYENV1029", run.Error, StringComparison.Ordinal);
        Assert.Equal(2, (await project.RunAsync("push")).ExitCode);
        Assert.Equal(2, (await project.RunAsync("push", "--to", "https://files.example/x")).ExitCode);
        Assert.Equal(2, (await project.RunAsync("push", "--to", "ftp://files.example/x")).ExitCode);
    }

    [Fact]
    public async Task A_source_that_cannot_be_asked_is_a_warning_for_sync_and_an_error_for_pull()
    {
        await using var project = new ToolProject();
        project.Offer("demo");
        project.Ask("demo", "sources: [\"http://127.0.0.1:9/tree\"]\n");
        Assert.Equal(0, (await project.RunAsync("lock")).ExitCode);
        var pulled = await project.RunAsync("pull");
        Assert.Equal(4, pulled.ExitCode);
        Assert.Contains("error PYENV1851", pulled.Error, StringComparison.Ordinal);
        var built = await project.RunAsync("sync");
        Assert.True(built.ExitCode == 0, built.Error);
        Assert.Contains("warning PYENV1851", built.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("taken from", built.Output, StringComparison.Ordinal);
    }

    private static async Task PublishAsync(ToolProject project, string more, params string[] names)
    {
        names = names.Length == 0 ? ["demo"] : names;
        foreach (var name in names)
            project.Offer(name);
        project.Ask(string.Join(", ", names), more);
        Assert.Equal(0, (await project.RunAsync("lock")).ExitCode);
        var pushed = await PushAsync(project);
        Assert.Matches(Published(), pushed.Output);
    }

    private static async Task<Run> PushAsync(ToolProject project, params string[] more)
    {
        var run = await project.RunAsync(["push", "--to", project.Beside("environments"), .. more]);
        Assert.True(run.ExitCode == 0, run.Error);
        return run;
    }

    /// <summary>From now on the project is checked out where nothing is cached and the index has lost its files.</summary>
    private static ToolProject OtherMachine(ToolProject project)
    {
        if (Directory.Exists(project.Cache))
            Directory.Delete(project.Cache, recursive: true);
        return project;
    }

    private static async Task RefusesAsync(ToolProject project, string code)
    {
        foreach (var verb in (string[])["sync", "pull"])
        {
            var run = await project.RunAsync(verb, "--locked");
            Assert.True(run.ExitCode == 4, run.Error + run.Output);
            Assert.Contains(code, run.Error, StringComparison.Ordinal);
            Assert.False(Directory.Exists(project.At(".venv")));
            Assert.False(Directory.Exists(Path.Combine(project.Cache, "received")));
        }
    }

    [GeneratedRegex("published, [0-9]+ of [0-9]+ layers? sent")]
    private static partial Regex Published();
}
