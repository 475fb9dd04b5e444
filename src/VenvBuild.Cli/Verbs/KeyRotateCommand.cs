using System.CommandLine;
using VenvBuild.Workspace;

namespace VenvBuild.Cli;

/// <summary><c>key rotate</c>.</summary>
internal sealed class KeyRotateCommand : Verb
{
    private readonly Argument<string> _name = new("NAME") { Description = "The key's name." };

    private readonly Option<string?> _public = new("--public") { Description = "The file of the public halves. Default: keys/NAME.pub beside the manifest.", HelpName = "FILE" };

    private readonly Option<bool> _revoke = new("--revoke") { Description = "Take the old keys out, so that what they signed is refused from now on." };

    private readonly PassphraseOptions _passphrase = new();

    public KeyRotateCommand()
        : base("rotate", "Puts a new key in the place of one. The old public key stays in the file, so that what it signed is still taken.")
    {
        Arguments.Add(_name);
        Options.Add(_public);
        Options.Add(_revoke);
        _passphrase.AddNewTo(this);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("key rotate team", "Once a year; then commit keys/team.pub."),
        new("key rotate team --revoke", "When the old key may be in wrong hands."),
    ];

    /// <inheritdoc/>
    protected override Task<Answer> RunAsync(ParseResult arguments, Session session, CancellationToken cancellationToken)
    {
        var key = KeyVerb.Rotate(
            session.Workspace, arguments.GetValue(_name)!, arguments.GetValue(_public), _passphrase.ReadNew(arguments), arguments.GetValue(_revoke));
        session.Say(OutcomeText.OfNew(key, session.Workspace.WorkingDirectory));
        return Task.FromResult(Answer.Of(key, static json => json.KeyOutcome) with { Text = key.Id });
    }
}
