namespace VenvBuild.Environments;

/// <summary>The diagnostics of interpreters (PYENV15xx).</summary>
internal static class InterpreterCodes
{
    /// <summary>No interpreter on this machine fits what is asked.</summary>
    public const string NoneFits = "PYENV1501";

    /// <summary>The interpreter that was asked for by path or name is not there or does not work.</summary>
    public const string RequestFailed = "PYENV1502";

    /// <summary>A candidate was passed over; the message says why.</summary>
    public const string PassedOver = "PYENV1503";
}
