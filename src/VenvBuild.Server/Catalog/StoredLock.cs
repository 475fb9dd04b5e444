namespace VenvBuild.Server;

/// <summary>A lock, kept under the SHA-256 of its bytes for ever.</summary>
internal sealed class StoredLock
{
    public required string Digest { get; init; }

    public required byte[] Content { get; init; }

    /// <summary>Milliseconds since 1970, as all times here are.</summary>
    public required long Made { get; init; }
}
