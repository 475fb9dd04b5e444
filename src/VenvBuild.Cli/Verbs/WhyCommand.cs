using System.CommandLine;
using VenvBuild.Packaging;
using VenvBuild.Workspace;

namespace VenvBuild.Cli;

/// <summary><c>why</c>.</summary>
internal sealed class WhyCommand : Verb
{
    private readonly Argument<string> _name = new("NAME") { Description = "A distribution, or NAME==VERSION for a version that is not pinned." };

    public WhyCommand()
        : base("why", "Says which requests lead to a pin and who bounds its versions, or why it is not another version.") => Arguments.Add(_name);

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("why urllib3", "Who needs urllib3, and which versions do they allow?"),
        new("why urllib3==1.26.20", "Why is it not that version: what excludes it, or what else would change with it?"),
    ];

    /// <inheritdoc/>
    protected override async Task<Answer> RunAsync(ParseResult arguments, Session session, CancellationToken cancellationToken)
    {
        var outcome = await WhyVerb.RunAsync(session.Workspace, arguments.GetRequiredValue(_name), cancellationToken);
        PinsText.TellUnread(session, outcome.Unread);
        var isAnswered = outcome.Pins.Count > 0 || outcome.Version is not null;
        return Answer.Of(outcome, static json => json.WhyOutcome, isAnswered ? ExitCode.Done : ExitCode.CheckFailed) with { Text = WhyText.Of(outcome) };
    }
}
