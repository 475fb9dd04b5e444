using System.CommandLine;
using VenvBuild.Workspace;

namespace VenvBuild.Cli;

/// <summary><c>remove</c>.</summary>
internal sealed class RemoveCommand : Verb
{
    private readonly Argument<string[]> _asked = new("NAME") { Description = "The names, without versions.", Arity = ArgumentArity.OneOrMore };

    private readonly Option<string?> _group = new("--group") { Description = "The dependency group that is meant, instead of the requirements.", HelpName = "GROUP" };

    public RemoveCommand()
        : base("remove", "Asks no longer for a distribution: edits the manifest in place and locks. Where that fails, the manifest stays as it was.")
    {
        Arguments.Add(_asked);
        Options.Add(_group);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("remove flask", "Take it out of the requirements, and lock."),
        new("remove --group test pytest", "Take it out of a dependency group."),
    ];

    /// <inheritdoc/>
    protected override async Task<Answer> RunAsync(ParseResult arguments, Session session, CancellationToken cancellationToken)
    {
        var outcome = await EditVerb.RemoveAsync(session.Workspace, arguments.GetRequiredValue(_asked), arguments.GetValue(_group), cancellationToken);
        foreach (var change in outcome.Lock.Changes)
            session.Say($"  {change}");
        var here = session.Workspace.WorkingDirectory;
        return Answer.Of(outcome, static json => json.EditOutcome) with
        {
            Summary = $"{OutcomeText.Near(outcome.ManifestPath, here)}: removed {string.Join(", ", outcome.Requirements)}\n{OutcomeText.Of(outcome.Lock, here)}",
        };
    }
}
