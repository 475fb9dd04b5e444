namespace VenvBuild.Server;

/// <summary>A finished environment's description: whoever reads it finds its layers.</summary>
internal sealed class StoredEnvironment
{
    public required string Key { get; init; }

    /// <summary>The canonical bytes.</summary>
    public required byte[] Manifest { get; init; }

    public required long Made { get; init; }
}
