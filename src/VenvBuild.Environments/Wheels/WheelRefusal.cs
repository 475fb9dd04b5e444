using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>How a wheel is refused: its name, the entry, why, and what to do.</summary>
internal static class WheelRefusal
{
    private const string Remedy =
        "Do not install it: fetch the wheel again, or tell its publisher; another version can be asked for in pyenv.yaml.";

    public static DiagnosticException Of(string code, string wheel, string? entry, string why, string? remedy = null) =>
        new(ExitCode.Integrity, Diagnostic.Error(
            code,
            entry is null ? $"The wheel {wheel} is refused: {why}." : $"The wheel {wheel} is refused at '{Printable(entry)}': {why}.",
            remedy: remedy ?? Remedy));

    /// <summary>The entry's name as it can be shown: no control characters reach a terminal, no line is endless.</summary>
    private static string Printable(string entry)
    {
        var shown = entry.Length > 200 ? string.Concat(entry.AsSpan(0, 200), "...") : entry;
        return string.Concat(shown.Select(c => char.IsControl(c) ? '\uFFFD' : c));
    }
}
