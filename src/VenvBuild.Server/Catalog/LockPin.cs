namespace VenvBuild.Server;

/// <summary>A pin of a stored lock, so that one can ask which locks hold what.</summary>
internal sealed class LockPin
{
    public required string LockDigest { get; init; }

    public required string Name { get; init; }

    public required string SortKey { get; init; }

    public required string Version { get; init; }
}
