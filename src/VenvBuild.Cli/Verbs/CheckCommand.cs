using System.CommandLine;
using VenvBuild.Packaging;
using VenvBuild.Workspace;

namespace VenvBuild.Cli;

/// <summary><c>check</c>.</summary>
internal sealed class CheckCommand() : Verb("check", "Says whether the manifest is right and the lock answers it. Fetches and writes nothing.")
{
    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("check", "Answer 0 when all is well, 1 when the lock is stale or missing, 2 when the manifest is wrong."),
        new("check --json", "The same for a program, with every reason."),
    ];

    /// <inheritdoc/>
    protected override async Task<Answer> RunAsync(ParseResult arguments, Session session, CancellationToken cancellationToken)
    {
        var outcome = await CheckVerb.RunAsync(session.Workspace, cancellationToken);
        var answer = Answer.Of(outcome, static json => json.LockOutcome);
        if (outcome.State == LockState.UpToDate)
        {
            session.Say(OutcomeText.Of(outcome, session.Workspace.WorkingDirectory));
            return answer;
        }

        session.Report(CheckVerb.Explain(outcome));
        return answer with { ExitCode = ExitCode.CheckFailed };
    }
}
