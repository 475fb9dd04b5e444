using System.Text;
using VenvBuild.Testing;

namespace VenvBuild.Cli.Tests;

/// <summary>An index that fails while a new lock is made: the old lock and environment stay, and a person learns what to do.</summary>
public sealed class FailingIndexes
{
    private const string Json = "application/vnd.pypi.simple.v1+json";

    public static TheoryData<string, LoopbackAnswer, string> Answers => new()
    {
        { "500 for ever", LoopbackAnswer.OfStatus(500), "PYENV1402" },
        { "401", LoopbackAnswer.OfStatus(401, ("WWW-Authenticate", "Basic realm=\"corp\"")), "PYENV1401" },
        { "a login page", LoopbackAnswer.LoginPage, "PYENV1407" },
        { "no JSON", new(200, Json, Encoding.UTF8.GetBytes("{\"name\":")), "PYENV1407" },
        { "a page without an end", new(200, Json, new byte[1 << 20]) { IsEndless = true }, "PYENV1408" },
    };

    [Theory]
    [MemberData(nameof(Answers), DisableDiscoveryEnumeration = true)]
    public async Task End_with_4_and_leave_all_as_it_was(string what, LoopbackAnswer answer, string code)
    {
        await using var project = new ToolProject();
        await project.PrepareAsync();
        project.Index.Always("/simple/other/", answer);
        project.Ask("demo, other");
        var before = FolderContent.Of(project.Folder);

        foreach (var verb in new[] { "lock", "sync" })
        {
            var run = await project.RunAsync(verb, "--diagnostics", "text");

            Assert.True(run.ExitCode == 4, $"{what}: exit {run.ExitCode}\n{run.Error}");
            Assert.Contains($"error {code}: ", run.Error, StringComparison.Ordinal);
            Assert.Contains("'other'", run.Error, StringComparison.Ordinal);
            Assert.Contains("  -> ", run.Error, StringComparison.Ordinal);
            Assert.Equal(before, FolderContent.Of(project.Folder));
        }
    }

    [Fact]
    public async Task A_name_that_no_index_has_ends_with_3_and_leaves_all_as_it_was()
    {
        await using var project = new ToolProject();
        await project.PrepareAsync();
        project.Ask("demo, other");
        var before = FolderContent.Of(project.Folder);

        var run = await project.RunAsync("lock");

        Assert.Equal(3, run.ExitCode);
        Assert.Contains($"{project.At("pyenv.yaml")}(1,22): error PYENV1302: ", run.Error, StringComparison.Ordinal);
        Assert.Contains("other", run.Error, StringComparison.Ordinal);
        Assert.Equal(before, FolderContent.Of(project.Folder));
    }

    [Fact]
    public async Task A_wheel_with_a_wrong_digest_ends_with_4_and_leaves_the_environment_as_it_was()
    {
        await using var project = new ToolProject();
        await project.PrepareAsync();
        var wheel = new WheelMaker("other").Module("other");
        project.Index.Add(new("other", wheel.FileName, wheel.ToArray()) { Sha256 = new string('a', 64), Metadata = Encoding.UTF8.GetBytes("Metadata-Version: 2.1\nName: other\nVersion: 1.0\n") });
        project.Ask("demo, other");
        Assert.Equal(0, (await project.RunAsync("lock")).ExitCode);
        var before = FolderContent.Of(project.Folder);

        var run = await project.RunAsync("sync", "--locked", "--diagnostics", "text");

        Assert.Equal(4, run.ExitCode);
        Assert.Matches("error PYENV(1409|1616): ", run.Error);
        Assert.Contains("  -> ", run.Error, StringComparison.Ordinal);
        Assert.Equal(before, FolderContent.Of(project.Folder));
        Assert.Empty(FolderContent.Leftovers(project.Cache));
    }

    [Fact]
    public async Task A_folder_of_wheels_that_is_not_there_ends_with_its_code_and_its_place()
    {
        await using var project = new ToolProject();
        await project.PrepareAsync();
        project.Ask("demo, other", "find-links: [./wheels]\n");
        var before = FolderContent.Of(project.Folder);

        var run = await project.RunAsync("lock");

        Assert.Equal(4, run.ExitCode);
        Assert.Contains("error PYENV1410: ", run.Error, StringComparison.Ordinal);
        Assert.Contains(project.At("wheels"), run.Error, StringComparison.Ordinal);
        Assert.Equal(before, FolderContent.Of(project.Folder));
    }
}
