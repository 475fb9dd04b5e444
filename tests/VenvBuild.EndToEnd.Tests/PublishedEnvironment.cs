using System.Diagnostics;
using VenvBuild.Testing;

namespace VenvBuild.EndToEnd.Tests;

/// <summary>A checkout that has a lock and the name of a place with finished environments, on machines that never built one.</summary>
public sealed class PublishedEnvironment(PackedPackages packages)
{
    private static readonly string[] WithoutNetwork = ["--user", "--map-root-user", "--net"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Is_taken_by_a_build_instead_of_made_and_needs_nobody_once_it_was()
    {
        var quickstart = Path.Combine(Repository.Root, "examples", "Quickstart");
        using var consumer = new Consumer(packages, await File.ReadAllTextAsync(Path.Combine(quickstart, "pyenv.yaml"), Token) + "sources: [./environments]\n");
        foreach (var file in new[] { "Program.cs", "Quickstart.csproj" })
            File.Copy(Path.Combine(quickstart, file), consumer.At(file));
        Directory.CreateDirectory(consumer.At("wheels"));
        foreach (var wheel in Directory.GetFiles(Path.Combine(quickstart, "wheels")))
            File.Copy(wheel, consumer.At("wheels", Path.GetFileName(wheel)));
        (await consumer.DotNetAsync("build")).Succeeded();
        var tool = (await consumer.DotNetAsync("msbuild", "-getProperty:PyEnvToolPath")).Succeeded().Output.Trim();
        (await consumer.DotNetAsync(tool, "push", "--to", "environments")).Succeeded();

        // Another machine: neither store nor environment, and no wheel to build one of.
        Directory.Move(consumer.At("wheels"), consumer.At("gone"));
        Forget(consumer, ".cache", ".venv");
        var taken = (await consumer.DotNetAsync("build", "--no-restore", "-p:ContinuousIntegrationBuild=true")).Succeeded();
        Assert.Contains("taken from", taken.Output, StringComparison.Ordinal);
        await RunsAsync(consumer);

        // The place is gone, and so is the network: with a warm store, nobody is asked.
        Directory.Delete(consumer.At("environments"), recursive: true);
        var manifest = await File.ReadAllTextAsync(consumer.At("pyenv.yaml"), Token);
        consumer.Write("pyenv.yaml", manifest.Replace("[./environments]", "[\"https://environments.example/\"]", StringComparison.Ordinal));
        Forget(consumer, ".venv");
        RequireNamespaces();
        string[] build = ["build", "--no-restore", "-p:ContinuousIntegrationBuild=true", "-p:PyEnvOffline=true"];
        var offline = (await WithoutNetworkAsync(consumer, build)).Succeeded();
        Assert.DoesNotContain("warning", offline.Output.Replace("0 Warning(s)", "", StringComparison.Ordinal), StringComparison.Ordinal);
        await RunsAsync(consumer);

        // With an empty one it says what is missing, and tries nothing.
        Forget(consumer, ".cache", ".venv");
        var refused = await WithoutNetworkAsync(consumer, build);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("error PYENV", refused.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("environments.example:443", refused.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(consumer.At(".venv")));
    }

    private static async Task RunsAsync(Consumer consumer)
    {
        var run = (await consumer.DotNetAsync(Path.Combine("bin", "Debug", "net10.0", "Quickstart.dll"))).Succeeded();
        Assert.Contains("Python says: 8 numbers", run.Output, StringComparison.Ordinal);
    }

    private static Task<CommandRun> WithoutNetworkAsync(Consumer consumer, string[] arguments) =>
        CommandRun.OfAsync(consumer.Folder, "unshare", [.. WithoutNetwork, "dotnet", .. arguments], new Dictionary<string, string?> { ["VENVBUILD_CACHE"] = consumer.At(".cache") });

    private static void Forget(Consumer consumer, params string[] folders)
    {
        foreach (var folder in folders)
            Directory.Move(consumer.At(folder), consumer.At($"forgotten-{Guid.NewGuid():N}"));
    }

    private static void RequireNamespaces()
    {
        Require.That(OperatingSystem.IsLinux(), "Linux, whose namespaces take the network away");
        try
        {
            using var process = Process.Start(new ProcessStartInfo("unshare", [.. WithoutNetwork, "true"]) { RedirectStandardError = true })!;
            process.WaitForExit();
            Require.That(process.ExitCode == 0, "namespaces of users and networks (unshare), which this system does not allow");
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Require.That(false, "unshare");
        }
    }
}
