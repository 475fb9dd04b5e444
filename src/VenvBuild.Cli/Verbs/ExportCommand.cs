using System.CommandLine;
using System.CommandLine.Parsing;
using VenvBuild.Workspace;

namespace VenvBuild.Cli;

/// <summary><c>export</c>.</summary>
internal sealed class ExportCommand : Verb
{
    private readonly Option<ExportFormat> _format = new("--format")
    {
        Description = "requirements (for pip and uv, with digests), pylock (a lock for one target or some groups), cyclonedx (1.6, JSON), spdx (2.3, JSON).",
        HelpName = "requirements|pylock|cyclonedx|spdx",
        Required = true,
        CustomParser = Format,
    };

    private readonly Option<string?> _platform = new("--platform") { Description = "A declared platform; with neither this nor --python, all, told apart by markers.", HelpName = "RID" };

    private readonly Option<string?> _python = new("--python") { Description = "A declared Python; with --platform alone the newest that the lock must serve.", HelpName = "X.Y" };

    private readonly Option<string[]> _group = new("--group") { Description = "A group besides the default ones. May be repeated.", HelpName = "NAME", Arity = ArgumentArity.OneOrMore };

    private readonly Option<bool> _noHashes = new("--no-hashes") { Description = "Requirements without digests." };

    private readonly Option<string?> _output = new("--output", "-o") { Description = "The file to write; default: stdout.", HelpName = "FILE" };

    public ExportCommand()
        : base("export", "Writes the lock in the form that others read. Times come from SOURCE_DATE_EPOCH alone: the same lock gives the same bytes.")
    {
        foreach (var option in (Option[])[_format, _platform, _python, _group, _noHashes, _output])
            Options.Add(option);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("export --format requirements -o requirements.txt", "For every platform, by markers: pip install --require-hashes --no-deps -r requirements.txt"),
        new("export --format requirements --platform linux-x64 --python 3.12", "For one container image: only what it installs, one digest each."),
        new("export --format pylock --group test -o pylock.test.toml", "A lock of its own for the test machines, with the group in it."),
        new("export --format cyclonedx --platform linux-x64 -o bom.json", "What is in the environment that runs there, with licences and digests."),
        new("export --format spdx --offline -o environment.spdx.json", "Without network: licences that were read before come from the cache."),
    ];

    /// <inheritdoc/>
    protected override async Task<Answer> RunAsync(ParseResult arguments, Session session, CancellationToken cancellationToken)
    {
        var options = new ExportOptions
        {
            Format = arguments.GetValue(_format),
            Platform = arguments.GetValue(_platform),
            Python = arguments.GetValue(_python),
            Groups = arguments.GetValue(_group) ?? [],
            WithoutHashes = arguments.GetValue(_noHashes),
            Output = arguments.GetValue(_output),
        };
        var outcome = await ExportVerb.RunAsync(session.Workspace, options, cancellationToken);
        var answer = Answer.Of(outcome, static json => json.ExportOutcome);
        return outcome.Path is { } path
            ? answer with { Summary = $"{OutcomeText.Near(path, session.Workspace.WorkingDirectory)}: {OutcomeText.Count(outcome.Packages, "package")} for {outcome.Target}" }
            : answer with { Text = outcome.Content!.TrimEnd('\n') };
    }

    private static ExportFormat Format(ArgumentResult argument)
    {
        switch (argument.Tokens[0].Value)
        {
            case "requirements":
                return ExportFormat.Requirements;
            case "pylock":
                return ExportFormat.Pylock;
            case "cyclonedx":
                return ExportFormat.CycloneDx;
            case "spdx":
                return ExportFormat.Spdx;
            default:
                argument.AddError($"'{argument.Tokens[0].Value}' is no form to export to: requirements, pylock, cyclonedx or spdx.");
                return default;
        }
    }
}
