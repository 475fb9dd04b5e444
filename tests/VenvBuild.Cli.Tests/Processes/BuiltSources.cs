using VenvBuild.Testing;

namespace VenvBuild.Cli.Tests;

/// <summary>Environments of what has no wheel: sdists and project folders, built on the way.</summary>
public sealed class BuiltSources
{
    [Fact]
    public async Task An_sdist_is_locked_by_what_its_build_says_built_once_and_proven()
    {
        await using var project = new ToolProject();
        project.Offer("demo");
        Offer(project, new SdistMaker("made").Requires("demo").Builds("module = 'import demo; answer = 42'"));
        project.Ask("made", "sdists: [made]\n");

        var first = await project.RunAsync("sync", "-v");
        Assert.True(first.ExitCode == 0, first.Error);
        Assert.Equal("42", await project.PythonAsync("import made; print(made.answer)"));
        Assert.Contains("made-1.0.tar.gz", await File.ReadAllTextAsync(project.At("pylock.toml"), TestContext.Current.CancellationToken), StringComparison.Ordinal);

        Assert.Contains("What made-1.0.tar.gz requires is what its build says here", first.Error, StringComparison.Ordinal);

        Directory.Delete(project.At(".venv"), recursive: true);
        var again = await project.RunAsync("sync", "--offline", "--locked", "-v");
        Assert.True(again.ExitCode == 0, again.Error);
        Assert.Contains("was built from", first.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("was built from", again.Error, StringComparison.Ordinal);
        Assert.Equal("42", await project.PythonAsync("import made; print(made.answer)"));
        var verified = await project.RunAsync("verify");
        Assert.True(verified.ExitCode == 0, verified.Output + verified.Error);
    }

    [Theory]
    [InlineData("'answer = 42'", false)]
    [InlineData("'answer = %r' % os.urandom(8)", true)]
    public async Task A_lock_notes_what_is_built_to_other_bytes_each_time_and_such_a_lock_is_good(string module, bool isNoted)
    {
        await using var project = new ToolProject();
        Offer(project, new SdistMaker("made").Builds($"module = {module}"));
        project.Ask("made", "sdists: [made]\n");

        var locked = await project.RunAsync("lock");
        Assert.True(locked.ExitCode == 0, locked.Error);
        var toml = await File.ReadAllTextAsync(project.At("pylock.toml"), TestContext.Current.CancellationToken);
        Assert.Equal(isNoted, toml.Contains("tool = {venvbuild = {reproducible = false}}", StringComparison.Ordinal));
        Assert.Equal(isNoted, locked.Error.Contains("PYENV1676", StringComparison.Ordinal));
        foreach (var verb in new[] { "lock", "check", "sync --locked", "verify", "sync --locked", "verify .venv" })
        {
            var run = await project.RunAsync([.. verb.Split(' '), "-v"]);
            Assert.True(run.ExitCode == 0, $"{verb}: {run.Output}{run.Error}");
        }

        // With nothing kept, it is built anew, to bytes of another day; the lock stays as it is, and says why.
        Directory.Delete(project.Cache, recursive: true);
        Directory.Delete(project.At(".venv"), recursive: true);
        var anew = await project.RunAsync("sync", "--locked", "-v");
        Assert.True(anew.ExitCode == 0, anew.Error);
        Assert.Equal(isNoted, anew.Error.Contains("is built to other bytes each time, as the lock notes", StringComparison.Ordinal));
        var upgraded = await project.RunAsync("lock", "--upgrade");
        Assert.True(upgraded.ExitCode == 0, upgraded.Error);
        Assert.Equal(toml, await File.ReadAllTextAsync(project.At("pylock.toml"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task What_may_not_be_built_is_not()
    {
        await using var project = new ToolProject();
        Offer(project, new SdistMaker("made").Builds("module = ''"));
        project.Ask("made");

        var run = await project.RunAsync("lock");

        Assert.Equal(3, run.ExitCode);
        Assert.Contains("sdists are not allowed", run.Error, StringComparison.Ordinal);
        Assert.Contains("sdists: [made]", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failing_build_ends_with_5_and_what_it_said_and_leaves_no_environment()
    {
        await using var project = new ToolProject();
        Offer(project, new SdistMaker("made").Builds("raise RuntimeError('no compiler anywhere')"));
        project.Ask("made", "sdists: allow\n");

        var run = await project.RunAsync("sync");

        Assert.Equal(5, run.ExitCode);
        Assert.Contains("PYENV1673", run.Error, StringComparison.Ordinal);
        Assert.Contains("no compiler anywhere", run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(project.At(".venv")));
    }

    [Fact]
    public async Task A_project_folder_that_only_a_build_can_tell_is_locked_installed_and_follows_its_edits()
    {
        await using var project = new ToolProject();
        project.Offer("demo");
        new SdistMaker("made").Requires("demo").File("value.txt", "1").Builds("module = 'import demo; answer = ' + open('value.txt').read()").WriteTo(project.At("lib"));
        project.Ask("made @ ./lib");

        var first = await project.RunAsync("sync");
        Assert.True(first.ExitCode == 0, first.Error);
        Assert.Equal("1", await project.PythonAsync("import made; print(made.answer)"));
        await File.WriteAllTextAsync(project.At("lib", "value.txt"), "2", TestContext.Current.CancellationToken);
        var second = await project.RunAsync("sync", "--locked");

        Assert.True(second.ExitCode == 0, second.Error);
        Assert.Equal("2", await project.PythonAsync("import made; print(made.answer)"));
    }

    private static void Offer(ToolProject project, SdistMaker sdist) => project.Index.Add(new(sdist.Name, sdist.FileName, sdist.ToBytes()));
}
