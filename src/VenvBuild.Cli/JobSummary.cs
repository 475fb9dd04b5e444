using System.Globalization;
using System.Text;
using VenvBuild.Workspace;

namespace VenvBuild.Cli;

/// <summary>What a verb did, as Markdown for the page of a job (GitHub's <c>GITHUB_STEP_SUMMARY</c>).</summary>
internal static class JobSummary
{
    // A page of a job takes one megabyte, from all steps together, and shows nothing of a longer one.
    private const int MaxRows = 200, MaxCell = 500;
    private const long MaxFile = 900 << 10;

    // What makes Markdown of text. A backslash before any of them makes it text again.
    private const string Special = "\\`*_[]<>|#~&!@";

    /// <summary>What became of locks.</summary>
    public static string Of(IReadOnlyList<LockOutcome> outcomes, string workingDirectory)
    {
        var text = new StringBuilder();
        foreach (var outcome in outcomes)
            Add(text, outcome, workingDirectory);
        return text.ToString();
    }

    /// <summary>What became of an environment, and of the lock on the way.</summary>
    public static string Of(SyncOutcome outcome, string workingDirectory)
    {
        var text = new StringBuilder("### ").Append(Escape(OutcomeText.Of(outcome, workingDirectory))).Append("\n\n");
        if (outcome.Lock is { State: LockState.Written } written)
            Add(text, written, workingDirectory);
        return text.ToString();
    }

    /// <summary>Which pins have newer releases.</summary>
    public static string Of(IReadOnlyList<OutdatedPin> pins)
    {
        if (pins.Count == 0)
            return "### Every pin is the newest release\n\n";
        var text = new StringBuilder("### ").Append(OutcomeText.Count(pins.Count, "pin")).Append(" with newer releases\n\n| package | current | fits | newest | held back by |\n|---|---|---|---|---|\n");
        foreach (var pin in pins.Take(MaxRows))
        {
            string[] cells = [pin.Name, pin.Current, pin.Fits ?? "not needed", pin.Newest, string.Join("; ", pin.HeldBackBy)];
            text.Append("| ").AppendJoin(" | ", cells.Select(Escape)).Append(" |\n");
        }

        return More(text, pins.Count).Append('\n').ToString();
    }

    /// <summary>Adds to the page; a page that is full stays as it is.</summary>
    public static void Append(string path, string markdown)
    {
        using var stream = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
        var bytes = Encoding.UTF8.GetBytes(markdown);
        if (stream.Length + bytes.Length <= MaxFile)
            stream.Write(bytes);
    }

    private static void Add(StringBuilder text, LockOutcome outcome, string workingDirectory)
    {
        text.Append("### ").Append(Escape(OutcomeText.Of(outcome, workingDirectory))).Append("\n\n");
        foreach (var change in outcome.Changes.Take(MaxRows))
            text.Append("- ").Append(Escape(change)).Append('\n');
        More(text, outcome.Changes.Count);
        if (outcome.Changes.Count > 0)
            text.Append('\n');
    }

    private static StringBuilder More(StringBuilder text, int count) =>
        count > MaxRows ? text.Append(CultureInfo.InvariantCulture, $"\nand {count - MaxRows} more\n") : text;

    private static string Escape(string text)
    {
        var escaped = new StringBuilder();
        foreach (var letter in text.Length > MaxCell ? string.Concat(text.AsSpan(0, MaxCell), "...") : text)
        {
            if (Special.Contains(letter, StringComparison.Ordinal))
                escaped.Append('\\');
            escaped.Append(char.IsControl(letter) ? ' ' : letter);
        }

        return escaped.ToString();
    }
}
