using System.CommandLine;

namespace VenvBuild.Cli.Tests;

/// <summary>What came of one run of the command line.</summary>
internal sealed record Run(int ExitCode, string Output, string Error)
{
    /// <summary>Runs the command line with these verbs in this process.</summary>
    public static async Task<Run> OfAsync(IEnumerable<Command> verbs, string[] arguments, bool isTerminal = false, bool hasColor = false)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var streams = new Streams(output, error) { IsErrorTerminal = isTerminal, IsOutputTerminal = isTerminal, HasColor = hasColor };
        var exitCode = await CommandLine.RunAsync(verbs, arguments, streams);
        return new(exitCode, output.ToString(), error.ToString());
    }

    /// <summary>Runs the command line as it ships, in this process.</summary>
    public static async Task<Run> OfToolAsync(params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var exitCode = await CommandLine.RunAsync(arguments, new Streams(output, error));
        return new(exitCode, output.ToString(), error.ToString());
    }
}
