using VenvBuild.Testing;

namespace VenvBuild.EndToEnd.Tests;

/// <summary>A folder of projects that use the packed VenvBuild.MSBuild, as somebody else's repository does.</summary>
internal sealed class Consumer : IDisposable
{
    public Consumer(PackedPackages packages, string manifest)
    {
        Write("NuGet.config", packages.NuGetConfig);
        // What lies above the temporary folder has no say.
        Write("Directory.Build.targets", "<Project />");
        Write("Directory.Packages.props", "<Project />");
        Write("Directory.Build.props", $"""
            <Project>
              <ItemGroup><PackageReference Include="VenvBuild.MSBuild" Version="{BuildOfTests.PackageVersion}" PrivateAssets="all" /></ItemGroup>
            </Project>
            """);
        Write("pyenv.yaml", manifest);
    }

    /// <summary>The folder.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("venvbuild-consumer-").FullName;

    /// <summary>The calls that the recording tool noted.</summary>
    public string[] Runs => File.Exists(At("runs.log")) ? File.ReadAllLines(At("runs.log")) : [];

    /// <summary>The option that puts the recording tool in the place of the packed one.</summary>
    public static string Recording { get; } =
        "-p:PyEnvToolPath=" + Path.Combine(Repository.Root, "tests", "VenvBuild.RecordingTool", "bin", BuildOfTests.Configuration, "net10.0", "recording-tool.dll");

    /// <summary>The path of a file or folder in here.</summary>
    public string At(params string[] path) => Path.Combine([Folder, .. path]);

    /// <summary>Writes a file, with the folders above it.</summary>
    public void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(path))!);
        File.WriteAllText(At(path), text);
    }

    /// <summary>Runs <c>dotnet</c> in here.</summary>
    public Task<CommandRun> DotNetAsync(params string[] arguments) =>
        CommandRun.OfAsync(Folder, "dotnet", arguments, new Dictionary<string, string?> { ["VENVBUILD_CACHE"] = At(".cache") });

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
