using VenvBuild.Testing;

namespace VenvBuild.EndToEnd.Tests;

/// <summary>A repository elsewhere that has the package, real wheels and a real Python.</summary>
public sealed class PackedConsumer(PackedPackages packages)
{
    [Fact]
    public async Task Locks_builds_and_runs_and_refuses_a_stale_lock_where_it_is_told_to()
    {
        var quickstart = Path.Combine(Repository.Root, "examples", "Quickstart");
        var manifest = await File.ReadAllTextAsync(Path.Combine(quickstart, "pyenv.yaml"), TestContext.Current.CancellationToken);
        using var consumer = new Consumer(packages, manifest);
        foreach (var file in new[] { "Program.cs", "Quickstart.csproj" })
            File.Copy(Path.Combine(quickstart, file), consumer.At(file));
        Directory.CreateDirectory(consumer.At("wheels"));
        foreach (var wheel in Directory.GetFiles(Path.Combine(quickstart, "wheels")))
            File.Copy(wheel, consumer.At("wheels", Path.GetFileName(wheel)));

        var first = (await consumer.DotNetAsync("run")).Succeeded();
        Assert.Contains("Python says: 8 numbers, total 31, mean 3.875, median 3.5 Python 3.", first.Output, StringComparison.Ordinal);
        Assert.Contains($"It lives in: {consumer.At(".venv")}", first.Output, StringComparison.Ordinal);

        var lockText = await File.ReadAllTextAsync(consumer.At("pylock.toml"), TestContext.Current.CancellationToken);
        Assert.Contains("venvbuild_demo_numbers-1.1.0-py3-none-any.whl", lockText, StringComparison.Ordinal);
        Assert.DoesNotContain("venvbuild_demo_numbers-2.0.0", lockText, StringComparison.Ordinal);

        (await consumer.DotNetAsync("build", "--no-restore", "-p:ContinuousIntegrationBuild=true")).Succeeded();

        consumer.Write("pyenv.yaml", manifest.Replace("venvbuild-demo-report>=1", "venvbuild-demo-numbers<1.1", StringComparison.Ordinal));
        var stale = await consumer.DotNetAsync("build", "--no-restore", "-p:ContinuousIntegrationBuild=true");
        Assert.Equal(1, stale.ExitCode);
        Assert.Contains("error PYENV1250", stale.Output, StringComparison.Ordinal);
        Assert.Contains("venvbuild-demo-numbers", stale.Output, StringComparison.Ordinal);
        Assert.Contains("dotnet pyenv lock", stale.Output, StringComparison.Ordinal);
        Assert.Equal(lockText, await File.ReadAllTextAsync(consumer.At("pylock.toml"), TestContext.Current.CancellationToken));

        (await consumer.DotNetAsync("clean")).Succeeded();
        Assert.False(Directory.Exists(consumer.At(".venv")));
        Assert.True(File.Exists(consumer.At("pylock.toml")));
    }

    [Fact]
    public async Task Builds_the_requests_of_the_original_proposal()
    {
        await using var index = await SliceServer.StartAsync();
        using var consumer = new Consumer(packages, $"""
            python: ">=3.11"
            requirements: ["django>=1.8", "requests>2.7"]
            platforms: [linux-x64]
            indexes: [{"{"}name: slice, url: "{index.Simple}"{"}"}]
            """);
        consumer.Write("App.csproj", """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><TargetFramework>net10.0</TargetFramework><PyEnvPython>3.11</PyEnvPython></PropertyGroup>
            </Project>
            """);

        (await consumer.DotNetAsync("build")).Succeeded();

        var python = await CommandRun.OfAsync(consumer.Folder, consumer.At(".venv", "bin", "python"), ["-c", "import django, requests; print(django.__version__, requests.__version__)"]);
        Assert.Matches(@"^\d+\.\d+(\.\d+)? \d+\.\d+\.\d+\s*$", python.Succeeded().Output);
    }
}
