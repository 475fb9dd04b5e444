using System.CommandLine;
using VenvBuild.Workspace;

namespace VenvBuild.Cli;

/// <summary><c>key new</c>.</summary>
internal sealed class KeyNewCommand : Verb
{
    private readonly Argument<string> _name = new("NAME") { Description = "What the key is called: letters, digits, '-' and '_'." };

    private readonly Option<string?> _public = new("--public") { Description = "The file for the public half. Default: keys/NAME.pub beside the manifest.", HelpName = "FILE" };

    private readonly PassphraseOptions _passphrase = new();

    public KeyNewCommand()
        : base("new", "Makes a key to sign environments with (ECDSA P-256). The private half stays in this user's settings.")
    {
        Arguments.Add(_name);
        Options.Add(_public);
        _passphrase.AddNewTo(this);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("key new team", "Then commit keys/team.pub and name it under 'trust' in pyenv.yaml."),
        new("key new ci --no-passphrase", "For a machine that keeps the key as a secret of its own."),
    ];

    /// <inheritdoc/>
    protected override Task<Answer> RunAsync(ParseResult arguments, Session session, CancellationToken cancellationToken)
    {
        var key = KeyVerb.New(session.Workspace, arguments.GetValue(_name)!, arguments.GetValue(_public), _passphrase.ReadNew(arguments));
        session.Say(OutcomeText.OfNew(key, session.Workspace.WorkingDirectory));
        return Task.FromResult(Answer.Of(key, static json => json.KeyOutcome) with { Text = key.Id });
    }
}
