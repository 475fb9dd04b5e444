using System.CommandLine;
using VenvBuild.Workspace;

namespace VenvBuild.Cli;

/// <summary><c>python install</c>.</summary>
internal sealed class PythonInstallCommand : Verb
{
    private readonly Argument<string?> _version = new("VERSION")
    {
        Description = "Such as 3.12, 3.12.4, or 3.13t for a free-threaded one. Default: the newest.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string?> _platform = new("--platform")
    {
        Description = "Another platform: environments that build makes for it take from it what they need. It is not run here.",
        HelpName = "RID",
    };

    public PythonInstallCommand()
        : base("install", "Downloads an interpreter (python-build-standalone, or for Windows a NuGet package) into the cache, checked by digest.")
    {
        Arguments.Add(_version);
        Options.Add(_platform);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("python install 3.12", "The newest Python 3.12. VENVBUILD_PYTHON_MIRROR or python-mirror in the manifest says from where."),
        new("python install", "The newest Python."),
        new("python install 3.12 --platform win-x64", "For build --platform win-x64, with or without --with-python."),
    ];

    /// <inheritdoc/>
    protected override async Task<Answer> RunAsync(ParseResult arguments, Session session, CancellationToken cancellationToken)
    {
        if (arguments.GetValue(_platform) is { } platform)
        {
            var foreign = await PythonVerb.FetchAsync(session.Workspace, arguments.GetValue(_version), platform, cancellationToken);
            return Answer.Of(foreign, static json => json.FoundPython) with { Summary = $"Python {foreign.Version} for {platform} is here for builds" };
        }

        var python = await PythonVerb.InstallAsync(session.Workspace, arguments.GetValue(_version), cancellationToken);
        return Answer.Of(python, static json => json.FoundPython) with { Summary = $"Python {python.Version} is at {python.Executable}" };
    }
}
