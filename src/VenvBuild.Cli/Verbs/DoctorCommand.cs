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
        var exitCode = findings.All(finding => finding.IsGood) ? ExitCode.Done : ExitCode.CheckFailed;
        return Answer.Of(findings, CliJson.Default.IReadOnlyListDoctorFinding, exitCode) with { Text = string.Join('\n', lines) };
    }
}
