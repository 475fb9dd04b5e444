using System.Text.Json;

namespace VenvBuild.Cli.Tests;

/// <summary><c>sync --frozen</c> where there is a lock and no manifest, whoever made the lock.</summary>
public sealed class LocksAlone
{
    [Fact]
    public async Task Make_the_environment_beside_them()
    {
        await using var project = new ToolProject();
        project.Offer("demo");
        project.Offer("other");
        project.Ask("demo", "groups: {more: [other]}\n");
        Assert.Equal(0, (await project.RunAsync("lock")).ExitCode);
        File.Delete(project.At("pyenv.yaml"));

        var made = await project.RunAsync("sync", "--frozen");
        Assert.True(made.ExitCode == 0, made.Error);
        Assert.Equal("", await project.PythonAsync("import demo"));
        var again = await project.RunAsync("sync", "--frozen");
        Assert.Equal("", again.Output);
        var run = await project.RunAsync("run", "--frozen", "--group", "more", "python", "-c", "import demo, other; print(other.answer())");
        Assert.Equal("42", run.Output.Trim());
        var unknown = await project.RunAsync("sync", "--frozen", "--group", "none");
        Assert.Equal(2, unknown.ExitCode);
        Assert.Contains("pylock.toml", unknown.Error, StringComparison.Ordinal);
        Assert.Contains("There are: more.", unknown.Error, StringComparison.Ordinal);
        Assert.Equal([".venv", "pylock.toml"], Directory.GetFileSystemEntries(project.Folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task May_be_of_another_tool_and_of_another_name()
    {
        await using var project = new ToolProject();
        var file = project.Offer("demo");
        await File.WriteAllTextAsync(project.At("pylock.ci.toml"), $"""
            lock-version = "1.0"
            created-by = "somebody else"
            requires-python = ">=3.9"

            [[packages]]
            name = "demo"
            version = "1.0"
            wheels = [{"{"} url = "{new Uri(project.Index.Root, file.Path)}", hashes = {"{"} sha256 = "{file.Sha256}" {"}"} {"}"}]
            """, TestContext.Current.CancellationToken);

        var run = await project.RunAsync("sync", "--frozen", "--manifest", "pyenv.ci.yaml", "--json");

        Assert.True(run.ExitCode == 0, run.Error);
        using var answer = JsonDocument.Parse(run.Output);
        Assert.Equal(project.At(".venv"), answer.RootElement.GetProperty("result").GetProperty("environmentPath").GetString());
        Assert.Equal("", await project.PythonAsync("import demo"));
    }

    [Fact]
    public async Task Are_nothing_to_the_other_verbs()
    {
        await using var project = new ToolProject();
        await project.PrepareAsync();
        File.Delete(project.At("pyenv.yaml"));
        var before = FolderContent.Of(project.Folder);

        foreach (var verb in new[] { "sync", "lock" })
        {
            var run = await project.RunAsync(verb);
            Assert.Equal(2, run.ExitCode);
            Assert.Contains("error PYENV1016: ", run.Error, StringComparison.Ordinal);
        }

        File.Delete(project.At("pylock.toml"));
        Assert.Equal(2, (await project.RunAsync("sync", "--frozen")).ExitCode);
        Assert.Equal(before.Split('\n').Where(line => !line.StartsWith("pylock", StringComparison.Ordinal)), FolderContent.Of(project.Folder).Split('\n'));
    }
}
