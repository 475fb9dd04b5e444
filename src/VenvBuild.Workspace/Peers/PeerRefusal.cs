using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>What a person is told when a peer finds no answer: its own words.</summary>
internal static class PeerRefusal
{
    private const int MaxLines = 60;

    public static DiagnosticException Of(string peer, string error, string? label = null)
    {
        var lines = Credentials.Mask(error).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return new(ExitCode.Unsatisfiable, Diagnostic.Error(
            WorkspaceCodes.PeerRefused,
            $"{peer} finds no answer{(label is null ? "" : $" for {label}")}.",
            remedy: "Change the requests by what it says, or leave out --resolver to see what this tool says.",
            detail: lines.Length == 0 ? null : string.Join('\n', lines.TakeLast(MaxLines))));
    }
}
