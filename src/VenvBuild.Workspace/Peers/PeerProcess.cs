using System.ComponentModel;
using System.Text;
using CliWrap;
using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>Runs a peer as a child process, apart from what its user has configured for it.</summary>
internal static class PeerProcess
{
    /// <summary>More than any answer has.</summary>
    private const int MaxOutput = 256 << 20;

    /// <summary>Runs it to its end.</summary>
    /// <param name="peer">What people call it.</param>
    /// <param name="program">The program: its path, or its name on the PATH.</param>
    /// <param name="arguments">Its arguments; no secrets.</param>
    /// <param name="variables">Its variables besides this process's; null takes one away.</param>
    /// <param name="folder">Where it works.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Its exit code and what it wrote.</returns>
    /// <exception cref="DiagnosticException">It is not there, or writes without an end.</exception>
    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(
        string peer, string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string?> variables, string folder, CancellationToken cancellationToken)
    {
        var (output, error) = (new StringBuilder(), new StringBuilder());
        try
        {
            var result = await CliWrap.Cli.Wrap(program)
                .WithArguments(arguments)
                .WithWorkingDirectory(folder)
                .WithEnvironmentVariables(variables)
                .WithValidation(CommandResultValidation.None)
                .WithStandardOutputPipe(Bounded(output))
                .WithStandardErrorPipe(Bounded(error))
                .ExecuteAsync(cancellationToken)
                .ConfigureAwait(false);
            return (result.ExitCode, output.ToString(), error.ToString());
        }
        catch (Win32Exception failure)
        {
            throw new DiagnosticException(
                ExitCode.Usage,
                Diagnostic.Error(
                    WorkspaceCodes.MissingPeer,
                    $"'{program}' cannot be started, so {peer} cannot solve: {failure.Message}",
                    remedy: $"Install {peer} so that it is on the PATH, name its program in {Variable(peer)}, or leave out --resolver."),
                failure);
        }
    }

    /// <summary>The program to start: the one that a variable names, else the usual one.</summary>
    public static string Program(string peer, string usual) => Environment.GetEnvironmentVariable(Variable(peer)) is { Length: > 0 } named ? named : usual;

    private static string Variable(string peer) => $"VENVBUILD_{peer.ToUpperInvariant()}";

    private static PipeTarget Bounded(StringBuilder text) => PipeTarget.ToDelegate(line =>
    {
        if (text.Length + line.Length > MaxOutput)
            throw new InvalidDataException("The program writes more than any answer has.");
        text.Append(line).Append('\n');
    });
}
