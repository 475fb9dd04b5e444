using System.Text;

namespace VenvBuild.Cli;

/// <summary>Where a run writes, and what reads it there.</summary>
/// <param name="Output">What the caller asked for: one JSON document, or a verb's answer as text.</param>
/// <param name="Error">Everything said on the way: diagnostics, remarks, progress.</param>
internal sealed record Streams(TextWriter Output, TextWriter Error)
{
    /// <summary>Whether a person's terminal shows <see cref="Output"/>.</summary>
    public bool IsOutputTerminal { get; init; }

    /// <summary>Whether a person's terminal shows <see cref="Error"/>.</summary>
    public bool IsErrorTerminal { get; init; }

    /// <summary>Whether a terminal is to be spoken to in colour and cursor movements.</summary>
    public bool HasColor { get; init; }

    /// <summary>How many columns the terminal of <see cref="Output"/> shows.</summary>
    public Func<int> Width { get; init; } = () => 80;

    /// <summary>What a workflow of GitHub Actions reads in <see cref="Error"/>; null where none runs this.</summary>
    public WorkflowCommands? Workflow { get; init; }

    /// <summary>The file of a workflow's job that takes Markdown; null where there is none.</summary>
    public string? JobSummaryPath { get; init; }

    /// <summary>Those of this process. Text is UTF-8 and lines end in a line feed, whatever the machine's habits are.</summary>
    public static Streams OfProcess() => new(Writer(Console.OpenStandardOutput(), autoFlush: false), Writer(Console.OpenStandardError(), autoFlush: true))
    {
        IsOutputTerminal = !Console.IsOutputRedirected,
        IsErrorTerminal = !Console.IsErrorRedirected,
        // Asked late: the console of .NET makes itself ready for it, which other answers need not wait for.
        Width = () => Console.WindowWidth is > 0 and var width ? width : 80,
        Workflow = IsWorkflow ? new(Environment.GetEnvironmentVariable("GITHUB_WORKSPACE") is { Length: > 0 } workspace ? workspace : null) : null,
        JobSummaryPath = IsWorkflow && Environment.GetEnvironmentVariable("GITHUB_STEP_SUMMARY") is { Length: > 0 } summary ? summary : null,
        // https://no-color.org: present and not empty means no colour.
        HasColor = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
            && Environment.GetEnvironmentVariable("TERM") != "dumb"
            // The old console host of Windows shows escape sequences as they are; the terminal that names itself does not.
            && (!OperatingSystem.IsWindows() || Environment.GetEnvironmentVariable("WT_SESSION") is not null),
    };

    private static bool IsWorkflow => Environment.GetEnvironmentVariable("GITHUB_ACTIONS") == "true";

    private static StreamWriter Writer(Stream stream, bool autoFlush) =>
        new(new ImmediateStream(stream), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = autoFlush, NewLine = "\n" };
}
