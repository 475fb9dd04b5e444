using VenvBuild.Packaging;
using VenvBuild.Workspace;

namespace VenvBuild.Cli;

/// <summary>One run of one verb: what was asked of all verbs alike, and where it says what it has to say.</summary>
internal sealed class Session
{
    private readonly Verb _verb;
    private readonly Streams _streams;
    private readonly DiagnosticWriter _writer;
    private readonly List<Diagnostic> _diagnostics = [];
    private readonly Lock _lock = new();

    public Session(Verb verb, GlobalSettings settings, Streams streams)
    {
        (_verb, Settings, _streams) = (verb, settings, streams);
        _writer = DiagnosticWriter.For(settings.Diagnostics, streams);
        Progress = new ProgressLine(streams, settings.Verbosity);
        Workspace = new()
        {
            WorkingDirectory = Environment.CurrentDirectory,
            ToolVersion = ToolVersion.Current,
            ManifestPath = settings.Manifest,
            IsOffline = settings.Offline,
            WithoutServer = settings.NoServer,
            Server = settings.Server,
            IndexUrl = settings.IndexUrl,
            SandboxesBuilds = settings.Sandbox,
            Diagnostics = new Relay<Diagnostic>(Report),
            Progress = new Relay<string>(Progress.Show),
        };
    }

    /// <summary>What the options say that every verb takes.</summary>
    public GlobalSettings Settings { get; }

    /// <summary>The same in the words of the verbs' library.</summary>
    public WorkspaceContext Workspace { get; }

    /// <summary>The line that says what goes on; only a terminal shows it.</summary>
    public ProgressLine Progress { get; }

    /// <summary>How wide a line for people may be: as the terminal is, and 80 where there is none.</summary>
    public int Columns => _streams.IsOutputTerminal ? _streams.Width() : 80;

    /// <summary>Tells a diagnostic at once and keeps it for the JSON document. Remarks are told and kept only at <c>-v</c>.</summary>
    public void Report(Diagnostic diagnostic)
    {
        if (diagnostic.Severity == DiagnosticSeverity.Verbose && Settings.Verbosity != Verbosity.Verbose)
            return;
        lock (_lock)
        {
            _diagnostics.Add(diagnostic);
            Progress.Interrupt();
            _writer.Write(diagnostic);
        }
    }

    /// <summary>A line for people about what was done or found; not at <c>-q</c>.</summary>
    public void Say(string text)
    {
        if (Settings.Verbosity == Verbosity.Quiet)
            return;
        lock (_lock)
        {
            Progress.Interrupt();
            _streams.Error.WriteLine(text);
        }
    }

    /// <summary>Writes the verb's answer to stdout and gives the exit code of the process.</summary>
    public int Finish(Answer answer)
    {
        Progress.Interrupt();
        var exitCode = answer.ChildExitCode ?? (int)answer.ExitCode;
        if (answer.JobSummary is { } markdown && _streams.JobSummaryPath is { } page)
            AddToPage(page, markdown);
        if (Settings.IsJson)
            _streams.Output.WriteLine(JsonReport.Write(_verb.FullName, exitCode, _diagnostics, answer.Result));
        else if (answer.Table is { } table && _streams.IsOutputTerminal)
            _streams.Output.WriteLine(table.Render(_streams.Width(), _streams.HasColor));
        else if ((answer.Text ?? (Settings.Verbosity == Verbosity.Quiet ? null : answer.Summary)) is { } text)
            _streams.Output.WriteLine(text);
        _streams.Output.Flush();
        if (exitCode != 0 && Settings is { IsJson: false, Verbosity: not Verbosity.Quiet })
            _writer.WriteHint(_diagnostics);
        return exitCode;
    }

    /// <summary>That a page cannot be written changes nothing about the work.</summary>
    private void AddToPage(string page, string markdown)
    {
        try
        {
            JobSummary.Append(page, markdown);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            Report(Diagnostic.Warning(CliCodes.InputOutput, $"The job's summary cannot be written: {fault.Message}"));
        }
    }
}
