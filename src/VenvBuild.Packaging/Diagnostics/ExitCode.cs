namespace VenvBuild.Packaging;

/// <summary>What a run answers to its caller: the fixed exit codes of the command line.</summary>
public enum ExitCode
{
    /// <summary>Done.</summary>
    Done = 0,

    /// <summary>A check found something: a stale lock, a failed verification.</summary>
    CheckFailed = 1,

    /// <summary>Wrong usage, or a manifest in error.</summary>
    Usage = 2,

    /// <summary>The requests cannot be satisfied.</summary>
    Unsatisfiable = 3,

    /// <summary>The network, an index or the integrity of what came from there failed.</summary>
    Integrity = 4,

    /// <summary>The build of a wheel, or a check command, failed.</summary>
    BuildFailed = 5,

    /// <summary>Cancelled.</summary>
    Cancelled = 130,
}
