using VenvBuild.Packaging;

namespace VenvBuild.Remote;

/// <summary>A lock as a server sent it: nothing in it has been checked but its length.</summary>
/// <param name="Content">The lock's bytes.</param>
public sealed record ServerLock(ReadOnlyMemory<byte> Content)
{
    /// <summary>The digest of the bytes, under which the server keeps them.</summary>
    public Sha256Digest Digest { get; } = Sha256Digest.Of(Content.Span);

    /// <summary>Whether the server says that it has the pins' core metadata together (<see cref="ResolverServerClient.ReadMetadataAsync"/>).</summary>
    public bool OffersMetadata { get; init; }
}
