namespace VenvBuild.Server;

/// <summary>A project, by its normal name.</summary>
internal sealed class Distribution
{
    public long Id { get; init; }

    public required string Name { get; init; }
}
