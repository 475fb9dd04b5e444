namespace VenvBuild.Server;

/// <summary>A lock whose requests are solved anew once in a while.</summary>
internal sealed class Subscription
{
    public required string Id { get; init; }

    /// <summary>What people call it.</summary>
    public required string Name { get; set; }

    /// <summary>The request for the lock, as JSON, without the previous lock.</summary>
    public required string Request { get; set; }

    /// <summary>The lock that is in use.</summary>
    public required string LockDigest { get; set; }

    /// <summary>The interval in hours.</summary>
    public required int Hours { get; set; }

    /// <summary>Whether updates are built, and their checks run.</summary>
    public required bool Builds { get; set; }

    /// <summary>The id of the token that made it; null where nobody brought one.</summary>
    public required string? Owner { get; init; }

    public required long Made { get; init; }
}
