using System.CommandLine;
using VenvBuild.Packaging;
using VenvBuild.Workspace;

namespace VenvBuild.Cli;

/// <summary><c>audit</c>.</summary>
internal sealed class AuditCommand : Verb
{
    private readonly Option<string[]> _db = new("--db")
    {
        Description = "Known vulnerabilities in OSV's format: a JSON file, a zip, or a folder of them. May be repeated.",
        HelpName = "FILE|DIR",
        Arity = ArgumentArity.OneOrMore,
        Required = true,
    };

    private readonly Option<string[]> _ignore = new("--ignore")
    {
        Description = "A record that is known and accepted, by its id or an alias. May be repeated.",
        HelpName = "ID",
        Arity = ArgumentArity.OneOrMore,
    };

    public AuditCommand()
        : base("audit", "Holds the pins of the lock against records of known vulnerabilities in files; uses no network.")
    {
        Options.Add(_db);
        Options.Add(_ignore);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("audit --db all.zip", "Answer 1 where a pin is affected: who brings it in, and which version is fixed. all.zip is OSV's export for PyPI."),
        new("audit --db advisories --db ours.json", "Several places: a checkout of an advisory database, and records of your own."),
        new("audit --db all.zip --ignore CVE-2024-1234", "Leave out what was looked at and does not matter here."),
    ];

    /// <inheritdoc/>
    protected override async Task<Answer> RunAsync(ParseResult arguments, Session session, CancellationToken cancellationToken)
    {
        var options = new AuditOptions { Databases = arguments.GetValue(_db)!, Ignore = arguments.GetValue(_ignore) ?? [] };
        var outcome = await AuditVerb.RunAsync(session.Workspace, options, cancellationToken);
        foreach (var finding in outcome.Findings)
            session.Report(finding.ToDiagnostic());
        return Answer.Of(outcome, static json => json.AuditOutcome, outcome.Findings.Count == 0 ? ExitCode.Done : ExitCode.CheckFailed) with
        {
            Summary = OutcomeText.Of(outcome, session.Workspace.WorkingDirectory),
        };
    }
}
