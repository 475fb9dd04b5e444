using VenvBuild.Testing;

namespace VenvBuild.Environments.Tests;

/// <summary>An environment works where it was moved to: in every shell, by every way in.</summary>
public sealed class MovedEnvironments
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("bash", "source \"{0}/bin/activate\"; command -v python; python -m tool; tool; deactivate; echo \"${VIRTUAL_ENV-none}\"")]
    [InlineData("zsh", "source \"{0}/bin/activate\"; command -v python; python -m tool; tool; deactivate; echo \"${VIRTUAL_ENV-none}\"")]
    [InlineData("fish", "source \"{0}/bin/activate.fish\"; command -v python; python -m tool; tool; deactivate; set -q VIRTUAL_ENV; or echo none")]
    [InlineData("pwsh", ". \"{0}/bin/Activate.ps1\"; (Get-Command python).Source; python -m tool; tool; deactivate; if ($env:VIRTUAL_ENV) { 'still' } else { 'none' }")]
    public async Task A_shell_that_activates_it_finds_its_python_and_commands_and_leaves_without_a_trace(string shell, string script)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "these are the shells of POSIX");
        if (shell == "pwsh")
            Assert.SkipUnless(IsOnPath(shell), "Missing: pwsh, which Debian does not have.");
        else
            Require.That(IsOnPath(shell), shell);
        using var folder = new TestFolder("with 'quotes' and spaces");
        var env = await MovedAsync(folder);

        var said = await Pythons.RunAsync(shell, "-c", script.Replace("{0}", env, StringComparison.Ordinal));

        Assert.Equal($"{env}/bin/python\nas a module 42\n42\nnone", said);
    }

    [Fact]
    public async Task Its_interpreter_knows_where_it_is_now_and_where_it_came_from()
    {
        using var folder = new TestFolder();
        var python = await Pythons.BestAsync();
        var env = await MovedAsync(folder);

        Assert.Equal(
            $"{env}\n{python.BasePrefix}\nTrue",
            await Pythons.RunAsync(Path.Combine(env, VenvLayout.Of(python).Executable), "-c", "import sys, tool; print(sys.prefix); print(sys.base_prefix); print(tool.__file__.startswith(sys.prefix))"));
        Assert.False(Directory.Exists(folder.File("env")), "nothing remains where it was");
    }

    [Fact]
    public async Task Nothing_in_it_names_the_place_where_it_was_made()
    {
        using var folder = new TestFolder();
        var env = await MovedAsync(folder);

        foreach (var file in Directory.EnumerateFiles(env, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }))
            Assert.DoesNotContain(folder.Path, await File.ReadAllTextAsync(file, System.Text.Encoding.Latin1, Token), StringComparison.Ordinal);
    }

    private static async Task<string> MovedAsync(TestFolder folder)
    {
        var python = await Pythons.BestAsync();
        var source = new MemorySource();
        var wheel = source.Plan(new WheelMaker("tool").Module("tool").File("tool/__main__.py", "import tool\nprint('as a module', tool.answer())\n").Script("tool", "tool:main"));
        await new EnvironmentInstaller(folder.File("cache")).SyncAsync(
            new EnvironmentPlan(python.ToTarget(), [wheel], hasBytecode: true), python, folder.File("env"), source, cancellationToken: Token);
        Directory.Move(folder.File("env"), folder.File("moved to here"));
        return folder.File("moved to here");
    }

    private static bool IsOnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));
}
