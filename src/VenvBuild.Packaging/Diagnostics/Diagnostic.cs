namespace VenvBuild.Packaging;

/// <summary>
/// What is wrong or worth knowing, for the person who must act: a code that can be looked up, what happened and why,
/// where, and what to do next.
/// </summary>
/// <param name="Code">The <c>PYENVnnnn</c> code; see <c>src/README.md</c> for the ranges.</param>
/// <param name="Severity">How much it matters.</param>
/// <param name="Message">What is wrong and why, one or more sentences, without the place and without the remedy.</param>
public sealed record Diagnostic(string Code, DiagnosticSeverity Severity, string Message)
{
    /// <summary>The file that is to blame and the place in it, when there is one.</summary>
    public SourceLocation? Location { get; init; }

    /// <summary>What to do next, as a sentence.</summary>
    public string? Remedy { get; init; }

    /// <summary>Further lines that explain: a derivation, an excerpt with a caret.</summary>
    public string? Detail { get; init; }

    /// <summary>Makes an error.</summary>
    public static Diagnostic Error(string code, string message, SourceLocation? location = null, string? remedy = null, string? detail = null) =>
        new(code, DiagnosticSeverity.Error, message) { Location = location, Remedy = remedy, Detail = detail };

    /// <summary>Makes a warning.</summary>
    public static Diagnostic Warning(string code, string message, SourceLocation? location = null, string? remedy = null, string? detail = null) =>
        new(code, DiagnosticSeverity.Warning, message) { Location = location, Remedy = remedy, Detail = detail };

    /// <summary>Makes a remark that is shown only when detail is asked for.</summary>
    public static Diagnostic Verbose(string code, string message) => new(code, DiagnosticSeverity.Verbose, message);

    /// <summary>The canonical one-line form that MSBuild and IDEs read: <c>file(line,column): error CODE: text</c>.</summary>
    public override string ToString()
    {
        var severity = Severity switch
        {
            DiagnosticSeverity.Error => "error",
            DiagnosticSeverity.Warning => "warning",
            _ => "info",
        };
        var text = Remedy is null ? Message : $"{Message} {Remedy}";
        return Location is null ? $"dotnet-pyenv: {severity} {Code}: {text}" : $"{Location}: {severity} {Code}: {text}";
    }
}
