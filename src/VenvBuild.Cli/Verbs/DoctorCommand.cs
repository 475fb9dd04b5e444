using System.CommandLine;
using VenvBuild.Packaging;
using VenvBuild.Workspace;

namespace VenvBuild.Cli;

/// <summary><c>doctor</c>.</summary>
internal sealed class DoctorCommand() : Verb("doctor", "Looks at everything that a lock or an environment needs, and says what is not as it should be.")
{
    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("doctor", "Answer 0 when all is well, else 1 with a remedy for each finding."),
        new("doctor --json", "For a report: the same as data."),
    ];

    /// <inheritdoc/>
    protected override async Task<Answer> RunAsync(ParseResult arguments, Session session, CancellationToken cancellationToken)
    {
        var findings = await DoctorVerb.RunAsync(session.Workspace, cancellationToken);
        var lines = findings.Select(finding =>
            $"{(finding.IsGood ? "good" : "BAD "),-4}  {finding.Subject}: {finding.Text}{(finding.Remedy is null ? "" : $"\n        -> {finding.Remedy}")}");
        var table = new TerminalTable("", "Subject", "Found");
        foreach (var finding in findings)
        {
            // What is a list in one line has room for a line each here.
            var text = finding.Text.Replace("; ", "\n", StringComparison.Ordinal);
            table.Add(finding.IsGood ? "good" : "BAD", finding.Subject, finding.Remedy is null ? text : $"{text}\n-> {finding.Remedy}");
        }

        var exitCode = findings.All(finding => finding.IsGood) ? ExitCode.Done : ExitCode.CheckFailed;
        return Answer.Of(findings, static json => json.IReadOnlyListDoctorFinding, exitCode) with { Text = string.Join('\n', lines), Table = table };
    }
}
