using System.Diagnostics;
using System.Globalization;
using VenvBuild.Testing;

namespace VenvBuild.Cli.Tests;

/// <summary>A disk that is full: a small file system of its own, which the tool sees and the test afterwards gets a copy of.</summary>
public sealed class FullDisks
{
    // Mounts a file system of $1 over the folder $2, puts the content of $3 there, runs the command and brings all back to $3.
    private const string OnSmallDisk = """
        set -e
        mount -t tmpfs -o "size=$1" tmpfs "$2"
        cp -a "$3/." "$2/"
        if [ -n "$4" ]; then dd if=/dev/zero of="$2/filler" bs=1024 2>/dev/null || true; fi
        place=$2 content=$3
        shift 4
        # What was the working folder lies under the new file system.
        cd "$PWD"
        set +e
        "$@"
        code=$?
        rm -f "$place/filler"
        find "$content" -mindepth 1 -delete
        cp -a "$place/." "$content/"
        exit $code
        """;

    [Fact]
    public async Task Under_the_lock_leave_the_old_lock()
    {
        await using var project = new ToolProject();
        await project.PrepareAsync();
        project.Offer("other");
        project.Ask("demo, other");
        var before = FolderContent.Of(project.Folder);
        var content = await OnSmallDiskAsync(project, project.Folder, "8m", isFull: true);

        var run = await project.RunAsync("lock", "--diagnostics", "text");

        Assert.Equal(4, run.ExitCode);
        Assert.Contains("error PYENV1012: ", run.Error, StringComparison.Ordinal);
        Assert.Contains("pylock.toml", run.Error, StringComparison.Ordinal);
        Assert.Contains("No space left", run.Error, StringComparison.Ordinal);
        Assert.Contains("  -> ", run.Error, StringComparison.Ordinal);
        Assert.Equal(before, FolderContent.Of(content));
    }

    [Fact]
    public async Task Under_the_environment_leave_the_old_environment()
    {
        await using var project = new ToolProject();
        await project.PrepareAsync();
        project.Offer("other", modules: 1000);
        project.Ask("demo, other", "environment: {bytecode: false}\n");
        Assert.Equal(0, (await project.RunAsync("lock")).ExitCode);
        var before = FolderContent.Of(project.Folder);
        var content = await OnSmallDiskAsync(project, project.Folder, "1m,nr_inodes=500", isFull: false);

        var run = await project.RunAsync("sync", "--diagnostics", "text");

        Assert.Equal(4, run.ExitCode);
        Assert.Contains("error PYENV1040: ", run.Error, StringComparison.Ordinal);
        Assert.Contains(project.At(".venv"), run.Error, StringComparison.Ordinal);
        Assert.Contains("  -> ", run.Error, StringComparison.Ordinal);
        Assert.Equal(before, FolderContent.Of(content));
    }

    [Fact]
    public async Task Under_the_cache_leave_the_old_environment_and_a_cache_that_works()
    {
        await using var project = new ToolProject();
        await project.PrepareAsync();
        project.Offer("other");
        project.Ask("demo, other");
        Assert.Equal(0, (await project.RunAsync("lock")).ExitCode);
        var before = FolderContent.Of(project.Folder);
        var content = await OnSmallDiskAsync(project, project.Cache, "8m", isFull: true);

        var run = await project.RunAsync("sync", "--diagnostics", "text");

        Assert.Equal(4, run.ExitCode);
        Assert.Contains("error PYENV1040: ", run.Error, StringComparison.Ordinal);
        Assert.Contains("  -> ", run.Error, StringComparison.Ordinal);
        Assert.Equal(before, FolderContent.Of(project.Folder));
        Assert.Empty(FolderContent.Leftovers(content));
        project.Launcher = [];
        Directory.Delete(project.Cache, recursive: true);
        Directory.Move(content, project.Cache);
        Assert.Equal(0, (await project.RunAsync("sync")).ExitCode);
        Assert.Equal("", await project.PythonAsync("import demo, other"));
    }

    [Fact]
    public async Task Under_the_cache_cost_a_lock_nothing_but_a_warning()
    {
        await using var project = new ToolProject();
        await project.PrepareAsync();
        project.Offer("other");
        project.Ask("demo, other");
        await OnSmallDiskAsync(project, project.Cache, "8m", isFull: true);

        var run = await project.RunAsync("lock");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("warning PYENV1418: ", run.Error, StringComparison.Ordinal);
        Assert.Contains("other", await File.ReadAllTextAsync(project.At("pylock.toml"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    /// <summary>Puts a small file system over a folder of the project for the next runs, and gives the folder that gets its content.</summary>
    private static async Task<string> OnSmallDiskAsync(ToolProject project, string folder, string size, bool isFull)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux lets a process mount a file system of its own.");
        string[] own = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c"];
        using (var probe = Process.Start(new ProcessStartInfo(own[0], [.. own[1..], "mount -t tmpfs tmpfs /mnt"]) { RedirectStandardError = true })!)
            Require.That((await ToolProject.ExitCodeAsync(probe)) == 0, "user namespaces in which file systems can be mounted");
        var content = project.Beside(string.Create(CultureInfo.InvariantCulture, $"content-{Path.GetFileName(folder)}"));
        using (var copy = Process.Start("cp", ["-a", folder, content]))
            Assert.Equal(0, await ToolProject.ExitCodeAsync(copy));
        project.Launcher = [.. own, OnSmallDisk, "sh", size, folder, content, isFull ? "full" : ""];
        return content;
    }
}
