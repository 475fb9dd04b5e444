using System.CommandLine;
using VenvBuild.Workspace;

namespace VenvBuild.Cli;

/// <summary><c>add</c>.</summary>
internal sealed class AddCommand : Verb
{
    private readonly Argument<string[]> _asked = new("REQUIREMENT") { Description = "What to ask for, such as django>=5 or \"requests[socks]\"; it takes the place of a request for the same name.", Arity = ArgumentArity.OneOrMore };

    private readonly Option<string?> _group = new("--group") { Description = "The dependency group that is meant, instead of the requirements.", HelpName = "GROUP" };

    public AddCommand()
        : base("add", "Asks for more: edits the manifest in place and locks. Where that fails, the manifest stays as it was.")
    {
        Arguments.Add(_asked);
        Options.Add(_group);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("add flask \"httpx>=0.28\"", "Ask for two distributions, and lock."),
        new("add --group test pytest", "Ask for one in a dependency group."),
    ];

    /// <inheritdoc/>
    protected override async Task<Answer> RunAsync(ParseResult arguments, Session session, CancellationToken cancellationToken)
    {
        var outcome = await EditVerb.AddAsync(session.Workspace, arguments.GetRequiredValue(_asked), arguments.GetValue(_group), cancellationToken);
        foreach (var change in outcome.Lock.Changes)
            session.Say($"  {change}");
        var here = session.Workspace.WorkingDirectory;
        return Answer.Of(outcome, static json => json.EditOutcome) with
        {
            Summary = $"{OutcomeText.Near(outcome.ManifestPath, here)}: added {string.Join(", ", outcome.Requirements)}\n{OutcomeText.Of(outcome.Lock, here)}",
        };
    }
}
