using System.Text.Json;

namespace VenvBuild.Cli.Tests;

/// <summary><c>export</c> as a process.</summary>
public sealed class Exports
{
    [Fact]
    public async Task Times_come_from_SOURCE_DATE_EPOCH_alone()
    {
        await using var project = new ToolProject();
        project.Offer("demo");
        project.Ask("demo");
        Assert.Equal(0, (await project.RunAsync("lock")).ExitCode);
        project.Variables["SOURCE_DATE_EPOCH"] = null;
        Assert.DoesNotContain("timestamp", (await project.RunAsync("export", "--format", "cyclonedx")).Output, StringComparison.Ordinal);

        project.Variables["SOURCE_DATE_EPOCH"] = "86400";
        using var bill = JsonDocument.Parse((await project.RunAsync("export", "--format", "cyclonedx")).Output);
        Assert.Equal("1970-01-02T00:00:00Z", bill.RootElement.GetProperty("metadata").GetProperty("timestamp").GetString());
        var written = await project.RunAsync("export", "--format", "spdx", "-o", "bill.json");
        Assert.Equal("bill.json: 1 package for all platforms and Pythons of the lock\n", written.Output.ReplaceLineEndings("\n"));
        Assert.Contains("\"created\": \"1970-01-02T00:00:00Z\"", await File.ReadAllTextAsync(project.At("bill.json"), TestContext.Current.CancellationToken), StringComparison.Ordinal);

        project.Variables["SOURCE_DATE_EPOCH"] = "tomorrow";
        var refused = await project.RunAsync("export", "--format", "spdx");
        Assert.Equal((2, ""), (refused.ExitCode, refused.Output));
    }
}
