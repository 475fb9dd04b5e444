using System.CommandLine;
using VenvBuild.Packaging;
using VenvBuild.Workspace;

namespace VenvBuild.Cli;

/// <summary><c>verify</c>.</summary>
internal sealed class VerifyCommand : Verb
{
    private readonly Argument<string?> _lock = new("LOCK")
    {
        Description = "The lock to prove, instead of the manifest's.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<bool> _online = new("--online") { Description = "Ask the indexes anew: is every file still what it was, and not yanked?" };

    public VerifyCommand()
        : base("verify", "Proves, without solving, that the lock answers the manifest: by what the indexes and each pin's own metadata say.")
    {
        Arguments.Add(_lock);
        Options.Add(_online);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("verify", "Answer 0 when the lock is proven right, 1 with each finding when it is not. What the cache has is not fetched."),
        new("verify --online", "In a nightly run: was a pin yanked, or a file exchanged, since it was locked?"),
        new("verify --offline", "Use the cache alone; what it cannot prove is named, and the answer is 1."),
    ];

    /// <inheritdoc/>
    protected override async Task<Answer> RunAsync(ParseResult arguments, Session session, CancellationToken cancellationToken)
    {
        var options = new VerifyOptions { Online = arguments.GetValue(_online), LockPath = arguments.GetValue(_lock) };
        var outcome = await VerifyVerb.RunAsync(session.Workspace, options, cancellationToken);
        foreach (var finding in outcome.Findings)
            session.Report(finding.ToDiagnostic());
        return Answer.Of(outcome, CliJson.Default.VerifyOutcome, outcome.IsProven ? ExitCode.Done : ExitCode.CheckFailed) with
        {
            Summary = OutcomeText.Of(outcome, session.Workspace.WorkingDirectory),
        };
    }
}
