namespace VenvBuild.Server;

/// <summary>A line of a build's log. Lines are only added; their numbers grow from 1.</summary>
internal sealed class BuildLine
{
    /// <summary>The kind of a line that is for people.</summary>
    public const string Log = "log";

    /// <summary>The kind of a line that is the state's new name.</summary>
    public const string State = "state";

    public required string BuildKey { get; init; }

    public required long Sequence { get; init; }

    public required long Time { get; init; }

    public required string Kind { get; init; }

    public required string Text { get; init; }
}
