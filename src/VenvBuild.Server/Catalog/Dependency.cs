namespace VenvBuild.Server;

/// <summary>A requirement of a release.</summary>
internal sealed class Dependency
{
    public long Id { get; init; }

    public required long ReleaseId { get; init; }

    public required long TargetId { get; init; }

    public required string Specifiers { get; init; }

    public string? Marker { get; init; }

    /// <summary>Whether it counts only where an extra is asked for.</summary>
    public required bool NeedsExtra { get; init; }
}
