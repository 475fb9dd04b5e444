namespace VenvBuild.Cli.Tests;

/// <summary><c>lock --resolver</c>: uv and pip in the tool's place, proven before anything is written.</summary>
public sealed class PeersThatSolve(PeersAndLocks.Slice slice) : IClassFixture<PeersAndLocks.Slice>
{
    private static readonly CancellationToken Stop = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Both_come_to_the_same_lock_as_the_tool_itself()
    {
        await using var project = await AskAsync("['django>=1.8', 'requests>2.7', 'colorama; sys_platform == \"win32\"']", "[linux-x64, win-x64]");
        var builtin = await LockAsync(project, "builtin");

        Assert.Equal(builtin, await LockAsync(project, "uv"));
        Assert.Equal(builtin, await LockAsync(project, "pip"));
    }

    [Fact]
    public async Task A_refusal_is_told_in_the_peers_own_words_and_writes_nothing()
    {
        await using var project = await AskAsync("['flask>=3', 'werkzeug<1']", "[linux-x64]");

        var run = await project.RunAsync("lock", "--resolver", "uv", "--diagnostics", "text");

        Assert.Equal(3, run.ExitCode);
        Assert.Contains("error PYENV1257: ", run.Error, StringComparison.Ordinal);
        Assert.Contains("werkzeug", run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(project.At("pylock.toml")));
    }

    [Fact]
    public async Task An_answer_that_does_not_do_is_refused_with_what_is_wrong_with_it()
    {
        // uv's universal answers do not ask whether there is a wheel for each platform.
        await using var project = await AskAsync("['greenlet==3.2.5']", "[win-x64]", ">=3.9,<3.10");

        var run = await project.RunAsync("lock", "--resolver", "uv");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("error PYENV1258: ", run.Error, StringComparison.Ordinal);
        Assert.Contains("error PYENV1273: ", run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(project.At("pylock.toml")));
    }

    [Theory]
    [InlineData("uv")]
    [InlineData("pip")]
    public async Task One_that_is_missing_is_named_with_the_remedy(string peer)
    {
        await using var project = await AskAsync("[flask]", "[linux-x64]");
        project.Variables["VENVBUILD_" + peer.ToUpperInvariant()] = project.At("nowhere");

        var run = await project.RunAsync("lock", "--resolver", peer);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("error PYENV1256: ", run.Error, StringComparison.Ordinal);
        Assert.Contains("VENVBUILD_" + peer.ToUpperInvariant(), run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_pip_has_no_words_for_is_refused_rather_than_left_out()
    {
        await using var project = await AskAsync("[flask]", "[linux-x64]", more: "resolution: lowest\n");

        var run = await project.RunAsync("lock", "--resolver", "pip");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("'resolution'", run.Error, StringComparison.Ordinal);
    }

    private async Task<ToolProject> AskAsync(string requirements, string platforms, string python = ">=3.11,<3.13", string more = "")
    {
        var project = new ToolProject();
        project.Variables["VENVBUILD_CACHE"] = slice.Beside("cache");
        project.Variables["UV_CACHE_DIR"] = slice.Beside("uv-cache");
        project.Variables["VENVBUILD_UV"] = slice.Peers.Uv;
        project.Variables["VENVBUILD_PIP"] = PipProgram(project);
        await File.WriteAllTextAsync(
            project.At("pyenv.yaml"), $"python: \"{python}\"\nplatforms: {platforms}\nindexes: [{{name: slice, url: \"{slice.Index}\"}}]\nrequirements: {requirements}\n{more}", Stop);
        return project;
    }

    /// <summary>pip as one program: the slice has its package, which a Python must run.</summary>
    private string PipProgram(ToolProject project)
    {
        var program = project.Beside("pip");
        File.WriteAllText(program, $"#!/bin/sh\nexec python3 '{slice.Peers.Pip}' \"$@\"\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return program;
    }

    private static async Task<string> LockAsync(ToolProject project, string resolver)
    {
        File.Delete(project.At("pylock.toml"));
        var run = await project.RunAsync("lock", "--resolver", resolver);
        Assert.True(run.ExitCode == 0, $"{resolver}: {run.Error}");
        return await File.ReadAllTextAsync(project.At("pylock.toml"), Stop);
    }
}
