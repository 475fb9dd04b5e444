using VenvBuild.Packaging;

namespace VenvBuild.Cli;

/// <summary>Exceptions that no verb foresaw, as a person can use them.</summary>
internal static class Failures
{
    /// <summary>A file could not be read or written.</summary>
    public static Diagnostic OfMachine(Exception failure, Verbosity verbosity) => Diagnostic.Error(
        CliCodes.InputOutput,
        failure.Message,
        remedy: "See that the disk has room and that this user may read and write there.",
        detail: Trace(failure, verbosity));

    /// <summary>A defect of the tool.</summary>
    public static Diagnostic Unexpected(Exception failure, Verbosity verbosity) => Diagnostic.Error(
        CliCodes.Unexpected,
        $"This is a defect of dotnet-pyenv {ToolVersion.Current}: {failure.GetType().Name}: {failure.Message}",
        remedy: verbosity == Verbosity.Verbose
            ? "Please report it with the lines below, the command and the manifest."
            : "Please report it with the command, the manifest and what the same command says with -v.",
        detail: Trace(failure, verbosity));

    private static string? Trace(Exception failure, Verbosity verbosity) => verbosity == Verbosity.Verbose ? failure.ToString() : null;
}
