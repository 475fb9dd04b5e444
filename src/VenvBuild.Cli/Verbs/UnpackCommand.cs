using System.CommandLine;
using VenvBuild.Workspace;

namespace VenvBuild.Cli;

/// <summary><c>unpack</c>.</summary>
internal sealed class UnpackCommand : Verb
{
    private readonly Argument<string> _bundle = new("FILE") { Description = "A bundle that pack or build made." };

    private readonly Option<string> _path = new("--path") { Description = "The folder of the environment.", HelpName = "DIR", Required = true };

    private readonly Option<string?> _python = new("--python") { Description = "The interpreter to use: a path; default: one of this machine that fits.", HelpName = "PYTHON" };

    private readonly Option<string[]> _keys = new("--key")
    {
        Description = "A file of public keys, one of which must have signed the bundle (FILE.intoto.jsonl beside it). May be repeated. Default: what 'trust' in the manifest says, where one lies around.",
        HelpName = "FILE",
        Arity = ArgumentArity.OneOrMore,
    };

    public UnpackCommand()
        : base("unpack", "Makes the environment that a bundle holds. It needs neither manifest nor lock nor network.")
    {
        Arguments.Add(_bundle);
        Options.Add(_path);
        Options.Add(_python);
        Options.Add(_keys);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("unpack reporting.bundle --path .venv", "Everything is verified before the folder is there; what the cache has is not unpacked again."),
        new("unpack reporting.bundle --path /opt/app/venv --python /opt/python/bin/python3.12", "With a certain interpreter."),
        new("unpack reporting.bundle --path .venv --key team.pub", "Only if the team signed it: else nothing of it is unpacked, and the answer is 4."),
    ];

    /// <inheritdoc/>
    protected override async Task<Answer> RunAsync(ParseResult arguments, Session session, CancellationToken cancellationToken)
    {
        var options = new UnpackOptions(arguments.GetValue(_bundle)!, arguments.GetValue(_path)!, arguments.GetValue(_python)) { Keys = arguments.GetValue(_keys) ?? [] };
        var outcome = await UnpackVerb.RunAsync(session.Workspace, options, cancellationToken);
        return Answer.Of(outcome, static json => json.SyncOutcome) with { Summary = OutcomeText.Of(outcome, session.Workspace.WorkingDirectory) };
    }
}
