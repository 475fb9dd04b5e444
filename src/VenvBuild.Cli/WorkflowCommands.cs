using System.Globalization;
using System.Text;
using VenvBuild.Packaging;

namespace VenvBuild.Cli;

/// <summary>What GitHub Actions reads in the output of a step: annotations of the files of a pull request.</summary>
/// <param name="workspace">The checkout, which paths of annotations start from; null where it is not known.</param>
internal sealed class WorkflowCommands(string? workspace)
{
    private const int MaxMessage = 4000;

    /// <summary>The line that makes an annotation of an error or warning; null for a remark.</summary>
    public string? Annotation(Diagnostic diagnostic)
    {
        if (diagnostic.Severity == DiagnosticSeverity.Verbose)
            return null;
        var command = new StringBuilder(diagnostic.Severity == DiagnosticSeverity.Error ? "::error " : "::warning ");
        if (diagnostic.Location is { } place)
        {
            command.Append("file=").Append(Property(FromWorkspace(place.File))).Append(',');
            if (place.Line > 0)
                command.Append(CultureInfo.InvariantCulture, $"line={place.Line},");
            if (place is { Line: > 0, Column: > 0 })
                command.Append(CultureInfo.InvariantCulture, $"col={place.Column},");
        }

        var message = string.Join('\n', new[] { diagnostic.Remedy is null ? diagnostic.Message : $"{diagnostic.Message} {diagnostic.Remedy}", diagnostic.Detail }.OfType<string>());
        if (message.Length > MaxMessage)
            message = string.Concat(message.AsSpan(0, MaxMessage), "...");
        return command.Append("title=").Append(Property(diagnostic.Code)).Append("::").Append(Data(message)).ToString();
    }

    /// <summary>A line of text that the runner cannot take for a command, whoever wrote it: white space before one does not hinder that.</summary>
    public static string Harmless(string line) =>
        line.AsSpan().TrimStart() is var text && (text.StartsWith("::", StringComparison.Ordinal) || text.StartsWith("##[", StringComparison.Ordinal)) ? $"| {line}" : line;

    private string FromWorkspace(string file)
    {
        var path = Path.GetFullPath(file);
        var relative = workspace is null ? path : Path.GetRelativePath(workspace, path);
        return (Path.IsPathRooted(relative) || relative.StartsWith("..", StringComparison.Ordinal) ? path : relative).Replace('\\', '/');
    }

    private static string Data(string text) => text.Replace("%", "%25", StringComparison.Ordinal).Replace("\r", "%0D", StringComparison.Ordinal).Replace("\n", "%0A", StringComparison.Ordinal);

    private static string Property(string text) => Data(text).Replace(":", "%3A", StringComparison.Ordinal).Replace(",", "%2C", StringComparison.Ordinal);
}
