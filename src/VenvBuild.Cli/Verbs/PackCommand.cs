using System.CommandLine;
using VenvBuild.Workspace;

namespace VenvBuild.Cli;

/// <summary><c>pack</c>.</summary>
internal sealed class PackCommand : Verb
{
    private readonly LockArguments _lock = new();

    private readonly Option<string> _output = new("--output", "-o") { Description = "The bundle to write.", HelpName = "FILE", Required = true };

    private readonly Option<string?> _python = new("--python") { Description = "The interpreter to pack for: a path, or a version such as 3.12.", HelpName = "PYTHON" };

    private readonly Option<bool> _withPython = new("--with-python") { Description = "Carry the interpreter too, for machines that have none." };

    private readonly Option<string?> _sign = new("--sign") { Description = "Sign it with this key, by its name or the file of a private key: FILE.intoto.jsonl beside it.", HelpName = "KEY" };

    private readonly PassphraseOptions _passphrase = new();

    public PackCommand()
        : base("pack", "Puts this machine's environment into one file, which others unpack without any index.")
    {
        Options.Add(_output);
        Options.Add(_python);
        Options.Add(_withPython);
        Options.Add(_sign);
        _passphrase.AddTo(this);
        _lock.AddTo(this);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("pack -o reporting.bundle", "For a machine without a network, or a release: one file, verified when it is unpacked."),
        new("pack --with-python -o all.bundle", "For a machine without Python: its own folder of it comes along."),
        new("pack --locked --group test -o tests.bundle", "In CI: exactly the committed lock, with a group."),
        new("pack --python 3.12 -o reporting-312.bundle", "For a certain Python of this machine; for other platforms there is build."),
    ];

    /// <inheritdoc/>
    protected override async Task<Answer> RunAsync(ParseResult arguments, Session session, CancellationToken cancellationToken)
    {
        var options = new PackOptions { Output = arguments.GetValue(_output)!, Sign = arguments.GetValue(_sign), Passphrase = () => _passphrase.Read(arguments), WithPython = arguments.GetValue(_withPython), Sync = _lock.Read(arguments) with { Python = arguments.GetValue(_python) } };
        var outcome = await PackVerb.RunAsync(session.Workspace, options, cancellationToken);
        return Answer.Of(outcome, static json => json.PackOutcome) with { Summary = OutcomeText.Of(outcome, session.Workspace.WorkingDirectory) };
    }
}
