using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using VenvBuild.Workspace;

namespace VenvBuild.Cli;

/// <summary><c>tree</c>.</summary>
internal sealed class TreeCommand : Verb
{
    private readonly Option<bool> _invert = new("--invert") { Description = "From what is needed to who needs it." };

    private readonly Option<string?> _platform = new("--platform") { Description = "Only what this platform needs, such as linux-x64.", HelpName = "RID" };

    private readonly Option<int?> _depth = new("--depth")
    {
        Description = "How many levels below the first are shown.",
        HelpName = "N",
        CustomParser = Depth,
    };

    public TreeCommand()
        : base("tree", "Shows what needs what among the pins of the lock.")
    {
        Options.Add(_invert);
        Options.Add(_platform);
        Options.Add(_depth);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("tree", "From each request down; (*) marks what was shown above."),
        new("tree --depth 1 --platform win-x64", "The requests and what they need themselves, on Windows."),
        new("tree --invert", "From what needs nothing itself up to the requests."),
    ];

    /// <inheritdoc/>
    protected override async Task<Answer> RunAsync(ParseResult arguments, Session session, CancellationToken cancellationToken)
    {
        var options = new TreeOptions { Invert = arguments.GetValue(_invert), Platform = arguments.GetValue(_platform), Depth = arguments.GetValue(_depth) };
        var outcome = await TreeVerb.RunAsync(session.Workspace, options, cancellationToken);
        PinsText.TellUnread(session, outcome.Unread);
        return Answer.Of(outcome, static json => json.TreeOutcome) with { Text = TreeText.Of(outcome, options.Invert) };
    }

    private static int? Depth(ArgumentResult argument)
    {
        if (int.TryParse(argument.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var depth))
            return depth;
        argument.AddError($"'{argument.Tokens[0].Value}' is no number of levels.");
        return null;
    }
}
