using System.CommandLine;
using VenvBuild.Workspace;

namespace VenvBuild.Cli;

/// <summary><c>sync</c>.</summary>
internal sealed class SyncCommand : Verb
{
    private readonly SyncArguments _arguments = new();

    public SyncCommand()
        : base("sync", "Makes the environment that the lock describes, for this machine; locks first where the lock is stale.") => _arguments.AddTo(this);

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("sync", "Make or bring up to date .venv; does nothing when nothing changed."),
        new("sync --locked", "In CI: fail when somebody changed pyenv.yaml and forgot the lock."),
        new("sync --group test --python 3.12", "With the packages of a group, for a certain Python."),
        new("sync --frozen --path /opt/app/venv", "Install a lock exactly, elsewhere."),
    ];

    /// <inheritdoc/>
    protected override async Task<Answer> RunAsync(ParseResult arguments, Session session, CancellationToken cancellationToken)
    {
        var outcome = await SyncVerb.RunAsync(session.Workspace, _arguments.Read(arguments), cancellationToken);
        var here = session.Workspace.WorkingDirectory;
        var answer = Answer.Of(outcome, static json => json.SyncOutcome) with { JobSummary = JobSummary.Of(outcome, here) };
        if (!outcome.IsUnchanged)
            return answer with { Summary = OutcomeText.Of(outcome, here) };
        session.Say(OutcomeText.Of(outcome, here));
        return outcome.Lock is { State: LockState.Written } written ? answer with { Summary = OutcomeText.Of(written, here) } : answer;
    }
}
