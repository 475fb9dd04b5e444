namespace VenvBuild.Server;

/// <summary>A distribution in a finished environment, so that one can ask which environments hold what.</summary>
internal sealed class EnvironmentPackage
{
    public required string EnvironmentKey { get; init; }

    public required string Name { get; init; }

    public required string SortKey { get; init; }

    public required string Version { get; init; }
}
