namespace VenvBuild.Server;

/// <summary>A request to build several targets of one lock. It is named by what it asks, so that the same request is the same grid.</summary>
internal sealed class Grid
{
    public required string Id { get; init; }

    public required string LockDigest { get; init; }

    /// <summary>The groups, one a line; null for the lock's default ones.</summary>
    public required string? Groups { get; init; }

    /// <summary>The checks, one a line; null for none.</summary>
    public required string? Checks { get; init; }

    public required long Asked { get; init; }
}
