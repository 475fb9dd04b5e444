using System.CommandLine;
using VenvBuild.Workspace;

namespace VenvBuild.Cli;

/// <summary><c>pull</c>.</summary>
internal sealed class PullCommand : Verb
{
    private readonly Option<string?> _from = new("--from") { Description = "The place: github, a folder, a bucket (s3://...), or a URL. Default: the manifest's 'sources', in order.", HelpName = "PLACE" };

    private readonly Option<string?> _platform = new("--platform") { Description = "A declared platform, for -o; default: this machine's.", HelpName = "RID" };

    private readonly Option<string?> _output = new("--output", "-o") { Description = "Write a bundle for another machine instead of installing.", HelpName = "FILE" };

    private readonly SyncArguments _arguments = new();

    public PullCommand()
        : base("pull", "Installs the environment of the lock from where it was published; never builds one.")
    {
        Options.Add(_from);
        Options.Add(_platform);
        Options.Add(_output);
        _arguments.AddTo(this);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("pull", "From the first of the manifest's sources that has it; what 'trust' asks for is checked first."),
        new("pull --platform linux-arm64 -o device.bundle", "For a machine without a network: checked here, with its signatures beside it, and checked again by unpack --key there."),
        new("pull --from https://files.example/environments --path /opt/app/venv", "From one place, to another folder."),
    ];

    /// <inheritdoc/>
    protected override async Task<Answer> RunAsync(ParseResult arguments, Session session, CancellationToken cancellationToken)
    {
        var options = new PullOptions
        {
            From = arguments.GetValue(_from),
            Platform = arguments.GetValue(_platform),
            Output = arguments.GetValue(_output),
            Environment = _arguments.Read(arguments),
        };
        if (options.Platform is not null || options.Output is not null)
        {
            var bundle = await PullVerb.RunForElsewhereAsync(session.Workspace, options, cancellationToken);
            return Answer.Of(bundle, static json => json.PackOutcome) with { Summary = OutcomeText.Of(bundle, session.Workspace.WorkingDirectory) };
        }

        var outcome = await PullVerb.RunAsync(session.Workspace, options, cancellationToken);
        var answer = Answer.Of(outcome, static json => json.SyncOutcome);
        if (!outcome.IsUnchanged)
            return answer with { Summary = OutcomeText.Of(outcome, session.Workspace.WorkingDirectory) };
        session.Say(OutcomeText.Of(outcome, session.Workspace.WorkingDirectory));
        return answer;
    }
}
