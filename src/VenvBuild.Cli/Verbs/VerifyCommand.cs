using System.CommandLine;
using VenvBuild.Packaging;
using VenvBuild.Workspace;

namespace VenvBuild.Cli;

/// <summary><c>verify</c>.</summary>
internal sealed class VerifyCommand : Verb
{
    private readonly Argument<string?> _what = new("LOCK|ENV")
    {
        Description = "The lock to prove, or the folder of an environment to check. Default: the manifest's lock.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<bool> _online = new("--online") { Description = "Of a lock: ask the indexes anew. Is every file still what it was, and not yanked?" };

    private readonly Option<string[]> _keys = new("--key")
    {
        Description = "Of an environment: a file of public keys, one of which must have signed it. Default: what the manifest trusts. May be repeated.",
        HelpName = "FILE",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<bool> _strict = new("--strict") { Description = "Of an environment: modules that Python compiled itself count as added." };

    public VerifyCommand()
        : base("verify", "Proves that the lock answers the manifest, by what indexes and pins say; or that an environment is what was installed and signed.")
    {
        Arguments.Add(_what);
        Options.Add(_online);
        Options.Add(_keys);
        Options.Add(_strict);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("verify", "Answer 0 when the lock is proven right, 1 with each finding when it is not. What the cache has is not fetched."),
        new("verify --online", "In a nightly run: was a pin yanked, or a file exchanged, since it was locked?"),
        new("verify --offline", "Use the cache alone; what it cannot prove is named, and the answer is 1."),
        new("verify .venv", "Name every file that was added, changed or removed (1); a description or signature that is wrong is 4. Nothing is fetched or run."),
        new("verify /opt/app/venv --key team.pub", "Where there is no manifest: was it signed by the team, and is it still what was signed?"),
    ];

    /// <inheritdoc/>
    protected override async Task<Answer> RunAsync(ParseResult arguments, Session session, CancellationToken cancellationToken)
    {
        var what = arguments.GetValue(_what);
        var isEnvironment = what is not null && await VerifyEnvironmentVerb.IsEnvironmentAsync(session.Workspace, what, cancellationToken);
        if (isEnvironment ? arguments.GetValue(_online) : arguments.GetValue(_strict) || arguments.GetValue(_keys) is { Length: > 0 })
        {
            throw new DiagnosticException(ExitCode.Usage, Diagnostic.Error(
                CliCodes.Usage, isEnvironment ? "--online is about a lock, and an environment is named." : "--key and --strict are about an environment, and none is named.",
                remedy: "See 'dotnet pyenv verify --help'."));
        }

        return isEnvironment ? await OfEnvironmentAsync(what!, arguments, session, cancellationToken) : await OfLockAsync(what, arguments, session, cancellationToken);
    }

    private async Task<Answer> OfLockAsync(string? path, ParseResult arguments, Session session, CancellationToken cancellationToken)
    {
        var options = new VerifyOptions { Online = arguments.GetValue(_online), LockPath = path };
        var outcome = await VerifyVerb.RunAsync(session.Workspace, options, cancellationToken);
        foreach (var finding in outcome.Findings)
            session.Report(finding.ToDiagnostic());
        return Answer.Of(outcome, static json => json.VerifyOutcome, outcome.IsProven ? ExitCode.Done : ExitCode.CheckFailed) with
        {
            Summary = OutcomeText.Of(outcome, session.Workspace.WorkingDirectory),
        };
    }

    private async Task<Answer> OfEnvironmentAsync(string path, ParseResult arguments, Session session, CancellationToken cancellationToken)
    {
        var options = new VerifyEnvironmentOptions { Path = path, Keys = arguments.GetValue(_keys) ?? [], CountsOwnBytecode = arguments.GetValue(_strict) };
        var outcome = await VerifyEnvironmentVerb.RunAsync(session.Workspace, options, cancellationToken);
        foreach (var diagnostic in outcome.Refusals.Concat(outcome.Findings.Select(finding => finding.ToDiagnostic())))
            session.Report(diagnostic);
        var exitCode = outcome.Refusals.Count > 0 ? ExitCode.Integrity : outcome.IsProven ? ExitCode.Done : ExitCode.CheckFailed;
        return Answer.Of(outcome, static json => json.VerifyEnvironmentOutcome, exitCode) with { Summary = OutcomeText.Of(outcome, session.Workspace.WorkingDirectory) };
    }
}
