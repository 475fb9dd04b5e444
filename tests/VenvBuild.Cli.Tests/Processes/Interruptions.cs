using System.Diagnostics;
using System.Globalization;
using VenvBuild.Testing;

namespace VenvBuild.Cli.Tests;

/// <summary>Ctrl-C and a kill, in each phase: what was there before is there afterwards, and the next run tidies up.</summary>
public sealed class Interruptions
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    [InlineData("KILL")]
    public async Task While_resolving(string signal)
    {
        await using var project = new ToolProject();
        await project.PrepareAsync();
        project.Index.Order("/simple/other/", Stalling(200, "application/vnd.pypi.simple.v1+json"));
        project.Ask("demo, other");
        var before = FolderContent.Of(project.Folder);

        await InterruptAsync(project, signal, () => project.Index.Count("/simple/other/") > 0, "lock");

        Assert.Equal(before, FolderContent.Of(project.Folder));
        project.Offer("other");
        await NextRunIsCleanAsync(project);
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("KILL")]
    public async Task While_downloading(string signal)
    {
        await using var project = new ToolProject();
        await project.PrepareAsync();
        var file = project.Offer("other");
        project.Ask("demo, other");
        Assert.Equal(0, (await project.RunAsync("lock")).ExitCode);
        var before = FolderContent.Of(project.Folder);
        project.Index.Order(file.Path, new LoopbackAnswer(200, "application/octet-stream", file.Content) { Stalls = true });
        var asked = project.Index.Count(file.Path);

        await InterruptAsync(project, signal, () => project.Index.Count(file.Path) > asked, "sync");

        Assert.Equal(before, FolderContent.Of(project.Folder));
        await NextRunIsCleanAsync(project);
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("KILL")]
    public async Task While_linking(string signal)
    {
        await using var project = new ToolProject();
        await project.PrepareAsync();
        project.Offer("other", modules: 4000);
        project.Ask("demo, other", "environment: {bytecode: false, link: copy}\n");
        Assert.Equal(0, (await project.RunAsync("lock")).ExitCode);
        var old = FolderContent.Of(project.At(".venv"));

        var run = await InterruptAsync(project, signal, () => Directory.EnumerateDirectories(project.Folder, ".venv.*.tmp").Any(), "sync");

        // The signal may come when the new environment is in its place already.
        if (run.ExitCode == 0)
            Assert.Equal("", await project.PythonAsync("import demo, other.m3999"));
        else
            Assert.Equal(old, FolderContent.Of(project.At(".venv")));
        await NextRunIsCleanAsync(project);
    }

    [Fact]
    public async Task While_another_run_makes_the_environment()
    {
        await using var project = new ToolProject();
        await project.PrepareAsync();
        var file = project.Offer("other");
        project.Ask("demo, other");
        Assert.Equal(0, (await project.RunAsync("lock")).ExitCode);
        project.Index.Order(file.Path, new LoopbackAnswer(200, "application/octet-stream", file.Content) { Stalls = true });
        var asked = project.Index.Count(file.Path);
        using var first = project.Start("sync");
        await UntilAsync(first, () => project.Index.Count(file.Path) > asked);

        using var second = project.Start("sync");
        first.Kill();
        await ToolProject.FinishAsync(first);

        Assert.Equal(0, (await ToolProject.FinishAsync(second)).ExitCode);
        await NextRunIsCleanAsync(project);
    }

    private static LoopbackAnswer Stalling(int status, string type) => new(status, type, new byte[100]) { Stalls = true };

    /// <summary>Starts the tool, waits for the phase, and sends the signal.</summary>
    private static async Task<Run> InterruptAsync(ToolProject project, string signal, Func<bool> isInPhase, params string[] arguments)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals to send.");
        using var process = project.Start(arguments);
        await UntilAsync(process, isInPhase);
        using (var kill = Process.Start("kill", ["-" + signal, process.Id.ToString(CultureInfo.InvariantCulture)]))
            await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        var run = await ToolProject.FinishAsync(process);
        if (run.ExitCode == 0)
            return run;
        Assert.Equal(signal == "KILL" ? 137 : 130, run.ExitCode);
        if (signal != "KILL")
        {
            Assert.Contains("Cancelled", run.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("PYENV", run.Error, StringComparison.Ordinal);
            Assert.Empty(FolderContent.Leftovers(project.Folder));
            Assert.Empty(FolderContent.Leftovers(project.Cache));
        }

        return run;
    }

    private static async Task UntilAsync(Process process, Func<bool> isInPhase)
    {
        for (var waited = Stopwatch.StartNew(); !process.HasExited && waited.Elapsed < Patience && !isInPhase();)
            await Task.Delay(1, TestContext.Current.CancellationToken);
    }

    private static async Task NextRunIsCleanAsync(ToolProject project)
    {
        var next = await project.RunAsync("sync");
        Assert.True(next.ExitCode == 0, next.Error);
        Assert.Equal("", await project.PythonAsync("import demo, other"));
        Assert.Empty(FolderContent.Leftovers(project.Folder));
        Assert.Empty(FolderContent.Leftovers(project.Cache));
    }
}
