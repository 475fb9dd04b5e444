namespace VenvBuild.Environments;

/// <summary>What became of a check.</summary>
public sealed record CheckResult
{
    /// <summary>The command line.</summary>
    public required string Command { get; init; }

    /// <summary>Why it failed, as a clause that follows "because"; null where it went well.</summary>
    public string? Failure { get; init; }

    /// <summary>The end of what it said.</summary>
    public required string Output { get; init; }

    /// <summary>How long it took.</summary>
    public required TimeSpan Duration { get; init; }
}
