using System.Diagnostics;
using VenvBuild.Testing;

namespace VenvBuild.Cli.Tests;

/// <summary>Folders that may not be written.</summary>
public sealed class MissingRights
{
    private const UnixFileMode ReadOnly = UnixFileMode.UserRead | UnixFileMode.UserExecute;
    private const UnixFileMode Writable = ReadOnly | UnixFileMode.UserWrite;

    [Fact]
    public async Task To_the_projects_folder_leave_lock_and_environment()
    {
        await using var project = new ToolProject();
        await project.PrepareAsync();
        project.Offer("other");
        project.Ask("demo, other");
        var before = FolderContent.Of(project.Folder);
        await WithoutPrivilegesAsync(project);
        Set(project.Folder, ReadOnly);

        var locked = await project.RunAsync("lock", "--diagnostics", "text");
        project.Ask("demo");
        var synced = await project.RunAsync("sync", "--path", "other/.venv", "--diagnostics", "text");
        Set(project.Folder, Writable);

        Assert.Equal(4, locked.ExitCode);
        Assert.Contains("error PYENV1012: ", locked.Error, StringComparison.Ordinal);
        Assert.Contains("  -> ", locked.Error, StringComparison.Ordinal);
        Assert.Equal(4, synced.ExitCode);
        Assert.Contains("error PYENV1041: ", synced.Error, StringComparison.Ordinal);
        Assert.Contains("  -> ", synced.Error, StringComparison.Ordinal);
        project.Ask("demo, other");
        Assert.Equal(before, FolderContent.Of(project.Folder));
    }

    [Fact]
    public async Task To_the_cache_leave_the_environment_and_cost_a_lock_a_warning()
    {
        await using var project = new ToolProject();
        await project.PrepareAsync();
        project.Offer("other");
        project.Ask("demo, other");
        var environment = FolderContent.Of(project.At(".venv"));
        await WithoutPrivilegesAsync(project);
        Directory.Delete(project.Cache, recursive: true);
        Directory.CreateDirectory(project.Cache);
        Set(project.Cache, ReadOnly);

        var locked = await project.RunAsync("lock");
        var synced = await project.RunAsync("sync", "--diagnostics", "text");
        Set(project.Cache, Writable);

        Assert.Equal(0, locked.ExitCode);
        Assert.Contains("warning PYENV1418: ", locked.Error, StringComparison.Ordinal);
        Assert.Equal(4, synced.ExitCode);
        Assert.Contains("error PYENV1041: ", synced.Error, StringComparison.Ordinal);
        Assert.Contains("  -> ", synced.Error, StringComparison.Ordinal);
        Assert.Equal(environment, FolderContent.Of(project.At(".venv")));
    }

    /// <summary>The administrator may write everywhere, whatever a folder's mode says; without capabilities that ends.</summary>
    private static async Task WithoutPrivilegesAsync(ToolProject project)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no modes of folders.");
        if (!Environment.IsPrivilegedProcess)
            return;
        string[] launcher = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"];
        try
        {
            using var probe = Process.Start(launcher[0], [.. launcher[1..], "true"]);
            Require.That(await ToolProject.ExitCodeAsync(probe) == 0, "setpriv, or tests that run as somebody else than root");
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Require.That(false, "setpriv, or tests that run as somebody else than root");
        }

        project.Launcher = launcher;
    }

    private static void Set(string folder, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(folder, mode);
    }
}
