using System.CommandLine;
using System.Globalization;
using VenvBuild.Workspace;

namespace VenvBuild.Cli;

/// <summary><c>init</c>.</summary>
internal sealed class InitCommand : Verb
{
    private readonly Option<string?> _from = new("--from")
    {
        Description = "A requirements.txt, pyproject.toml, pylock.toml or conda environment.yml to take the requests from.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _name = new("--name")
    {
        Description = "The environment's name. Default: the folder's.",
        HelpName = "NAME",
    };

    public InitCommand()
        : base("init", "Begins a manifest: pyenv.yaml, empty or with the requests of a file that is there already.")
    {
        Options.Add(_from);
        Options.Add(_name);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("init", "Write a pyenv.yaml to fill in."),
        new("init --from requirements.txt", "Take over what pip has been told."),
        new("init --from pyproject.toml", "Take over a project's dependencies, extras and groups, and what uv or poetry has been told."),
    ];

    /// <inheritdoc/>
    protected override async Task<Answer> RunAsync(ParseResult arguments, Session session, CancellationToken cancellationToken)
    {
        var options = new InitOptions { From = arguments.GetValue(_from), Name = arguments.GetValue(_name) };
        var outcome = await InitVerb.RunAsync(session.Workspace, options, cancellationToken);
        foreach (var line in outcome.LeftOut)
            session.Say($"Left out: {line}");
        foreach (var line in outcome.ToCheck)
            session.Say($"To check: {line}");
        return Answer.Of(outcome, static json => json.InitOutcome) with
        {
            Summary = outcome.Requirements.Count == 0
                ? $"{outcome.ManifestPath}: add requirements, then run 'dotnet pyenv sync'."
                : string.Create(CultureInfo.InvariantCulture, $"{outcome.ManifestPath}: {outcome.Requirements.Count} requirements. Next: 'dotnet pyenv sync'."),
        };
    }
}
