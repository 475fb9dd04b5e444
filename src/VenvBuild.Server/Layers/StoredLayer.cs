namespace VenvBuild.Server;

/// <summary>A layer that is whole in the store; the row is written last.</summary>
internal sealed class StoredLayer
{
    public required string Digest { get; init; }

    /// <summary>The size of the uncompressed archive in bytes.</summary>
    public required long Size { get; init; }

    public required long Made { get; init; }

    /// <summary>When somebody last asked for it, to the minute.</summary>
    public long Used { get; init; }

    /// <summary>For whom it was first kept: a token's id, or an address.</summary>
    public string? Owner { get; init; }
}
