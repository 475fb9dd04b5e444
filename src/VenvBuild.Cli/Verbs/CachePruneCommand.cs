using System.CommandLine;
using System.CommandLine.Parsing;
using VenvBuild.Packaging;
using VenvBuild.Workspace;

namespace VenvBuild.Cli;

/// <summary><c>cache prune</c>.</summary>
internal sealed class CachePruneCommand : Verb
{
    private const int MaxDays = 36500;

    private readonly Option<TimeSpan?> _unusedFor = new("--unused-for")
    {
        Description = "Also remove pages and metadata that were not fetched for so many days.",
        HelpName = "DAYS",
        CustomParser = Days,
    };

    public CachePruneCommand()
        : base("prune", "Removes from the cache what interrupted runs left behind.") => Options.Add(_unusedFor);

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("cache prune", "Tidy up."),
        new("cache prune --unused-for 90", "Also forget what was not fetched for three months."),
    ];

    /// <inheritdoc/>
    protected override Task<Answer> RunAsync(ParseResult arguments, Session session, CancellationToken cancellationToken)
    {
        var freed = CacheVerb.Prune(arguments.GetValue(_unusedFor), cancellationToken);
        return Task.FromResult(new Answer(ExitCode.Done)
        {
            Summary = $"{OutcomeText.Size(freed)} freed",
            Result = json =>
            {
                json.WriteStartObject();
                json.WriteNumber("freedBytes", freed);
                json.WriteEndObject();
            },
        });
    }

    private static TimeSpan? Days(ArgumentResult argument)
    {
        var text = argument.Tokens[0].Value;
        if (int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var days) && days <= MaxDays)
            return TimeSpan.FromDays(days);
        argument.AddError($"'{text}' is no number of days.");
        return null;
    }
}
