namespace VenvBuild.Packaging;

/// <summary>The work cannot go on, for reasons that <see cref="Diagnostics"/> give to the person who must act.</summary>
public class DiagnosticException : Exception
{
    /// <summary>Stops the work with one diagnostic.</summary>
    public DiagnosticException(ExitCode exitCode, Diagnostic diagnostic, Exception? innerException = null)
        : this(exitCode, [diagnostic], innerException)
    {
    }

    /// <summary>Stops the work with several diagnostics, the first being the gravest.</summary>
    public DiagnosticException(ExitCode exitCode, IReadOnlyList<Diagnostic> diagnostics, Exception? innerException = null)
        : base(diagnostics.Count == 0 ? null : diagnostics[0].ToString(), innerException)
    {
        ExitCode = exitCode;
        Diagnostics = diagnostics;
    }

    /// <summary>What the process should answer.</summary>
    public ExitCode ExitCode { get; }

    /// <summary>What went wrong, at least one.</summary>
    public IReadOnlyList<Diagnostic> Diagnostics { get; }
}
