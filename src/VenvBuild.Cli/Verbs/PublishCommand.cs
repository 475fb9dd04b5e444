using System.CommandLine;
using VenvBuild.Workspace;

namespace VenvBuild.Cli;

/// <summary><c>publish</c>.</summary>
internal sealed class PublishCommand : Verb
{
    private readonly Option<string> _output = new("--output", "-o") { Description = "The folder to write.", HelpName = "DIR", Required = true };

    private readonly Option<string?> _platform = new("--platform") { Description = "A declared platform; default: this machine's.", HelpName = "RID" };

    private readonly Option<bool> _withPython = new("--with-python") { Description = "Put Python itself into the folder, for machines that have none." };

    private readonly Option<string?> _home = new("--python-home") { Description = "Where Python is on the machine of another platform; default: where its installer puts it.", HelpName = "DIR" };

    private readonly Option<PublishTrim[]> _trim = new("--trim")
    {
        Description = "Leave out compiled modules (caches) or the packages' own tests (tests). May be repeated.",
        HelpName = "caches|tests",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly SyncArguments _arguments = new();

    public PublishCommand()
        : base("publish", "Puts a runnable environment into a folder that a program takes along.")
    {
        foreach (var option in (Option[])[_output, _platform, _withPython, _home, _trim])
            Options.Add(option);
        _arguments.AddTo(this);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("publish -o app/pyenv", "Beside a program; it leads to this machine's Python and may be moved."),
        new("publish --with-python --trim tests -o app/pyenv", "For a machine without Python."),
        new("publish --platform linux-arm64 --python-home /usr/local/bin -o image/pyenv", "For an image whose Python is in /usr/local."),
    ];

    /// <inheritdoc/>
    protected override async Task<Answer> RunAsync(ParseResult arguments, Session session, CancellationToken cancellationToken)
    {
        var options = new PublishOptions
        {
            Sync = _arguments.Read(arguments),
            Output = arguments.GetValue(_output)!,
            Platform = arguments.GetValue(_platform),
            WithPython = arguments.GetValue(_withPython),
            PythonHome = arguments.GetValue(_home),
            Trim = (arguments.GetValue(_trim) ?? []).Aggregate(PublishTrim.None, (all, one) => all | one),
        };
        var outcome = await PublishVerb.RunAsync(session.Workspace, options, cancellationToken);
        var answer = Answer.Of(outcome, static json => json.SyncOutcome);
        var text = OutcomeText.Of(outcome, session.Workspace.WorkingDirectory);
        if (!outcome.IsUnchanged)
            return answer with { Summary = text };
        session.Say(text);
        return answer;
    }
}
