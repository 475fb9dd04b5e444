namespace VenvBuild.Server;

/// <summary>What a file's core metadata says, or why there is none; by the file's address and digest, so it never changes.</summary>
internal sealed class FileMetadata
{
    public required string Key { get; init; }

    public required long DistributionId { get; init; }

    public required byte[] Content { get; init; }
}
