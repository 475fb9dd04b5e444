using System.Globalization;
using CliWrap;
using CliWrap.Buffered;

namespace VenvBuild.EndToEnd.Tests;

/// <summary>What a command answered.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">What it wrote to stdout.</param>
/// <param name="Error">What it wrote to stderr.</param>
internal sealed record CommandRun(int ExitCode, string Output, string Error)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <summary>This process's own MSBuild and CI settings are not the tested build's.</summary>
    private static readonly string[] NotInherited =
        ["CI", "GITHUB_ACTIONS", "TF_BUILD", "NUGET_PACKAGES", "MSBuildSDKsPath", "MSBuildExtensionsPath", "MSBUILD_EXE_PATH", "MSBuildLoadMicrosoftTargetsReadOnly"];

    /// <summary>Runs a command, and keeps what it said with the test.</summary>
    public static async Task<CommandRun> OfAsync(
        string folder, string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? variables = null)
    {
        string[] list = [.. arguments];
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience);
        var result = await CliWrap.Cli.Wrap(program)
            .WithArguments(list)
            .WithWorkingDirectory(folder)
            .WithValidation(CommandResultValidation.None)
            .WithEnvironmentVariables(Variables(variables))
            .ExecuteBufferedAsync(patience.Token);
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{folder}$ {program} {string.Join(' ', list)}   ({result.RunTime.TotalSeconds:0.0} s, exit {result.ExitCode})\n{result.StandardOutput}{result.StandardError}"));
        return new(result.ExitCode, result.StandardOutput, result.StandardError);
    }

    /// <summary>This run, which must have gone well.</summary>
    public CommandRun Succeeded()
    {
        Assert.True(ExitCode == 0, $"exit {ExitCode.ToString(CultureInfo.InvariantCulture)}\n{Output}\n{Error}");
        return this;
    }

    private static Dictionary<string, string?> Variables(IReadOnlyDictionary<string, string?>? own)
    {
        var variables = NotInherited.ToDictionary(name => name, _ => (string?)null, StringComparer.Ordinal);
        variables["MSBUILDDISABLENODEREUSE"] = "1";
        variables["MSBUILDTERMINALLOGGER"] = "off";
        variables["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        variables["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        variables["DOTNET_NOLOGO"] = "1";
        foreach (var (name, value) in own ?? new Dictionary<string, string?>())
            variables[name] = value;
        return variables;
    }
}
