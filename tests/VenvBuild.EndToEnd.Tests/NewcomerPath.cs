using System.Runtime.InteropServices;

namespace VenvBuild.EndToEnd.Tests;

/// <summary>What somebody does first: clones, runs the quickstart, installs the tool.</summary>
public sealed class NewcomerPath(FreshClone clone) : IClassFixture<FreshClone>
{
    [Fact]
    public async Task The_quickstart_runs_in_a_fresh_clone_and_does_no_environment_work_the_second_time()
    {
        string[] command = ["run", "--project", System.IO.Path.Combine("examples", "Quickstart")];

        var first = (await clone.DotNetAsync(command)).Succeeded();

        Assert.Contains("Python says: 8 numbers, total 31, mean 3.875, median 3.5 Python 3.", first.Output, StringComparison.Ordinal);
        Assert.True(File.Exists(clone.At("examples", "Quickstart", "pylock.toml")));
        var environment = new FileInfo(clone.At("examples", "Quickstart", ".venv", "pyvenv.cfg")).LastWriteTimeUtc;
        var stamp = Directory.GetFiles(clone.At("examples", "Quickstart", "obj"), "pyenv.stamp", SearchOption.AllDirectories).Single();
        var stamped = File.GetLastWriteTimeUtc(stamp);

        var second = (await clone.DotNetAsync(command)).Succeeded();

        Assert.Equal(first.Output.Split("Python says:")[1], second.Output.Split("Python says:")[1]);
        Assert.Equal(stamped, File.GetLastWriteTimeUtc(stamp));
        Assert.Equal(environment, new FileInfo(clone.At("examples", "Quickstart", ".venv", "pyvenv.cfg")).LastWriteTimeUtc);
    }

    [Fact]
    public async Task The_tool_installs_as_a_native_and_as_a_portable_package_and_compiles_without_a_warning()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64, "The native package is made for the machine at hand; this test knows linux-x64.");

        (await clone.DotNetAsync("pack", "src/VenvBuild.Cli", "-o", "native")).Succeeded();
        (await clone.DotNetAsync("pack", "src/VenvBuild.Cli", "-o", "portable", "--no-build", "-p:ToolPackageRuntimeIdentifiers=any")).Succeeded();
        (await clone.DotNetAsync("pack", "src/VenvBuild.Cli", "-o", "portable", "-r", "any")).Succeeded();
        var native = (await clone.DotNetAsync("pack", "src/VenvBuild.Cli", "-o", "native", "-r", "linux-x64", "-warnaserror")).Succeeded();

        Assert.DoesNotContain("warning", native.Output, StringComparison.Ordinal);
        await InstallAndRunAsync("native");
        await InstallAndRunAsync("portable");
        var executable = await File.ReadAllBytesAsync(clone.At("native-tool", "dotnet-pyenv"), TestContext.Current.CancellationToken);
        Assert.Equal([0x7F, (byte)'E', (byte)'L', (byte)'F'], executable[..4]);
        Assert.Empty(Directory.GetFiles(clone.At("native-tool"), "System.CommandLine.dll", SearchOption.AllDirectories));
        Assert.Single(Directory.GetFiles(clone.At("portable-tool"), "System.CommandLine.dll", SearchOption.AllDirectories));
    }

    private async Task InstallAndRunAsync(string feed)
    {
        var config = clone.At($"{feed}.config");
        await File.WriteAllTextAsync(config, $"""
            <configuration>
              <config><add key="globalPackagesFolder" value="{clone.At($"{feed}-packages")}" /></config>
              <packageSources><clear /></packageSources>
            </configuration>
            """, TestContext.Current.CancellationToken);
        (await clone.DotNetAsync("tool", "install", "dotnet-pyenv", "--tool-path", $"{feed}-tool", "--add-source", clone.At(feed), "--configfile", config)).Succeeded();
        var version = (await CommandRun.OfAsync(clone.Path, clone.At($"{feed}-tool", "dotnet-pyenv"), ["--version"])).Succeeded();
        Assert.Equal(BuildOfTests.PackageVersion, version.Output.Trim());
    }
}
