using System.CommandLine;
using VenvBuild.Packaging;
using VenvBuild.Workspace;

namespace VenvBuild.Cli;

/// <summary><c>explain</c>.</summary>
internal sealed class ExplainCommand : Verb
{
    private readonly Argument<string[]> _codes = new("CODE")
    {
        Description = "The code of an error or warning, such as PYENV1301 or 1301. Default: list all.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<string?> _search = new("--search") { Description = "List only those whose title or text holds this.", HelpName = "TEXT" };

    public ExplainCommand()
        : base("explain", "Says what an error or warning means, what usually causes it, and what to do; asks neither the network nor the disk.")
    {
        Arguments.Add(_codes);
        Options.Add(_search);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("explain PYENV1301", "What does it mean that my requests cannot be satisfied?"),
        new("explain 1250 1251", "And what are these two?"),
        new("explain --search proxy", "Which have to do with proxies?"),
        new("explain", "Which are there?"),
    ];

    /// <inheritdoc/>
    protected override Task<Answer> RunAsync(ParseResult arguments, Session session, CancellationToken cancellationToken) =>
        Task.FromResult(arguments.GetValue(_codes) is { Length: > 0 } codes ? Explain(codes, session) : List(arguments.GetValue(_search)));

    private static Answer Explain(string[] codes, Session session)
    {
        var found = codes.Distinct(StringComparer.OrdinalIgnoreCase).Select(code => (Code: code, Explanation: Explanation.Find(code))).ToList();
        var unknown = found.Where(one => one.Explanation is null).Select(one => Unknown(one.Code)).ToList();
        if (unknown.Count > 0)
            throw new DiagnosticException(ExitCode.Usage, unknown);
        return Of([.. found.Select(one => one.Explanation!)]) with { Text = string.Join("\n\n", found.Select(one => ExplainedText.Of(one.Explanation!, session.Columns))) };
    }

    private static Answer List(string? search)
    {
        var all = Explanation.All();
        var found = search is null ? all : [.. all.Where(one => one.Mentions(search))];
        var table = new TerminalTable("Code", "Means", "Kind");
        foreach (var one in found)
            table.Add(one.Code, one.Title, one.Kind);
        return Of(found) with { Table = found.Count == 0 ? null : table, Text = found.Count == 0 ? null : string.Join('\n', found.Select(one => $"{one.Code} {one.Title} ({one.Kind})")) };
    }

    private static Answer Of(IReadOnlyList<Explanation> found) =>
        Answer.Of(found, static json => json.IReadOnlyListExplanation, found.Count == 0 ? ExitCode.CheckFailed : ExitCode.Done);

    private static Diagnostic Unknown(string code) => Diagnostic.Error(
        CliCodes.Usage,
        $"There is no code '{code}'.",
        remedy: $"The nearest are {string.Join(", ", Explanation.Near(code).Select(near => $"{near.Code} ({near.Title})"))}; 'dotnet pyenv explain' lists all.");
}
