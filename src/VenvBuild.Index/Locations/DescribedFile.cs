using VenvBuild.Packaging;
using VenvBuild.Resolver;

namespace VenvBuild.Index;

/// <summary>
/// A file that another machine told of: what a resolver asks about it is known, and its bytes are not here. So a server solves with
/// folders and indexes that only its client can see.
/// </summary>
/// <param name="File">What is offered; its digest is known.</param>
/// <param name="Metadata">Its core metadata, or why there is none.</param>
public sealed record DescribedFile(IndexFile File, ReleaseMetadata Metadata)
{
    /// <summary>The fields of the metadata that resolving reads, as a METADATA file has them; null where there is none.</summary>
    public byte[]? MetadataText => Metadata.Metadata is { } metadata ? MetadataFields.Write(metadata) : null;
}
