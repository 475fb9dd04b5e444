namespace VenvBuild.Server;

/// <summary>A run of versions that a requirement takes, as sort keys: from the first one up to the last, which is left out.</summary>
internal sealed class DependencyRange
{
    public required long DependencyId { get; init; }

    public required string FromKey { get; init; }

    public required string ToKey { get; init; }
}
