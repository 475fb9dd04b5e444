namespace VenvBuild.Server;

/// <summary>What a caller with a quota has used up on one day.</summary>
internal sealed class CallerUsage
{
    /// <summary>The token's id, or the address.</summary>
    public required string Caller { get; init; }

    /// <summary>The day, counted from 1970 in UTC.</summary>
    public required int Day { get; init; }

    public int Solves { get; init; }

    public int Builds { get; init; }
}
