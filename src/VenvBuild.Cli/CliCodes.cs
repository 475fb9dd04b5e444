namespace VenvBuild.Cli;

/// <summary>The codes of what the command line itself has to say.</summary>
internal static class CliCodes
{
    /// <summary>An error that nobody foresaw: a defect of the tool.</summary>
    public const string Unexpected = "PYENV1001";

    /// <summary>The machine refused to read or write a file.</summary>
    public const string InputOutput = "PYENV1002";

    /// <summary>The arguments are wrong.</summary>
    public const string Usage = "PYENV1003";
}
