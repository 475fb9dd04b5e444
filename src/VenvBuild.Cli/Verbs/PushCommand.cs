using System.CommandLine;
using VenvBuild.Workspace;

namespace VenvBuild.Cli;

/// <summary><c>push</c>.</summary>
internal sealed class PushCommand : Verb
{
    private readonly Argument<string?> _bundle = new("FILE") { Description = "A bundle to publish, instead of the environment of the lock.", Arity = ArgumentArity.ZeroOrOne };

    private readonly Option<string?> _platform = new("--platform") { Description = "A declared platform; default: this machine's.", HelpName = "RID" };

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
        : base("push", "Makes the environment of the lock, or takes a bundle, and publishes it: what the place has already is not sent again.")
    {
        Arguments.Add(_bundle);
        Options.Add(_platform);
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
        new("push --platform linux-arm64 --python 3.12 --sign ci", "For machines of another platform; who installs compiles modules where no such Python is here."),
        new("push reporting.bundle --to ./environments", "What build or pack made before, each layer held to its digest."),
        new("push --to ./environments", "Into a folder, which a web server may serve as it is."),
    ];

    /// <inheritdoc/>
    protected override async Task<Answer> RunAsync(ParseResult arguments, Session session, CancellationToken cancellationToken)
    {
        var outcome = await PushVerb.RunAsync(
            session.Workspace,
            new()
            {
                Bundle = arguments.GetValue(_bundle),
                Platform = arguments.GetValue(_platform),
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
