using System.CommandLine;
using VenvBuild.Workspace;

namespace VenvBuild.Cli;

/// <summary><c>python list</c>.</summary>
internal sealed class PythonListCommand : Verb
{
    private const string NotInstalled = "(available)";

    private readonly Option<bool> _available = new("--available") { Description = "Also list those that 'python install' could install; this asks the network." };

    public PythonListCommand()
        : base("list", "Lists the interpreters that can be used here, the preferred one first.") => Options.Add(_available);

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("python list", "Which Pythons are there?"),
        new("python list --available", "And which could be?"),
        new("python list -v", "And what was passed over, and why?"),
    ];

    /// <inheritdoc/>
    protected override async Task<Answer> RunAsync(ParseResult arguments, Session session, CancellationToken cancellationToken)
    {
        var found = await PythonVerb.ListAsync(session.Workspace, cancellationToken);
        if (found.Count == 0)
            session.Say("No interpreter was found. Install CPython 3.9 or newer ('dotnet pyenv python install'), or put it on PATH; -v says what was passed over.");
        if (arguments.GetValue(_available))
            found = [.. found, .. await PythonVerb.ListAvailableAsync(session.Workspace, cancellationToken)];
        var answer = Answer.Of(found, static json => json.IReadOnlyListFoundPython);
        if (found.Count == 0)
            return answer;
        var table = new TerminalTable("Python", "Version", "Executable");
        foreach (var python in found)
            table.Add(python.Implementation, Version(python), python.Executable ?? NotInstalled);
        var lines = found.Select(python => $"{python.Implementation,-8} {Version(python),-10} {python.Executable ?? NotInstalled}");
        return answer with { Text = string.Join('\n', lines), Table = table };
    }

    private static string Version(FoundPython python) => python.Version + (python.IsFreeThreaded ? "t" : "");
}
