using System.CommandLine;
using VenvBuild.Packaging;
using VenvBuild.Workspace;

namespace VenvBuild.Cli;

/// <summary><c>cache verify</c>.</summary>
internal sealed class CacheVerifyCommand : Verb
{
    private readonly Option<bool> _fix = new("--fix") { Description = "Take out what is damaged, so that it is made anew." };

    public CacheVerifyCommand()
        : base("verify", "Reads every file of the cache and names each that is not as it was made.") => Options.Add(_fix);

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("cache verify", "Did the disk or somebody change what is kept? Exit code 1 if so."),
        new("cache verify --fix", "And take the damaged parts out."),
    ];

    /// <inheritdoc/>
    protected override async Task<Answer> RunAsync(ParseResult arguments, Session session, CancellationToken cancellationToken)
    {
        var fixes = arguments.GetValue(_fix);
        var damages = await CacheVerb.VerifyAsync(session.Workspace, fixes, cancellationToken);
        var exitCode = damages.Count == 0 || fixes ? ExitCode.Done : ExitCode.CheckFailed;
        var summary = damages.Count == 0 ? "The cache is as it was made." : $"{OutcomeText.Count(damages.Count, "damaged file")}{(fixes ? ", taken out" : "")}";
        return Answer.Of(damages, static json => json.IReadOnlyListStoreDamage, exitCode) with { Summary = summary };
    }
}
