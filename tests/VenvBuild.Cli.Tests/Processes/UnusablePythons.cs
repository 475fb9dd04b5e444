using VenvBuild.Testing;

namespace VenvBuild.Cli.Tests;

/// <summary>A machine without a Python that will do.</summary>
public sealed class UnusablePythons
{
    [Fact]
    public async Task None_at_all_ends_with_3_and_says_what_to_install()
    {
        var run = await SyncAsync(null);

        Assert.Contains("error PYENV1501: No Python on this machine fits", run.Error, StringComparison.Ordinal);
        Assert.Contains("  -> Install one that fits", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_crashes_is_named_with_what_it_did()
    {
        var run = await SyncAsync("kill -SEGV $$");

        Assert.Contains("error PYENV1501: ", run.Error, StringComparison.Ordinal);
        Assert.Contains("python3", run.Error, StringComparison.Ordinal);
        Assert.Contains("139", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_is_too_old_is_named_with_its_version()
    {
        var real = RealPython();

        // The real one, which is told that it is another: what follows -c asks sys and platform.
        var run = await SyncAsync($"""
            for last; do :; done
            exec '{real}' -I -S -B -c "import collections, platform, sys
            sys.version_info = collections.namedtuple('V', 'major minor micro releaselevel serial')(3, 7, 9, 'final', 0)
            platform.python_version = lambda: '3.7.9'
            $last"
            """);

        Assert.Contains("error PYENV1501: ", run.Error, StringComparison.Ordinal);
        Assert.Contains("Python 3.7.9; 3.9 is the oldest that is supported", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_is_asked_for_and_crashes_is_no_reason_to_take_another()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "A shell script stands in for the interpreter.");
        await using var project = new ToolProject();
        await project.PrepareAsync();
        var before = FolderContent.Of(project.Folder);
        var python = Script(project, "kill -SEGV $$");

        var run = await project.RunAsync("sync", "--python", python, "--path", "other", "--diagnostics", "text");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("error PYENV1502: ", run.Error, StringComparison.Ordinal);
        Assert.Contains(python, run.Error, StringComparison.Ordinal);
        Assert.Contains("  -> ", run.Error, StringComparison.Ordinal);
        Assert.Equal(before, FolderContent.Of(project.Folder));
    }

    /// <summary>Syncs a changed manifest on a machine whose only Python is this shell script.</summary>
    private static async Task<Run> SyncAsync(string? python)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Shell scripts stand in for interpreters, and Windows has a registry of them.");
        await using var project = new ToolProject();
        await project.PrepareAsync();
        project.Offer("other");
        project.Ask("demo, other");
        Assert.Equal(0, (await project.RunAsync("lock")).ExitCode);
        var before = FolderContent.Of(project.Folder);
        var folder = python is null ? project.Beside("empty") : Path.GetDirectoryName(Script(project, python))!;
        foreach (var name in new[] { "PYENV_ROOT", "UV_PYTHON_INSTALL_DIR", "ASDF_DATA_DIR", "MISE_DATA_DIR", "HOME" })
            project.Variables[name] = project.Beside("nowhere");
        project.Variables["PATH"] = folder;

        var run = await project.RunAsync("sync", "--path", "elsewhere", "--diagnostics", "text");

        Assert.Equal(3, run.ExitCode);
        Assert.Equal(before, FolderContent.Of(project.Folder));
        return run;
    }

    private static string Script(ToolProject project, string body)
    {
        var path = project.Beside("pythons", "python3");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, $"#!/bin/sh\n{body}\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }

    private static string RealPython()
    {
        var found = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, "python3"))
            .FirstOrDefault(path => File.Exists(path) && !path.Contains("shims", StringComparison.Ordinal));
        Require.That(found is not null, "a CPython of 3.9 or newer on PATH");
        return found!;
    }
}
