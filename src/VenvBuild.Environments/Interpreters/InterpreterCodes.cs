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

    /// <summary>The mirror of interpreters is not one, or has none that fits.</summary>
    public const string MirrorFault = "PYENV1504";

    /// <summary>An interpreter's archive is hostile or damaged, or the interpreter does not run.</summary>
    public const string ArchiveRefused = "PYENV1505";
}
