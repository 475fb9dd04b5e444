using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>A distribution of an environment, and the native files that it has.</summary>
/// <param name="name">Its name.</param>
/// <param name="title">Its name and version, as people are told them.</param>
/// <param name="files">The files, each with its place in the environment, with <c>/</c>.</param>
/// <param name="readMetadata">Its METADATA; null where there is none to be had.</param>
internal sealed class NativeDistribution(PackageName name, string title, IReadOnlyList<(string Place, NativeModule Module)> files, Func<byte[]?> readMetadata)
{
    private IReadOnlyList<PackageName>? _requires;

    public PackageName Name => name;

    public string Title => title;

    public IReadOnlyList<(string Place, NativeModule Module)> Files => files;

    /// <summary>The distributions that it may ask for, whatever the markers: those whose libraries its code may load first.</summary>
    public IReadOnlyList<PackageName> Requires => _requires ??= ReadRequires();

    private IReadOnlyList<PackageName> ReadRequires()
    {
        try
        {
            return readMetadata() is { } metadata ? [.. CoreMetadata.Parse(metadata).RequiresDist.Select(requirement => requirement.Name)] : [];
        }
        catch (Exception e) when (e is PackagingFormatException || StorageFault.IsStorage(e))
        {
            // Whoever checks what distributions ask for tells it.
            return [];
        }
    }
}
