namespace VenvBuild.Cli.Tests;

/// <summary>Locks that a merge, a hand or a newer tool changed: refused at their place and never written over.</summary>
public sealed class DamagedLocks
{
    private static readonly string[][] Verbs = [["lock"], ["sync", "--frozen"]];

    public static TheoryData<string, string, string, string> Damages => new()
    {
        { "lock-version = \"1.0\"", "lock-version = \"2.0\"", "PYENV1206", "(1,16)" },
        { "lock-version = \"1.0\"", "<<<<<<< HEAD\nlock-version = \"1.0\"\n=======\nlock-version = \"1.0\"\n>>>>>>> branch", "PYENV1204", "(1,1)" },
        { "[[packages]]", "[[packages]", "PYENV1203", "(" },
        { "name = \"demo\"", "name = \"Demo\"", "PYENV1210", "(" },
        { "sha256 = \"", "sha256 = \"zz", "PYENV1215", "(" },
    };

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task Are_refused_and_stay_as_they_are(string whole, string damaged, string code, string place)
    {
        await using var project = new ToolProject();
        await project.PrepareAsync();
        var text = await File.ReadAllTextAsync(project.At("pylock.toml"), TestContext.Current.CancellationToken);
        Assert.Contains(whole, text, StringComparison.Ordinal);
        await File.WriteAllTextAsync(project.At("pylock.toml"), text.Replace(whole, damaged, StringComparison.Ordinal), TestContext.Current.CancellationToken);
        var before = FolderContent.Of(project.Folder);

        foreach (var verb in Verbs)
        {
            var run = await project.RunAsync(verb);

            Assert.True(run.ExitCode == 2, $"{string.Join(' ', verb)}: exit {run.ExitCode}\n{run.Error}");
            Assert.Contains("pylock.toml" + place, run.Error, StringComparison.Ordinal);
            Assert.Contains($"error {code}: ", run.Error, StringComparison.Ordinal);
            Assert.Equal(before, FolderContent.Of(project.Folder));
        }
    }

    [Fact]
    public async Task A_leftover_of_a_killed_run_is_taken_away_and_the_work_of_a_living_one_is_not()
    {
        await using var project = new ToolProject();
        await project.PrepareAsync();
        project.Offer("other");
        project.Ask("demo, other");
        var (dead, alive) = (project.At($"pylock.toml.{Guid.NewGuid():N}.tmp"), project.At($"pylock.toml.{Guid.NewGuid():N}.tmp"));
        await File.WriteAllTextAsync(dead, "half", TestContext.Current.CancellationToken);
        await using (new FileStream(alive, FileMode.CreateNew, FileAccess.Write, FileShare.Delete))
            Assert.Equal(0, (await project.RunAsync("lock")).ExitCode);

        Assert.Equal([alive], FolderContent.Leftovers(project.Folder));
    }
}
