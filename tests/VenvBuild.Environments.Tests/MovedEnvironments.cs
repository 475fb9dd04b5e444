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

    /// <summary>A shell that is in some folder, with a prompt of its own, activates an environment whose name means something to shells.</summary>
    [Theory]
    [InlineData("bash", "PS1='> '; old=$PATH; source \"$1/bin/activate\"; pwd; echo \"$VIRTUAL_ENV\"; echo \"${PS1@P}\"; deactivate; [ \"$PATH|$PS1\" = \"$old|> \" ] && echo restored")]
    [InlineData("zsh", "PS1='> '; old=$PATH; source \"$1/bin/activate\"; pwd; echo \"$VIRTUAL_ENV\"; print -rP -- \"$PS1\"; deactivate; [ \"$PATH|$PS1\" = \"$old|> \" ] && echo restored")]
    [InlineData("zsh", "setopt promptsubst; PS1='> '; old=$PATH; source \"$1/bin/activate\"; pwd; echo \"$VIRTUAL_ENV\"; print -rP -- \"$PS1\"; deactivate; [ \"$PATH|$PS1\" = \"$old|> \" ] && echo restored")]
    [InlineData("fish", "function fish_prompt; echo '> '; end; set old (string join : $PATH); source $argv[1]/bin/activate.fish; pwd; echo $VIRTUAL_ENV; fish_prompt; deactivate; test (string join : $PATH)(fish_prompt) = $old'> '; and echo restored")]
    public async Task Activating_changes_neither_the_folder_nor_runs_what_a_name_says(string shell, string script)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "these are the shells of POSIX");
        Require.That(IsOnPath(shell), shell);
        using var folder = new TestFolder();
        // As a folder's name and as the manifest's.
        foreach (var (prompt, name) in new[] { (null, "a `touch ran` $(touch ran) 50%m \"q\" \u65e5"), ("p `touch ran` $(touch ran) 50%m 'q'", "env") })
        {
            var env = await MovedAsync(folder, name, prompt);
            string[] arguments = shell == "fish" ? ["--no-config", "-c", script, env] : ["-c", script, shell, env];
            var said = await Pythons.RunAsync("env", ["-C", folder.Path, shell, .. arguments]);

            Assert.Equal($"{folder.Path}\n{env}\n({prompt ?? name}) > \nrestored", said);
            Assert.False(File.Exists(folder.File("ran")), "the name was run");
            Directory.Delete(env, recursive: true);
        }
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
        Assert.False(Directory.Exists(folder.File("made")), "nothing remains where it was");
    }

    [Fact]
    public async Task Nothing_in_it_names_the_place_where_it_was_made()
    {
        using var folder = new TestFolder();
        var env = await MovedAsync(folder);

        foreach (var file in Directory.EnumerateFiles(env, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }))
            Assert.DoesNotContain(folder.Path, await File.ReadAllTextAsync(file, System.Text.Encoding.Latin1, Token), StringComparison.Ordinal);
    }

    private static async Task<string> MovedAsync(TestFolder folder, string name = "moved to here", string? prompt = null)
    {
        var python = await Pythons.BestAsync();
        var source = new MemorySource();
        var wheel = source.Plan(new WheelMaker("tool").Module("tool").File("tool/__main__.py", "import tool\nprint('as a module', tool.answer())\n").Script("tool", "tool:main"));
        await new EnvironmentInstaller(folder.File("cache")).SyncAsync(
            new EnvironmentPlan(python.ToTarget(), [wheel], hasBytecode: true), python, folder.File("made"), source, new() { Prompt = prompt }, cancellationToken: Token);
        Directory.Move(folder.File("made"), folder.File(name));
        return folder.File(name);
    }

    private static bool IsOnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));
}
