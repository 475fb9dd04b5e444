using System.Text.Json;

namespace VenvBuild.Cli.Tests;

/// <summary>What an environment is made of, and stays.</summary>
public sealed class Environments
{
    [Fact]
    public async Task Hold_links_where_the_manifest_says_so()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows lets only some users make links by path.");
        await using var project = new ToolProject();
        project.Offer("demo");
        project.Ask("demo", "environment: {link: symlink}\n");

        Assert.Equal(0, (await project.RunAsync("sync")).ExitCode);

        var module = Directory.GetFiles(project.At(".venv", "lib"), "__init__.py", SearchOption.AllDirectories).Single();
        Assert.StartsWith(project.Cache, new FileInfo(module).LinkTarget, StringComparison.Ordinal);
        Assert.Equal("42", await project.PythonAsync("import demo; print(demo.answer())"));
    }

    [Fact]
    public async Task Keep_their_interpreter_while_it_fits()
    {
        await using var project = new ToolProject();
        using var list = JsonDocument.Parse((await project.RunAsync("python", "list", "--json")).Output);
        string[] pythons = [.. list.RootElement.GetProperty("result").EnumerateArray()
            .Where(python => !python.GetProperty("isFreeThreaded").GetBoolean()).Select(python => python.GetProperty("executable").GetString()!)];
        Assert.SkipUnless(pythons.Length > 1, "There is one Python on this machine, so nothing to choose between.");
        project.Offer("demo");
        project.Ask("demo");
        Assert.Equal(0, (await project.RunAsync("sync", "--python", pythons[^1])).ExitCode);
        var made = FolderContent.Of(project.Folder);

        var again = await project.RunAsync("sync");

        Assert.Equal(0, again.ExitCode);
        Assert.Equal(made, FolderContent.Of(project.Folder));
    }

    [Fact]
    public async Task Run_a_command_whose_output_leaves_a_document_whole()
    {
        await using var project = new ToolProject();
        await project.PrepareAsync();

        var run = await project.RunAsync("run", "--json", "python", "-c", "import sys; print('said'); sys.exit(7)");

        Assert.Equal(7, run.ExitCode);
        using var document = JsonDocument.Parse(run.Output);
        Assert.Equal(7, document.RootElement.GetProperty("result").GetProperty("exitCode").GetInt32());
        Assert.Contains("said", run.Error, StringComparison.Ordinal);
        Assert.Equal("said", (await project.RunAsync("run", "python", "-c", "print('said')")).Output.Trim());
    }
}
