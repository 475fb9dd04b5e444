using VenvBuild.Packaging;

namespace VenvBuild.Cli;

/// <summary>Writes diagnostics for those who read stderr: a person, or MSBuild and its kin.</summary>
internal sealed class DiagnosticWriter
{
    private const string Bold = "\u001b[1m", Red = "\u001b[1;31m", Yellow = "\u001b[1;33m", Faint = "\u001b[2m", Plain = "\u001b[0m";

    private const int MaxHinted = 3;

    private readonly TextWriter _writer;
    private readonly bool _isForPeople;
    private readonly bool _isTerminal;
    private readonly bool _hasColor;
    private readonly WorkflowCommands? _workflow;
    private readonly bool _isAnnotated;

    private DiagnosticWriter(TextWriter writer, bool isForPeople, bool isTerminal, bool hasColor, WorkflowCommands? workflow, bool isAnnotated) =>
        (_writer, _isForPeople, _isTerminal, _hasColor, _workflow, _isAnnotated) = (writer, isForPeople, isTerminal, hasColor, workflow, isAnnotated);

    public static DiagnosticWriter For(DiagnosticStyle style, Streams streams) => new(
        streams.Error,
        style == DiagnosticStyle.Text || (style == DiagnosticStyle.Automatic && streams.IsErrorTerminal),
        streams.IsErrorTerminal,
        streams is { HasColor: true, IsErrorTerminal: true },
        streams.Workflow,
        // Who asks for MSBuild's form reads it himself, and makes of it what a workflow shows.
        isAnnotated: style != DiagnosticStyle.MSBuild);

    public void Write(Diagnostic diagnostic)
    {
        if (_isForPeople)
            WriteText(diagnostic);
        else
            WriteCanonical(diagnostic);
        if (_isAnnotated && _workflow?.Annotation(diagnostic) is { } annotation)
            _writer.WriteLine(annotation);
    }

    /// <summary>Where a person at a terminal finds more about the errors of a run that failed. The command line's own need none: they name <c>--help</c>.</summary>
    public void WriteHint(IReadOnlyList<Diagnostic> diagnostics)
    {
        if (!_isForPeople || !_isTerminal || _workflow is not null)
            return;
        var codes = diagnostics.Where(diagnostic => diagnostic is { Severity: DiagnosticSeverity.Error, Code: not CliCodes.Usage })
            .Select(diagnostic => diagnostic.Code).Distinct(StringComparer.Ordinal).Take(MaxHinted).ToList();
        if (codes.Count > 0)
            _writer.WriteLine(Styled(Faint, $"What that means: dotnet pyenv explain {string.Join(' ', codes)}"));
    }

    /// <summary>One line that IDEs can click; MSBuild tasks take the indented lines after it as part of it.</summary>
    private void WriteCanonical(Diagnostic diagnostic)
    {
        _writer.WriteLine(OneLine(diagnostic.ToString()));
        WriteIndented(diagnostic.Detail);
    }

    private void WriteText(Diagnostic diagnostic)
    {
        var (color, word) = diagnostic.Severity switch
        {
            DiagnosticSeverity.Error => (Red, "error"),
            DiagnosticSeverity.Warning => (Yellow, "warning"),
            _ => (Faint, "note"),
        };
        if (diagnostic.Location is { } place)
            _writer.WriteLine($"{Styled(Bold, place.ToString())}:");
        _writer.WriteLine($"{Styled(color, $"{word} {diagnostic.Code}:")} {diagnostic.Message}");
        WriteIndented(diagnostic.Detail);
        if (diagnostic.Remedy is { } remedy)
            _writer.WriteLine($"  {Styled(Faint, "->")} {remedy}");
    }

    private void WriteIndented(string? text)
    {
        if (text is null)
            return;
        foreach (var line in text.AsSpan().TrimEnd().EnumerateLines())
            _writer.WriteLine($"    {(_workflow is null ? line : WorkflowCommands.Harmless(line.ToString()))}");
    }

    private string Styled(string style, string text) => _hasColor ? style + text + Plain : text;

    private static string OneLine(string text) => text.AsSpan().ContainsAny('\r', '\n') ? text.ReplaceLineEndings(" ") : text;
}
