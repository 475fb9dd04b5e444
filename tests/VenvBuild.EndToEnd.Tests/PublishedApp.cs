using System.Runtime.InteropServices;
using VenvBuild.Testing;

namespace VenvBuild.EndToEnd.Tests;

/// <summary>A program that is published with its environment, and goes elsewhere.</summary>
public sealed class PublishedApp(PackedPackages packages)
{
    private static readonly string DotNet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Runs_from_any_folder_after_a_first_publish_and_after_one_without_a_build()
    {
        using var consumer = await QuickstartAsync("environment: {bytecode: true}\n");

        (await consumer.DotNetAsync("publish", "-o", "out", "-p:PyEnvPublish=true")).Succeeded();
        await RunsAfterMoveAsync(consumer, "first");
        Assert.False(File.Exists(consumer.At("first", "pyenv", ".venvbuild.json")));

        // What is published no longer does not stay in the folder.
        (await consumer.DotNetAsync("publish", "--no-restore", "-o", "out", "-p:PyEnvPublish=true")).Succeeded();
        Assert.NotEmpty(Directory.GetFiles(consumer.At("out", "pyenv"), "*.pyc", SearchOption.AllDirectories));
        (await consumer.DotNetAsync("publish", "--no-build", "-o", "out", "-p:PyEnvPublish=true", "-p:PyEnvPublishTrim=caches")).Succeeded();
        Assert.Empty(Directory.GetFiles(consumer.At("out", "pyenv"), "*.pyc", SearchOption.AllDirectories));
        await RunsAfterMoveAsync(consumer, "second");

        (await consumer.DotNetAsync("clean", "-c", "Release")).Succeeded();
        Assert.Empty(Directory.GetFiles(consumer.At("obj"), "pyvenv.cfg", SearchOption.AllDirectories));
        var unknown = await consumer.DotNetAsync("publish", "--no-restore", "-o", "out", "-p:PyEnvPublish=python");
        Assert.Equal(1, unknown.ExitCode);
        Assert.Contains("error PYENV1092", unknown.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Runs_where_there_is_no_Python_when_that_goes_along()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Pythons are hidden in the way of POSIX");
        using var consumer = await QuickstartAsync();

        var run = await consumer.DotNetAsync("publish", "-o", "out", "-p:PyEnvPublish=with-python", "-p:PyEnvPublishTrim=caches%3Btests");
        Require.That(!run.Output.Contains("error PYENV1654", StringComparison.Ordinal), "a Python that has a folder of its own, which can be taken along");
        run.Succeeded();

        Assert.DoesNotContain(Directory.EnumerateFileSystemEntries(consumer.At("out"), "*", SearchOption.AllDirectories), path => new FileInfo(path).LinkTarget is not null);
        var output = await RunsAfterMoveAsync(consumer, "a folder", withoutPython: true);
        Assert.DoesNotContain("/usr", output, StringComparison.Ordinal);
        var python = Directory.GetFiles(consumer.At("a folder", "pyenv", "bin")).Single(path => Path.GetFileName(path).StartsWith("python3.", StringComparison.Ordinal));
        var paths = (await CommandRun.OfAsync(consumer.Folder, python, ["-c", "import sys, site; print(sys.prefix, sys.base_prefix, *sys.path, site.ENABLE_USER_SITE, sep='\\n')"])).Succeeded().Output;
        Assert.All(paths.Trim().Split('\n', StringSplitOptions.RemoveEmptyEntries).SkipLast(1), path => Assert.StartsWith(consumer.At("a folder", "pyenv"), path, StringComparison.Ordinal));
        Assert.EndsWith("False", paths.Trim(), StringComparison.Ordinal);
        Assert.Equal(paths, (await CommandRun.OfAsync(consumer.Folder, consumer.At("a folder", "pyenv", "bin", "python"), ["-c", "import sys, site; print(sys.prefix, sys.base_prefix, *sys.path, site.ENABLE_USER_SITE, sep='\\n')"])).Succeeded().Output);
    }

    [Fact]
    public async Task Takes_along_the_environment_of_the_platform_that_it_is_published_for()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links are those of POSIX");
        using var consumer = await QuickstartAsync();
        var manifest = await File.ReadAllTextAsync(consumer.At("pyenv.yaml"), Token);
        var other = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "linux-x64" : "linux-arm64";
        consumer.Write("pyenv.yaml", manifest + $"platforms: [{(other == "linux-x64" ? "linux-arm64" : "linux-x64")}, {other}, win-x64]\n");
        string[] publish = ["publish", "--self-contained", "false", "-p:UseAppHost=false", "-p:PyEnvPublish=true"];

        (await consumer.DotNetAsync([.. publish, "-r", other, "-o", "out", "-p:PyEnvPublishPythonHome=/opt/python/bin"])).Succeeded();
        Assert.StartsWith("/opt/python/bin/python3.", new FileInfo(consumer.At("out", "pyenv", "bin", "python")).LinkTarget, StringComparison.Ordinal);
        Assert.Contains("home = /opt/python/bin", await File.ReadAllTextAsync(consumer.At("out", "pyenv", "pyvenv.cfg"), Token), StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(consumer.At("out", "pyenv", "lib"), "METADATA", SearchOption.AllDirectories), path => path.Contains("venvbuild_demo_report", StringComparison.Ordinal));

        // A Python of that platform would have to be fetched.
        var refused = await consumer.DotNetAsync(
            "publish", "-r", other, "--self-contained", "false", "-p:UseAppHost=false", "-p:PyEnvPublish=with-python", "-p:PyEnvOffline=true", "-o", "out2");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("error PYENV1411", refused.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(consumer.At("out2", "pyenv")));
    }

    private async Task<Consumer> QuickstartAsync(string more = "")
    {
        var quickstart = Path.Combine(Repository.Root, "examples", "Quickstart");
        var consumer = new Consumer(packages, await File.ReadAllTextAsync(Path.Combine(quickstart, "pyenv.yaml"), Token) + more);
        foreach (var file in new[] { "Program.cs", "Quickstart.csproj" })
            File.Copy(Path.Combine(quickstart, file), consumer.At(file));
        Directory.CreateDirectory(consumer.At("wheels"));
        foreach (var wheel in Directory.GetFiles(Path.Combine(quickstart, "wheels")))
            File.Copy(wheel, consumer.At("wheels", Path.GetFileName(wheel)));
        return consumer;
    }

    /// <summary>Moves what was published, takes away what the build made, and runs the program.</summary>
    private static async Task<string> RunsAfterMoveAsync(Consumer consumer, string folder, bool withoutPython = false)
    {
        Directory.Move(consumer.At("out"), consumer.At(folder));
        if (Directory.Exists(consumer.At(".venv")))
            Directory.Move(consumer.At(".venv"), consumer.At("hidden"));
        var variables = withoutPython ? new Dictionary<string, string?> { ["PATH"] = "/nonexistent", ["HOME"] = consumer.At(), ["PYENV_ROOT"] = null } : null;
        var run = (await CommandRun.OfAsync("/", DotNet, [consumer.At(folder, "Quickstart.dll")], variables)).Succeeded();
        Assert.Contains("Python says: 8 numbers", run.Output, StringComparison.Ordinal);
        Assert.Contains($"It lives in: {consumer.At(folder, "pyenv")}", run.Output, StringComparison.Ordinal);
        if (Directory.Exists(consumer.At("hidden")))
            Directory.Move(consumer.At("hidden"), consumer.At(".venv"));
        return run.Output;
    }
}
