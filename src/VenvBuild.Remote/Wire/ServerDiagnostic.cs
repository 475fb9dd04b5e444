namespace VenvBuild.Remote;

/// <summary>A diagnostic as it travels.</summary>
public sealed record ServerDiagnostic
{
    /// <summary>The <c>PYENVnnnn</c> code.</summary>
    public required string Code { get; init; }

    /// <summary><c>error</c> or <c>warning</c>.</summary>
    public required string Severity { get; init; }

    /// <summary>What is wrong and why.</summary>
    public required string Message { get; init; }

    /// <summary>What to do next.</summary>
    public string? Remedy { get; init; }

    /// <summary>Where the server explains the code, from its root: <c>/problems/PYENVnnnn</c>.</summary>
    public string? Help { get; init; }

    /// <summary>Further lines: a derivation, an excerpt.</summary>
    public string? Detail { get; init; }

    /// <summary>The line of the manifest, from 1; 0 for none.</summary>
    public int Line { get; init; }

    /// <summary>The column, from 1; 0 for none.</summary>
    public int Column { get; init; }
}
