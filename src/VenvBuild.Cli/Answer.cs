using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using VenvBuild.Packaging;

namespace VenvBuild.Cli;

/// <summary>What a verb has to say in the end.</summary>
/// <param name="ExitCode">What the process answers.</param>
internal sealed record Answer(ExitCode ExitCode)
{
    /// <summary>The exit code of a program that the verb ran for its caller, which then is the process's; else null.</summary>
    public int? ChildExitCode { get; init; }

    /// <summary>The answer as text for stdout, without a line end after it; null when there is nothing to say.</summary>
    public string? Text { get; init; }

    /// <summary>The same as <see cref="Text"/> for a person at a terminal, or null where lines read as well.</summary>
    public TerminalTable? Table { get; init; }

    /// <summary>One line for stdout about the work that was done, left out at <c>-q</c>; null when there was none to do.</summary>
    public string? Summary { get; init; }

    /// <summary>The work as Markdown for the page of a workflow's job; null where it has no place there.</summary>
    public string? JobSummary { get; init; }

    /// <summary>Writes the answer as one JSON value; null when there is none.</summary>
    public Action<Utf8JsonWriter>? Result { get; init; }

    /// <summary>An answer whose JSON form is <paramref name="result"/>. What its type looks like as JSON is looked up only for who wants it.</summary>
    public static Answer Of<T>(T result, Func<CliJson, JsonTypeInfo<T>> type, ExitCode exitCode = ExitCode.Done) =>
        new(exitCode) { Result = json => JsonSerializer.Serialize(json, result, type(CliJson.Default)) };
}
