namespace VenvBuild.Cli;

/// <summary>How much a run says beyond its answer.</summary>
internal enum Verbosity
{
    /// <summary>Errors and warnings.</summary>
    Quiet,

    /// <summary>Also what was done.</summary>
    Normal,

    /// <summary>Also why, and what was passed over.</summary>
    Verbose,
}
