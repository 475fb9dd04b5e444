using System.CommandLine;
using VenvBuild.Workspace;

namespace VenvBuild.Cli;

/// <summary><c>pull</c>.</summary>
internal sealed class PullCommand : Verb
{
    private readonly Option<string?> _from = new("--from") { Description = "The place: github, a folder, a bucket (s3://...), or a URL. Default: the manifest's 'sources', in order.", HelpName = "PLACE" };

    private readonly SyncArguments _arguments = new();

    public PullCommand()
        : base("pull", "Installs the environment of the lock from where it was published; never builds one.")
    {
        Options.Add(_from);
        _arguments.AddTo(this);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("pull", "From the first of the manifest's sources that has it; what 'trust' asks for is checked first."),
        new("pull --from https://files.example/environments --path /opt/app/venv", "From one place, to another folder."),
    ];

    /// <inheritdoc/>
    protected override async Task<Answer> RunAsync(ParseResult arguments, Session session, CancellationToken cancellationToken)
    {
        var outcome = await PullVerb.RunAsync(
            session.Workspace, new() { From = arguments.GetValue(_from), Environment = _arguments.Read(arguments) }, cancellationToken);
        var answer = Answer.Of(outcome, static json => json.SyncOutcome);
        if (!outcome.IsUnchanged)
            return answer with { Summary = OutcomeText.Of(outcome, session.Workspace.WorkingDirectory) };
        session.Say(OutcomeText.Of(outcome, session.Workspace.WorkingDirectory));
        return answer;
    }
}
