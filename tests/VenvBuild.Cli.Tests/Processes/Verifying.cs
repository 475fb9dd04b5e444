using System.Text.Json;
using VenvBuild.Testing;

namespace VenvBuild.Cli.Tests;

/// <summary><c>verify</c> as a person and a pipeline meet it.</summary>
public sealed class Verifying
{
    private static readonly CancellationToken Stop = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_right_lock_is_proven_from_the_cache_without_asking_the_index()
    {
        await using var project = await LockedAsync();
        var before = project.Index.Requests.Count;

        foreach (var arguments in new string[][] { ["verify"], ["verify", "--offline"] })
        {
            var run = await project.RunAsync(arguments);
            Assert.True(run.ExitCode == 0, run.Error);
            Assert.Contains("proven, 2 packages", run.Output, StringComparison.Ordinal);
        }

        Assert.Equal(before, project.Index.Requests.Count);
    }

    [Fact]
    public async Task A_wrong_lock_is_named_with_its_pin_its_requirement_and_its_targets()
    {
        await using var project = await LockedAsync();
        var text = await File.ReadAllTextAsync(project.At("pylock.toml"), Stop);
        var start = text.IndexOf("[[packages]]\nname = \"other\"", StringComparison.Ordinal);
        var end = text.IndexOf("\n[tool", start, StringComparison.Ordinal);
        await File.WriteAllTextAsync(project.At("pylock.toml"), text.Remove(start, end - start), Stop);

        var run = await project.RunAsync("verify", "--json");

        Assert.Equal(1, run.ExitCode);
        using var document = JsonDocument.Parse(run.Output);
        var result = document.RootElement.GetProperty("result");
        Assert.False(result.GetProperty("isProven").GetBoolean());
        var finding = result.GetProperty("findings").EnumerateArray().Single(finding => finding.GetProperty("code").GetString() == "PYENV1265");
        Assert.Equal("wrong", finding.GetProperty("kind").GetString());
        Assert.Equal("demo 1.0", finding.GetProperty("pin").GetString());
        Assert.Equal("other>=1", finding.GetProperty("requirement").GetString());
        Assert.NotEqual(0, finding.GetProperty("targets").GetArrayLength());
        Assert.Contains("dotnet pyenv lock", finding.GetProperty("remedy").GetString(), StringComparison.Ordinal);
        Assert.Equal(text.Remove(start, end - start), await File.ReadAllTextAsync(project.At("pylock.toml"), Stop));
    }

    [Fact]
    public async Task What_cannot_be_proven_offline_is_named_and_answers_1()
    {
        await using var project = await LockedAsync();
        Directory.Delete(project.Cache, recursive: true);

        var run = await project.RunAsync("verify", "--offline");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("error PYENV1260: ", run.Error, StringComparison.Ordinal);
        Assert.Contains("demo 1.0", run.Error, StringComparison.Ordinal);
        Assert.Contains("other 1.0", run.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await project.RunAsync("verify")).ExitCode);
    }

    [Fact]
    public async Task Online_finds_what_has_changed_since_it_was_locked()
    {
        await using var project = await LockedAsync();
        Assert.Equal(0, (await project.RunAsync("verify", "--online")).ExitCode);
        project.Index.Always("/simple/other/", LoopbackAnswer.OfStatus(404));

        Assert.Equal(0, (await project.RunAsync("verify")).ExitCode);
        var run = await project.RunAsync("verify", "--online");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("error PYENV1276: ", run.Error, StringComparison.Ordinal);
        Assert.Equal(2, (await project.RunAsync("verify", "--online", "--offline")).ExitCode);
    }

    private static async Task<ToolProject> LockedAsync()
    {
        var project = new ToolProject();
        var wheel = new WheelMaker("demo").Module("demo").Requires("other>=1");
        project.Index.Add(new("demo", wheel.FileName, wheel.ToArray()));
        project.Offer("other");
        project.Ask("demo");
        var run = await project.RunAsync("lock");
        Assert.True(run.ExitCode == 0, run.Error);
        return project;
    }
}
