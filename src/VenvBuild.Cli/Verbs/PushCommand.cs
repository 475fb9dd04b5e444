using System.CommandLine;
using VenvBuild.Workspace;

namespace VenvBuild.Cli;

/// <summary><c>push</c>.</summary>
internal sealed class PushCommand : Verb
{
    private readonly Option<string?> _to = new("--to") { Description = "The place: github, a folder, or a bucket (s3://...). Default: the manifest's 'publish'.", HelpName = "PLACE" };

    private readonly Option<string?> _sign = new("--sign") { Description = "Sign with this key: its name, or the file of a private key.", HelpName = "KEY" };

    private readonly Option<string?> _builder = new("--builder")
    {
        Description = "Who makes this, for the signed statement. Default: the workflow on GitHub Actions, else this tool.",
        HelpName = "ID",
    };

    private readonly PassphraseOptions _passphrase = new();
    private readonly SyncArguments _arguments = new();

    public PushCommand()
        : base("push", "Makes the environment of the lock for this machine, and publishes it: what the place has already is not sent again.")
    {
        Options.Add(_to);
        Options.Add(_sign);
        Options.Add(_builder);
        _passphrase.AddTo(this);
        _arguments.AddToPublishing(this);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("push --sign ci", "To the repository that pyenv.yaml names under 'publish', signed."),
        new("push --to ./environments", "Into a folder, which a web server may serve as it is."),
    ];

    /// <inheritdoc/>
    protected override async Task<Answer> RunAsync(ParseResult arguments, Session session, CancellationToken cancellationToken)
    {
        var outcome = await PushVerb.RunAsync(
            session.Workspace,
            new()
            {
                To = arguments.GetValue(_to),
                Sign = arguments.GetValue(_sign),
                Builder = arguments.GetValue(_builder),
                Passphrase = () => _passphrase.Read(arguments),
                Environment = _arguments.Read(arguments),
            },
            cancellationToken);
        var answer = Answer.Of(outcome, static json => json.PushOutcome);
        if (!outcome.IsUnchanged)
            return answer with { Summary = OutcomeText.Of(outcome) };
        session.Say(OutcomeText.Of(outcome));
        return answer;
    }
}
