namespace VenvBuild.Server;

/// <summary>One look for updates of a subscribed lock.</summary>
internal sealed class UpdateRun
{
    public required string SubscriptionId { get; init; }

    public required int Number { get; init; }

    public required long Started { get; init; }

    public required UpdateState State { get; set; }

    /// <summary>The lock that was in use.</summary>
    public required string Before { get; init; }

    /// <summary>The lock with the updates.</summary>
    public string? After { get; set; }

    /// <summary>The grid that builds it.</summary>
    public string? GridId { get; set; }

    /// <summary>Why it failed.</summary>
    public string? Reason { get; set; }
}
