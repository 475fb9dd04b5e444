using System.CommandLine;
using System.CommandLine.Parsing;
using VenvBuild.Environments;
using VenvBuild.Workspace;

namespace VenvBuild.Cli;

/// <summary><c>cache prune</c>.</summary>
internal sealed class CachePruneCommand : Verb
{
    private readonly Option<TimeSpan?> _unusedFor = new("--unused-for")
    {
        Description = "Also remove what was not used for so long: a number of days, or such as 12h, 30d, 8w.",
        HelpName = "SPAN",
        CustomParser = Span,
    };

    private readonly Option<long?> _maxSize = new("--max-size")
    {
        Description = "Also remove the least recently used, until no more than so much is left: bytes, or such as 500M, 2G.",
        HelpName = "SIZE",
        CustomParser = Size,
    };

    public CachePruneCommand()
        : base("prune", "Removes from the cache what interrupted runs left behind and, if asked, what is old or too much. What environments link to stays.")
    {
        Options.Add(_unusedFor);
        Options.Add(_maxSize);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("cache prune", "Tidy up."),
        new("cache prune --unused-for 90d", "Also forget what was not used for three months."),
        new("cache prune --max-size 5G", "Keep no more than 5 GiB."),
    ];

    /// <inheritdoc/>
    protected override async Task<Answer> RunAsync(ParseResult arguments, Session session, CancellationToken cancellationToken)
    {
        var options = new PruneOptions { UnusedFor = arguments.GetValue(_unusedFor), MaxBytes = arguments.GetValue(_maxSize) };
        var outcome = await CacheVerb.PruneAsync(options, cancellationToken);
        if (outcome.KeptInUse > 0)
            session.Say($"{OutcomeText.Count(outcome.KeptInUse, "entry", "entries")} kept that environments or running processes use.");
        return Answer.Of(outcome, static json => json.PruneOutcome) with { Summary = $"{OutcomeText.Size(outcome.FreedBytes)} freed, {OutcomeText.Size(outcome.LeftBytes)} left" };
    }

    private static TimeSpan? Span(ArgumentResult argument)
    {
        var text = argument.Tokens[0].Value;
        if (Quantity.TryParseSpan(text, out var span))
            return span;
        argument.AddError($"'{text}' is no span of time: a number of days, or such as 12h, 30d, 8w.");
        return null;
    }

    private static long? Size(ArgumentResult argument)
    {
        var text = argument.Tokens[0].Value;
        if (Quantity.TryParseSize(text, out var bytes))
            return bytes;
        argument.AddError($"'{text}' is no size: a number of bytes, or such as 500M, 2G.");
        return null;
    }
}
