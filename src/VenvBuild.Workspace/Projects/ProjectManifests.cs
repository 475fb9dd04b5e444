using System.Text;
using System.Text.Json;
using CliWrap;
using Microsoft.Build.Locator;
using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>The manifests that a solution or project uses, as its build sees them: MSBuild itself is asked, in a process of its own.</summary>
internal static class ProjectManifests
{
    public static async Task<IReadOnlyList<string>> OfAsync(string target, CancellationToken cancellationToken)
    {
        if (!File.Exists(target))
            throw Fault(target, "The file is not there.", "Name a solution, a project, or nothing for the nearest pyenv.yaml.");
        var sdk = Sdk(target);
        var isSolution = Path.GetExtension(target) is ".sln" or ".slnx" or ".slnf";
        IReadOnlyList<string> projects = isSolution ? await ListAsync(target, cancellationToken).ConfigureAwait(false) : [target];
        var manifests = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var project in projects)
        {
            if (await EvaluateAsync(sdk, project, cancellationToken).ConfigureAwait(false) is { } manifest)
                manifests.Add(manifest);
        }

        return manifests.Count > 0
            ? [.. manifests]
            : throw Fault(target, "No project of it uses a pyenv.yaml.", "Add one beside the project, or set PyEnvManifest in it.");
    }

    /// <summary>The folder of the SDK that builds the project, by its global.json.</summary>
    private static string Sdk(string target)
    {
        var options = new VisualStudioInstanceQueryOptions
        {
            DiscoveryTypes = DiscoveryType.DotNetSdk,
            WorkingDirectory = Path.GetDirectoryName(target)!,
        };
        return MSBuildLocator.QueryVisualStudioInstances(options).FirstOrDefault()?.MSBuildPath
            ?? throw Fault(target, "No .NET SDK was found that can build it.", "Install the SDK that its global.json asks for.");
    }

    private static async Task<IReadOnlyList<string>> ListAsync(string solution, CancellationToken cancellationToken)
    {
        var output = await RunAsync(solution, ["sln", solution, "list"], cancellationToken).ConfigureAwait(false);
        var folder = Path.GetDirectoryName(solution)!;
        return
        [
            .. output.Split('\n', StringSplitOptions.TrimEntries)
                .Where(line => line.EndsWith("proj", StringComparison.OrdinalIgnoreCase))
                .Select(line => Path.GetFullPath(line, folder)),
        ];
    }

    private static async Task<string?> EvaluateAsync(string sdk, string project, CancellationToken cancellationToken)
    {
        var output = await RunAsync(
            project,
            [Path.Combine(sdk, "MSBuild.dll"), project, "-nologo", "-getProperty:PyEnvEnabled,PyEnvManifest"],
            cancellationToken).ConfigureAwait(false);
        using var answer = JsonDocument.Parse(output);
        var properties = answer.RootElement.GetProperty("Properties");
        return string.Equals(properties.GetProperty("PyEnvEnabled").GetString(), "true", StringComparison.OrdinalIgnoreCase)
            ? properties.GetProperty("PyEnvManifest").GetString()
            : null;
    }

    private static async Task<string> RunAsync(string target, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var output = new StringBuilder();
        var result = await Cli.Wrap(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
            .WithArguments(arguments)
            .WithWorkingDirectory(Path.GetDirectoryName(target)!)
            .WithEnvironmentVariables(environment => environment
                .Set("MSBuildSDKsPath", null).Set("MSBuildExtensionsPath", null).Set("MSBUILD_EXE_PATH", null).Set("DOTNET_NOLOGO", "1"))
            .WithStandardOutputPipe(PipeTarget.ToStringBuilder(output))
            .WithValidation(CommandResultValidation.None)
            .ExecuteAsync(cancellationToken)
            .ConfigureAwait(false);
        return result.ExitCode == 0
            ? output.ToString()
            : throw Fault(target, $"MSBuild cannot evaluate it: {output.ToString().Trim()}", "Make 'dotnet restore' of it succeed first.");
    }

    private static DiagnosticException Fault(string target, string message, string remedy) =>
        new(ExitCode.Usage, Diagnostic.Error(WorkspaceCodes.NoProjectManifest, message, new(target), remedy));
}
