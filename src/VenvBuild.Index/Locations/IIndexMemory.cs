using VenvBuild.Packaging;

namespace VenvBuild.Index;

/// <summary>
/// What somebody else keeps of indexes: it is asked before the cache and the network, and told of what those say. A server's catalog is one.
/// Called from any thread; it does not fail for being unable to answer.
/// </summary>
public interface IIndexMemory
{
    /// <summary>The page of a project, where it is remembered and fresh enough; null to have the index asked.</summary>
    ValueTask<IndexPage?> FindPageAsync(IndexLocation index, PackageName name, CancellationToken cancellationToken);

    /// <summary>What was noted about the metadata of a file with this address and digest; null to have the index asked.</summary>
    ValueTask<ReadOnlyMemory<byte>?> FindMetadataAsync(IndexFile file, CancellationToken cancellationToken);

    /// <summary>Notes a page.</summary>
    /// <param name="index">Whose it is.</param>
    /// <param name="name">The project.</param>
    /// <param name="page">What it says.</param>
    /// <param name="isConfirmed">Whether the index has just said so; else the cache did, which asked a while ago.</param>
    void NotePage(IndexLocation index, PackageName name, IndexPage page, bool isConfirmed);

    /// <summary>
    /// Notes what a file's metadata says: the fields that resolving reads, which <see cref="CoreMetadata.Parse"/> reads, or after an
    /// exclamation mark why there is none. It never changes.
    /// </summary>
    /// <param name="file">The file.</param>
    /// <param name="content">What it says.</param>
    /// <param name="isConfirmed">Whether the index has just said so; else the cache did.</param>
    void NoteMetadata(IndexFile file, ReadOnlyMemory<byte> content, bool isConfirmed);
}
