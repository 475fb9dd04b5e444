using System.CommandLine;
using System.CommandLine.Parsing;
using VenvBuild.Packaging;
using VenvBuild.Workspace;

namespace VenvBuild.Cli;

/// <summary><c>lock</c>.</summary>
internal sealed class LockCommand : Verb
{
    private readonly Argument<string?> _target = new("TARGET")
    {
        Description = "A solution or project whose manifests are meant, instead of one manifest.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<bool> _check = new("--check") { Description = "Write nothing; answer 1 when the lock is stale or missing." };

    private readonly Option<bool> _upgrade = new("--upgrade") { Description = "Forget the pins of the previous lock." };

    private readonly Option<string[]> _upgradePackage = new("--upgrade-package")
    {
        Description = "Forget the pin of this distribution; NAME==VERSION asks for a version. May be repeated.",
        HelpName = "NAME",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<ResolverChoice> _resolver = new("--resolver")
    {
        Description = "Who solves: builtin, uv or pip. What uv or pip answers is proven before it is written.",
        HelpName = "builtin|uv|pip",
        CustomParser = Resolver,
    };

    private readonly Option<string?> _output = new("--output") { Description = "The lock file to write, instead of the manifest's.", HelpName = "FILE" };

    public LockCommand()
        : base("lock", "Solves the manifest's requests for all its platforms and Pythons, and writes the pins to pylock.toml.")
    {
        Arguments.Add(_target);
        Options.Add(_check);
        Options.Add(_upgrade);
        Options.Add(_upgradePackage);
        Options.Add(_resolver);
        Options.Add(_output);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("lock", "Write pylock.toml; pins that still fit stay as they are."),
        new("lock --check", "In CI: is the committed lock the answer to the committed manifest? Needs no network."),
        new("lock --upgrade-package django", "Take a newer django, and move nothing else unless it must."),
        new("lock --resolver uv", "Have uv solve; its answer is written only when it is proven."),
        new("lock App.sln", "Lock each manifest that the projects of a solution use."),
    ];

    /// <inheritdoc/>
    protected override async Task<Answer> RunAsync(ParseResult arguments, Session session, CancellationToken cancellationToken)
    {
        var options = new LockOptions
        {
            CheckOnly = arguments.GetValue(_check),
            Upgrade = arguments.GetValue(_upgrade),
            UpgradePackages = arguments.GetValue(_upgradePackage) ?? [],
            Output = arguments.GetValue(_output),
            Resolver = arguments.GetValue(_resolver),
            Target = arguments.GetValue(_target),
        };
        var here = session.Workspace.WorkingDirectory;
        var outcomes = await LockVerb.RunAsync(session.Workspace, options, cancellationToken);
        foreach (var outcome in outcomes)
            Tell(session, outcome);
        var isStale = outcomes.Any(outcome => outcome.State is LockState.Stale or LockState.Missing);
        var written = outcomes.Where(outcome => outcome.State == LockState.Written).Select(outcome => OutcomeText.Of(outcome, here));
        return Answer.Of(outcomes, static json => json.IReadOnlyListLockOutcome, isStale ? ExitCode.CheckFailed : ExitCode.Done) with
        {
            JobSummary = JobSummary.Of(outcomes, here),
            Summary = string.Join('\n', written) is { Length: > 0 } summary ? summary : null,
        };
    }

    private static ResolverChoice Resolver(ArgumentResult argument)
    {
        switch (argument.Tokens[0].Value)
        {
            case "builtin":
                return ResolverChoice.Builtin;
            case "uv":
                return ResolverChoice.Uv;
            case "pip":
                return ResolverChoice.Pip;
            default:
                argument.AddError($"'{argument.Tokens[0].Value}' is no resolver: builtin, uv or pip.");
                return default;
        }
    }

    private static void Tell(Session session, LockOutcome outcome)
    {
        if (outcome.State is LockState.Stale or LockState.Missing)
        {
            session.Report(CheckVerb.Explain(outcome));
            return;
        }

        if (outcome.State == LockState.UpToDate)
            session.Say(OutcomeText.Of(outcome, session.Workspace.WorkingDirectory));
        foreach (var change in outcome.Changes)
            session.Say($"  {change}");
    }
}
