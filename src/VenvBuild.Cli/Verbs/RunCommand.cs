using System.CommandLine;
using VenvBuild.Packaging;
using VenvBuild.Workspace;

namespace VenvBuild.Cli;

/// <summary><c>run</c>.</summary>
internal sealed class RunCommand : Verb
{
    private readonly Argument<string[]> _command = new("COMMAND")
    {
        Description = "The command and its arguments. All that follows the command is the command's. With --json, what it writes goes to stderr.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly SyncArguments _sync = new();

    private readonly Option<bool> _noSync = new("--no-sync") { Description = "Use the environment as it is." };

    public RunCommand()
        : base("run", "Runs a command in the environment, brought up to date first; answers the command's exit code.")
    {
        Arguments.Add(_command);
        _sync.AddTo(this);
        Options.Add(_noSync);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("run python -m django --version", "Run a module with the environment's Python."),
        new("run --group test pytest -q", "Run a package's command; -q is the command's."),
        new("run --no-sync python script.py", "Start at once, without a look at the lock."),
    ];

    /// <inheritdoc/>
    protected override async Task<Answer> RunAsync(ParseResult arguments, Session session, CancellationToken cancellationToken)
    {
        var options = new RunOptions
        {
            Command = arguments.GetRequiredValue(_command),
            Sync = _sync.Read(arguments),
            WithoutSync = arguments.GetValue(_noSync),
            KeepsOutputFree = session.Settings.IsJson,
        };
        session.Progress.Interrupt();
        var exitCode = await RunVerb.RunAsync(session.Workspace, options, cancellationToken);
        return new Answer(ExitCode.Done)
        {
            ChildExitCode = exitCode,
            Result = json =>
            {
                json.WriteStartObject();
                json.WriteNumber("exitCode", exitCode);
                json.WriteEndObject();
            },
        };
    }
}
