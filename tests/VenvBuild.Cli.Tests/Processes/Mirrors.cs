using System.Text;
using VenvBuild.Testing;

namespace VenvBuild.Cli.Tests;

/// <summary><c>sync --index-url</c>: the files of a lock from the index that this run names.</summary>
public sealed class Mirrors
{
    [Fact]
    public async Task Are_not_asked_for_pages_where_the_locks_own_addresses_are_theirs()
    {
        await using var project = new ToolProject();
        var file = await LockAsync(project);
        var (pages, files) = (project.Index.Count("/simple/demo/"), project.Index.Count(file.Path));

        var run = await SyncAsync(project, project.Index);

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Equal((pages, files + 1), (project.Index.Count("/simple/demo/"), project.Index.Count(file.Path)));
    }

    [Fact]
    public async Task Are_asked_where_a_file_has_moved_to()
    {
        await using var project = new ToolProject();
        var file = await LockAsync(project);
        project.Index.Lose(file.Path);
        project.Index.Serve($"/moved/{file.FileName}", file.Content);
        project.Index.Always("/simple/demo/", new(200, "text/html", Encoding.UTF8.GetBytes($"<a href=\"/moved/{file.FileName}#sha256={file.Sha256}\">{file.FileName}</a>")));

        var run = await SyncAsync(project, project.Index);

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Equal(1, project.Index.Count($"/moved/{file.FileName}"));
    }

    [Fact]
    public async Task Bring_the_files_of_a_lock_that_was_made_elsewhere()
    {
        await using var project = new ToolProject();
        await using var mirror = new LoopbackIndex();
        var file = mirror.Add(await LockAsync(project));
        var asked = project.Index.Requests.Count;

        var run = await SyncAsync(project, mirror);

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Equal((asked, 1), (project.Index.Requests.Count, mirror.Count(file.Path)));
    }

    /// <summary>A lock whose files and pages are in no cache.</summary>
    private static async Task<LoopbackFile> LockAsync(ToolProject project)
    {
        var file = project.Offer("demo");
        project.Ask("demo");
        var run = await project.RunAsync("lock");
        Assert.True(run.ExitCode == 0, run.Error);
        Directory.Delete(project.Cache, recursive: true);
        return file;
    }

    private static Task<Run> SyncAsync(ToolProject project, LoopbackIndex index) => project.RunAsync("sync", "--locked", "--index-url", index.Simple.AbsoluteUri);
}
