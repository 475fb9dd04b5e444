namespace VenvBuild.Packaging;

/// <summary>How much a <see cref="Diagnostic"/> matters.</summary>
public enum DiagnosticSeverity
{
    /// <summary>Shown only when detail is asked for (<c>-v</c>).</summary>
    Verbose,

    /// <summary>The work went on; somebody should look.</summary>
    Warning,

    /// <summary>The work stopped.</summary>
    Error,
}
