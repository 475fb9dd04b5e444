using System.Collections;
using VenvBuild.Packaging;

namespace VenvBuild.Index;

/// <summary>The files of a release, made when somebody first looks at them.</summary>
internal abstract class LazyFiles(int count) : IReadOnlyList<IndexFile>
{
    private IndexFile[]? _files;

    public int Count => count;

    public IndexFile this[int index] => Files[index];

    // Two threads may both make them; one result stays.
    private IndexFile[] Files => _files ?? Interlocked.CompareExchange(ref _files, Make(), null) ?? _files;

    public IEnumerator<IndexFile> GetEnumerator() => ((IEnumerable<IndexFile>)Files).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => Files.GetEnumerator();

    /// <summary>Makes the files, exactly as many as <see cref="Count"/>.</summary>
    protected abstract IndexFile[] Make();
}
