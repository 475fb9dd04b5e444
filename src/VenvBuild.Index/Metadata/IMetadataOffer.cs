using VenvBuild.Packaging;

namespace VenvBuild.Index;

/// <summary>Somebody who may have core metadata that an index would have to be asked for. Nobody need trust it: it is found by its digest.</summary>
public interface IMetadataOffer
{
    /// <summary>The bytes whose SHA-256 was computed here and is this one, or null.</summary>
    /// <param name="digest">What the index states.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    ValueTask<ReadOnlyMemory<byte>?> FindAsync(Sha256Digest digest, CancellationToken cancellationToken);
}
