using CliWrap;
using CliWrap.Buffered;
using VenvBuild.Testing;

namespace VenvBuild.Benchmarks;

/// <summary>This project's command line, published once for the machine.</summary>
/// <param name="Path">The executable.</param>
/// <param name="Remark">What a reader of the figures should know about it, or null.</param>
internal sealed record PublishedTool(string Path, string? Remark)
{
    /// <summary>Publishes as Native AOT; where this machine cannot, as a program that the runtime compiles while it runs.</summary>
    public static async Task<PublishedTool> PublishAsync(string folder, CancellationToken cancellationToken)
    {
        var executable = System.IO.Path.Combine(folder, OperatingSystem.IsWindows() ? "dotnet-pyenv.exe" : "dotnet-pyenv");
        var rid = System.Runtime.InteropServices.RuntimeInformation.RuntimeIdentifier;
        var (isDone, said) = await RunAsync(["-r", rid, "-o", folder], cancellationToken);
        if (isDone)
            return new(executable, null);
        await Console.Error.WriteLineAsync(said.AsMemory(), cancellationToken);
        (isDone, said) = await RunAsync(["-r", rid, "--self-contained", "false", "-p:PublishAot=false", "-o", folder], cancellationToken);
        return isDone
            ? new(executable, "Native AOT could not be published here: our figures are those of the portable tool, start of the runtime included.")
            : throw new RunFailedException($"The tool cannot be published: {said}");
    }

    private static async Task<(bool IsDone, string Said)> RunAsync(IReadOnlyList<string> options, CancellationToken cancellationToken)
    {
        var result = await Cli.Wrap("dotnet")
            .WithArguments(["publish", System.IO.Path.Combine("src", "VenvBuild.Cli"), "-c", "Release", "--nologo", "-v", "quiet", .. options])
            .WithWorkingDirectory(Repository.Root)
            .WithEnvironmentVariables(new Dictionary<string, string?>
            {
                ["MSBUILDDISABLENODEREUSE"] = "1",
                ["MSBuildSDKsPath"] = null,
                ["MSBuildExtensionsPath"] = null,
                ["MSBUILD_EXE_PATH"] = null,
            })
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(cancellationToken);
        return (result.ExitCode == 0, result.StandardOutput + result.StandardError);
    }
}
