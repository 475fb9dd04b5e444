using VenvBuild.EndToEnd.Tests;
using VenvBuild.Testing;

[assembly: AssemblyFixture(typeof(PackedPackages))]

namespace VenvBuild.EndToEnd.Tests;

/// <summary>The packages of this repository, packed once for all tests, and a packages folder that only these tests use.</summary>
public sealed class PackedPackages : IAsyncLifetime
{
    private readonly string _root = Directory.CreateTempSubdirectory("venvbuild-packages-").FullName;

    /// <summary>The folder of the packed .nupkg files: a NuGet source.</summary>
    public string Feed => Path.Combine(_root, "feed");

    /// <summary>The NuGet configuration that knows this source and no other.</summary>
    public string NuGetConfig => $"""
        <configuration>
          <config><add key="globalPackagesFolder" value="{Path.Combine(_root, "packages")}" /></config>
          <packageSources><clear /><add key="packed" value="{Feed}" /></packageSources>
        </configuration>
        """;

    public async ValueTask InitializeAsync()
    {
        string[] arguments = ["pack", Path.Combine("src", "VenvBuild.MSBuild"), "--no-build", "-c", BuildOfTests.Configuration, "-o", Feed];
        (await CommandRun.OfAsync(Repository.Root, "dotnet", arguments)).Succeeded();
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_root, recursive: true);
        return ValueTask.CompletedTask;
    }
}
