using VenvBuild.Packaging;
using VenvBuild.Testing;

namespace VenvBuild.Environments.Tests;

/// <summary>Environments for machines that are not here.</summary>
public sealed class BuildingElsewhere
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_environment_made_as_for_another_machine_is_the_one_that_would_be_made_there()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links and modes are those of POSIX");
        using var folder = new TestFolder();
        var python = await Pythons.BestAsync();
        var source = new MemorySource();
        var plan = new EnvironmentPlan(python.ToTarget(), [source.Plan(Tool())], hasBytecode: true);
        await new EnvironmentInstaller(folder.File("cache")).SyncAsync(plan, python, folder.File("native"), source, new() { Link = LinkMode.Copy }, cancellationToken: Token);

        await new EnvironmentBuilder(folder.File("other")).WriteFolderAsync(
            plan, python, [python.StandardLibrary], Path.GetDirectoryName(python.Executable), null, folder.File("foreign"), source, cancellationToken: Token);

        Assert.Equal(Tree(folder.File("native")), Tree(folder.File("foreign")));
        Assert.Equal("42", await Pythons.RunAsync(folder.File("foreign", "bin", "tool")));
    }

    [Fact]
    public async Task An_environment_for_Windows_has_its_layout_and_executables_that_hold_no_path()
    {
        using var folder = new TestFolder();
        var source = new MemorySource();
        // pip, whose wheel carries the launchers that every Python for Windows has.
        var pip = new WheelMaker("pip").File("pip/_vendor/distlib/t64.exe", "MZ-console").File("pip/_vendor/distlib/w64.exe", "MZ-window");
        var plan = new EnvironmentPlan(new Target(Platform.Parse("win-x64"), new PythonMinor(3, 11)), [source.Plan(Tool()), source.Plan(pip)]);

        await new EnvironmentBuilder(folder.File("cache")).WriteFolderAsync(plan, null, [], null, null, folder.File("env"), source, cancellationToken: Token);

        var env = folder.File("env");
        Assert.Equal(["Activate.ps1", "activate.bat", "deactivate.bat", "tool-gui.exe", "tool-script", "tool.exe"], Names(Path.Combine(env, "Scripts")));
        Assert.Equal([".gitignore", ".venvbuild.json", ".venvbuild.manifest.json", "Include", "Lib", "Scripts", "pyvenv.cfg", "share"], Names(env));
        Assert.True(File.Exists(Path.Combine(env, "Lib", "site-packages", "tool", "__init__.py")));
        Assert.Contains("home = C:\\Program Files\\Python311\n", await File.ReadAllTextAsync(Path.Combine(env, "pyvenv.cfg"), Token), StringComparison.Ordinal);
        Assert.StartsWith("MZ-console#!\"<launcher_dir>\\python.exe\"", await File.ReadAllTextAsync(Path.Combine(env, "Scripts", "tool.exe"), Token), StringComparison.Ordinal);
        Assert.StartsWith("MZ-window#!\"<launcher_dir>\\pythonw.exe\"", await File.ReadAllTextAsync(Path.Combine(env, "Scripts", "tool-gui.exe"), Token), StringComparison.Ordinal);
        var record = await File.ReadAllTextAsync(Path.Combine(env, "Lib", "site-packages", "tool-1.0.dist-info", "RECORD"), Token);
        Assert.Contains("../../Scripts/tool.exe,sha256=", record, StringComparison.Ordinal);
        Assert.DoesNotContain(folder.Path, string.Concat(Tree(env)), StringComparison.Ordinal);
        Assert.Contains("\r\n", await File.ReadAllTextAsync(Path.Combine(env, "Scripts", "activate.bat"), Token), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("win-x64", "Lib/site-packages", "Scripts/tool.exe")]
    [InlineData("osx-arm64", "lib/python3.11/site-packages", "bin/tool")]
    [InlineData("linux-musl-x64", "lib/python3.11/site-packages", "bin/tool")]
    public async Task Every_file_of_an_environment_for_another_machine_is_held_against_what_was_put_there(string platform, string site, string command)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows lets only some users make links by path.");
        using var folder = new TestFolder();
        var source = new MemorySource();
        var pip = new WheelMaker("pip").File("pip/_vendor/distlib/t64.exe", "MZ-console").File("pip/_vendor/distlib/w64.exe", "MZ-window");
        var plan = new EnvironmentPlan(new Target(Platform.Parse(platform), new PythonMinor(3, 11)), [source.Plan(Tool()), source.Plan(pip)]);
        await new EnvironmentBuilder(folder.File("cache")).WriteFolderAsync(plan, null, [], null, null, folder.File("made"), source, cancellationToken: Token);
        // Wherever it goes.
        Directory.Move(folder.File("made"), folder.File("env"));

        // Where it was made, and where no store has its layers: there, the description and the files prove each other.
        foreach (var cache in (string[])["cache", "another"])
        {
            var proof = EnvironmentVerification.Run(folder.File("env"), folder.File(cache), Token);
            // What stood in the first line of a script that was rewritten is known to the store alone.
            var isLess = cache == "another" && !platform.StartsWith("win", StringComparison.Ordinal);
            Assert.Equal(isLess ? [(EnvironmentFindingKind.Unproven, "tool 1.0")] : [], proof.Findings.Select(finding => (finding.Kind, finding.Distribution)));
            Assert.True(proof.Files > 10);
        }

        foreach (var name in (string[])[EnvironmentState.FileName, EnvironmentRecord.ManifestName])
            Assert.DoesNotContain(folder.Path, await File.ReadAllTextAsync(folder.File("env", name), Token), StringComparison.Ordinal);

        await File.AppendAllTextAsync(folder.File("env", site, "tool", "__init__.py"), "# changed", Token);
        await File.AppendAllTextAsync(folder.File("env", command), "# changed", Token);
        await File.WriteAllTextAsync(folder.File("env", site, "tool", "added.py"), "", Token);
        File.Delete(folder.File("env", "share", "tool.txt"));
        foreach (var cache in (string[])["cache", "another"])
        {
            var found = EnvironmentVerification.Run(folder.File("env"), folder.File(cache), Token).Findings.Select(finding => (finding.Kind, finding.Path)).ToList();
            Assert.Contains((EnvironmentFindingKind.Changed, $"{site}/tool/__init__.py"), found);
            Assert.Contains((EnvironmentFindingKind.Changed, command), found);
            Assert.Contains((EnvironmentFindingKind.Added, $"{site}/tool/added.py"), found);
            Assert.Contains((EnvironmentFindingKind.Removed, "share/tool.txt"), found);
        }
    }

    [Fact]
    public async Task Where_no_launcher_is_at_hand_the_way_out_is_named()
    {
        using var folder = new TestFolder();
        var source = new MemorySource();
        var plan = new EnvironmentPlan(new Target(Platform.Parse("win-arm64"), new PythonMinor(3, 11)), [source.Plan(Tool())]);

        var refused = await Assert.ThrowsAsync<DiagnosticException>(() => new EnvironmentBuilder(folder.File("cache")).WriteFolderAsync(plan, null, [], null, null, folder.File("env"), source, cancellationToken: Token));

        Assert.Contains("ask for pip", refused.Diagnostics[0].Remedy, StringComparison.Ordinal);
        Assert.Equal(["cache"], Names(folder.Path));
    }

    [Fact]
    public async Task An_environment_for_macOS_leads_to_where_Pythons_installer_puts_it()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows lets only some users make links by path.");
        using var folder = new TestFolder();
        var source = new MemorySource();
        var plan = new EnvironmentPlan(new Target(Platform.Parse("osx-arm64"), new PythonMinor(3, 12)), [source.Plan(Tool())]);

        await new EnvironmentBuilder(folder.File("cache")).WriteFolderAsync(plan, null, [], null, null, folder.File("env"), source, cancellationToken: Token);

        Assert.Equal("/Library/Frameworks/Python.framework/Versions/3.12/bin/python3.12", new FileInfo(folder.File("env", "bin", "python")).LinkTarget);
        Assert.Equal("python", new FileInfo(folder.File("env", "bin", "python3.12")).LinkTarget);
        Assert.False(Path.Exists(folder.File("env", "lib64")));
        Assert.StartsWith("#!/bin/sh\n", await File.ReadAllTextAsync(folder.File("env", "bin", "tool"), Token), StringComparison.Ordinal);
        Assert.True(File.Exists(folder.File("env", "lib", "python3.12", "site-packages", "tool", "__init__.py")));
    }

    [Fact]
    public async Task A_check_that_takes_too_long_is_stopped_with_all_that_it_started()
    {
        using var folder = new TestFolder();
        var python = await Pythons.BestAsync();
        var source = new MemorySource();
        var check = new EnvironmentCheck("python -c \"import subprocess, sys; print('begun', flush=True); subprocess.run([sys.executable, '-c', 'import time; time.sleep(600)'])\"", TimeSpan.FromSeconds(2));

        var refused = await Assert.ThrowsAsync<DiagnosticException>(() => new EnvironmentInstaller(folder.File("cache")).SyncAsync(
            Pythons.Plan(python, source.Plan(Tool())), python, folder.File("env"), source, new() { Checks = [check] }, cancellationToken: Token));

        Assert.Equal((ExitCode.BuildFailed, EnvironmentCodes.CheckFailed), (refused.ExitCode, refused.Diagnostics[0].Code));
        Assert.Equal("begun", refused.Diagnostics[0].Detail);
        Assert.Equal(["cache"], Names(folder.Path));
    }

    [Theory]
    [InlineData("", "it is empty")]
    [InlineData("python -c 'print(1)", "quote")]
    [InlineData("no-such-command", "cannot be started")]
    public async Task A_check_that_cannot_run_says_why(string command, string why)
    {
        using var folder = new TestFolder();
        var python = await Pythons.BestAsync();
        var refused = await Assert.ThrowsAsync<DiagnosticException>(() => new EnvironmentInstaller(folder.File("cache")).SyncAsync(
            Pythons.Plan(python), python, folder.File("env"), new MemorySource(), new() { Checks = EnvironmentCheck.Of([command]) }, cancellationToken: Token));

        Assert.Contains(why, refused.Diagnostics[0].Message, StringComparison.Ordinal);
    }

    private static WheelMaker Tool()
    {
        var maker = new WheelMaker("tool").Module("tool").Script("tool", "tool:main").EntryPoint("gui_scripts", "tool-gui", "tool:main");
        return maker.File($"{maker.Data}/scripts/tool-script", "#!python\n").File($"{maker.Data}/headers/tool.h", "//").File($"{maker.Data}/data/share/tool.txt", "x");
    }

    /// <summary>The environment, but for what names the full version of Python where one is known: what that leads to is the link beside it.</summary>
    private static List<string> Tree(string root) => EnvironmentTree.Of(root, "pyvenv.cfg", EnvironmentRecord.ManifestName);

    private static string[] Names(string folder) => [.. Directory.GetFileSystemEntries(folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
}
