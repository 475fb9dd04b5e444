using System.Text.Json;
using VenvBuild.Testing;

namespace VenvBuild.Cli.Tests;

/// <summary>The verbs about pins and requests, as a person and a program meet them.</summary>
public sealed class PinQuestions
{
    [Fact]
    public async Task Are_answered_in_words_and_as_data()
    {
        await using var project = new ToolProject();
        Offer(project, new WheelMaker("app").Requires("lib>=1,<3"));
        Offer(project, new WheelMaker("lib"));
        Offer(project, new WheelMaker("lib", "3.0"));
        Offer(project, new WheelMaker("extra"));
        project.Ask("app");

        var added = await project.RunAsync("add", "extra>=1");
        Assert.True(added.ExitCode == 0, added.Error);
        Assert.Equal("pyenv.yaml: added extra>=1\npylock.toml: locked 3 packages\n", added.Output.ReplaceLineEndings("\n"));
        Assert.StartsWith("requirements: [app, extra>=1]", await File.ReadAllTextAsync(project.At("pyenv.yaml"), TestContext.Current.CancellationToken), StringComparison.Ordinal);

        var why = await project.RunAsync("why", "lib");
        Assert.Equal(
            "lib 1.0 is needed by\n  app -> app 1.0 asks for lib>=1,<3\nIts versions are bounded by\n  >=1,<3  app 1.0\n", why.Output.ReplaceLineEndings("\n"));
        var not = await project.RunAsync("why", "lib==3.0");
        Assert.Equal(0, not.ExitCode);
        Assert.StartsWith("lib 3.0 would not do.\n", not.Output.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Equal(1, (await project.RunAsync("why", "nowhere")).ExitCode);

        var tree = await project.RunAsync("tree");
        Assert.Equal("project\n├── app 1.0\n│   └── lib 1.0  >=1,<3\n└── extra 1.0  >=1\n", tree.Output.ReplaceLineEndings("\n"));
        Assert.Equal(2, (await project.RunAsync("tree", "--depth", "deep")).ExitCode);

        var outdated = await project.RunAsync("outdated");
        Assert.Contains("lib      1.0      1.0   3.0\n    3.0 is held back: app 1.0 asks for lib>=1,<3", outdated.Output.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        using var data = JsonDocument.Parse((await project.RunAsync("outdated", "--json")).Output);
        Assert.Equal("lib", data.RootElement.GetProperty("result")[0].GetProperty("name").GetString());

        var removed = await project.RunAsync("remove", "extra", "--json");
        using var edit = JsonDocument.Parse(removed.Output);
        Assert.Equal("written", edit.RootElement.GetProperty("result").GetProperty("lock").GetProperty("state").GetString());
        Assert.Equal(2, (await project.RunAsync("remove", "extra")).ExitCode);
    }

    private static void Offer(ToolProject project, WheelMaker wheel) => project.Index.Add(new(wheel.Name, wheel.FileName, wheel.ToArray()));
}
