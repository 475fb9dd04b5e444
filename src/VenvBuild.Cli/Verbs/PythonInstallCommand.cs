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

    public PythonInstallCommand()
        : base("install", "Downloads an interpreter (python-build-standalone) into the cache, checked by digest.") => Arguments.Add(_version);

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("python install 3.12", "The newest Python 3.12. VENVBUILD_PYTHON_MIRROR or python-mirror in the manifest says from where."),
        new("python install", "The newest Python."),
    ];

    /// <inheritdoc/>
    protected override async Task<Answer> RunAsync(ParseResult arguments, Session session, CancellationToken cancellationToken)
    {
        var python = await PythonVerb.InstallAsync(session.Workspace, arguments.GetValue(_version), cancellationToken);
        return Answer.Of(python, CliJson.Default.FoundPython) with { Summary = $"Python {python.Version} is at {python.Executable}" };
    }
}
