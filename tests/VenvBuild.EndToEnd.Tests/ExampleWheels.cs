using VenvBuild.Testing;

namespace VenvBuild.EndToEnd.Tests;

/// <summary>The binaries in the repository are those that their generator makes.</summary>
public sealed class ExampleWheels
{
    [Fact]
    public async Task Are_what_their_generator_writes()
    {
        var quickstart = Path.Combine(Repository.Root, "examples", "Quickstart");
        using var folder = new TestFolder();

        (await CommandRun.OfAsync(quickstart, OperatingSystem.IsWindows() ? "python" : "python3", ["make_wheels.py", folder.Path])).Succeeded();

        var committed = Directory.GetFiles(Path.Combine(quickstart, "wheels")).Select(Path.GetFileName).Order().ToList();
        Assert.NotEmpty(committed);
        Assert.Equal(committed, Directory.GetFiles(folder.Path).Select(Path.GetFileName).Order());
        foreach (var name in committed)
        {
            Assert.Equal(
                await File.ReadAllBytesAsync(Path.Combine(quickstart, "wheels", name!), TestContext.Current.CancellationToken),
                await File.ReadAllBytesAsync(folder.File(name!), TestContext.Current.CancellationToken));
        }
    }
}
