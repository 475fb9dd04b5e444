using System.CommandLine;
using VenvBuild.Workspace;

namespace VenvBuild.Cli;

/// <summary><c>outdated</c>.</summary>
internal sealed class OutdatedCommand() : Verb("outdated", "Lists pins that have newer releases: the newest that fits, the newest at all, and what holds it back.")
{
    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("outdated", "What would 'lock --upgrade' change, and what could it not?"),
        new("outdated --json", "The same for a program."),
    ];

    /// <inheritdoc/>
    protected override async Task<Answer> RunAsync(ParseResult arguments, Session session, CancellationToken cancellationToken)
    {
        var pins = await OutdatedVerb.RunAsync(session.Workspace, cancellationToken);
        var answer = Answer.Of(pins, static json => json.IReadOnlyListOutdatedPin) with { JobSummary = JobSummary.Of(pins) };
        if (pins.Count > 0)
            return answer with { Text = Table(pins) };
        session.Say("Every pin is the newest release.");
        return answer;
    }

    private static string Table(IReadOnlyList<OutdatedPin> pins)
    {
        List<string[]> rows = [["package", "current", "fits", "newest"], .. pins.Select(pin => new[] { pin.Name, pin.Current, pin.Fits ?? "not needed", pin.Newest })];
        var widths = Enumerable.Range(0, 4).Select(column => rows.Max(row => row[column].Length)).ToArray();
        var lines = new List<string>();
        for (var i = 0; i < rows.Count; i++)
        {
            lines.Add(string.Join("  ", rows[i].Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
            if (i > 0)
                lines.AddRange(pins[i - 1].HeldBackBy.Select(reason => $"    {pins[i - 1].Newest} is held back: {reason}"));
        }

        return string.Join('\n', lines);
    }
}
