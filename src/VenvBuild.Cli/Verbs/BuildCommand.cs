using System.CommandLine;
using System.Globalization;
using VenvBuild.Packaging;
using VenvBuild.Workspace;

namespace VenvBuild.Cli;

/// <summary><c>build</c>.</summary>
internal sealed class BuildCommand : Verb
{
    private readonly Option<string?> _platform = new("--platform") { Description = "A declared platform; default: this machine's.", HelpName = "RID" };

    private readonly Option<string?> _python = new("--python") { Description = "A declared Python, as 3.12; default: the newest that the lock must serve.", HelpName = "X.Y" };

    private readonly Option<bool> _matrix = new("--matrix") { Description = "Every declared platform with every declared Python." };

    private readonly Option<string?> _output = new("--output", "-o")
    {
        Description = "What to write: a bundle where the name ends in .bundle or .tar, else a folder: an environment, or with --matrix the bundles.",
        HelpName = "DIR|FILE",
    };

    private readonly Option<string?> _home = new("--python-home") { Description = "Where Python is on the machine that a folder is for; default: where its installer puts it.", HelpName = "DIR" };

    private readonly Option<string?> _junit = new("--junit") { Description = "Also write the outcome as JUnit's XML.", HelpName = "FILE" };

    private readonly Option<bool> _withPython = new("--with-python") { Description = "Take Python along too, for machines that have none: of this machine, or fetched for another." };

    private readonly LockArguments _lock = new();

    public BuildCommand()
        : base("build", "Makes environments for declared platforms and Pythons, from whatever machine this is.")
    {
        foreach (var option in (Option[])[_platform, _python, _matrix, _output, _home, _withPython, _junit])
            Options.Add(option);
        _lock.AddTo(this);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("build --platform win-x64 --python 3.12 -o reporting-win.bundle", "One file that dotnet pyenv unpack makes into an environment there."),
        new("build --platform linux-arm64 -o image/venv --python-home /usr/local/bin", "A folder to copy into a container image; its python leads to /usr/local/bin."),
        new("build --platform win-x64 --with-python -o app/python", "A folder that runs on a Windows machine without Python; as .bundle, one file."),
        new("build --matrix --locked -o bundles --junit build.xml", "In CI: everything that the manifest declares, with a report."),
        new("build --matrix", "Write nothing: does every environment of the lock come together?"),
    ];

    /// <inheritdoc/>
    protected override async Task<Answer> RunAsync(ParseResult arguments, Session session, CancellationToken cancellationToken)
    {
        var options = new BuildOptions
        {
            Sync = _lock.Read(arguments),
            Platform = arguments.GetValue(_platform),
            Python = arguments.GetValue(_python),
            Matrix = arguments.GetValue(_matrix),
            Output = arguments.GetValue(_output),
            PythonHome = arguments.GetValue(_home),
            WithPython = arguments.GetValue(_withPython),
            JUnit = arguments.GetValue(_junit),
        };
        var outcomes = await BuildVerb.RunAsync(session.Workspace, options, cancellationToken);
        var exitCode = outcomes.FirstOrDefault(outcome => outcome.State == BuildState.Failed)?.ExitCode ?? ExitCode.Done;
        return Answer.Of(outcomes, static json => json.IReadOnlyListBuiltEnvironment, exitCode) with { Text = Table(outcomes, session.Workspace.WorkingDirectory) };
    }

    private static string Table(IReadOnlyList<BuiltEnvironment> environments, string here)
    {
        var rows = environments.Select(environment => (string[])
        [
            environment.Platform,
            environment.Python,
            environment.State.ToString().ToLowerInvariant(),
            environment.Key is null ? "-" : OutcomeText.Count(environment.Packages, "package"),
            environment.Seconds.ToString("0.0 s", CultureInfo.InvariantCulture),
            environment.Reason ?? (environment.Output is { } output ? OutcomeText.Near(output, here) : environment.Key?[..12] ?? ""),
        ]).Prepend(["platform", "python", "state", "content", "time", "result"]).ToList();
        var widths = Enumerable.Range(0, 5).Select(column => rows.Max(row => row[column].Length)).ToArray();
        return string.Join('\n', rows.Select(row => string.Join("  ", row.Select((text, column) => column < 5 ? text.PadRight(widths[column]) : text)).TrimEnd()));
    }
}
