using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>Where the content of a pin is, for a bill of materials.</summary>
/// <param name="FileName">The file's name; null for a source tree.</param>
/// <param name="Location">Its address or path; null where the lock names none.</param>
/// <param name="Hashes">Its digests; none for a source tree.</param>
internal sealed record ExportedSource(string? FileName, string? Location, LockedHashes? Hashes)
{
    /// <summary>The files of a pin, by name; of a source tree, the tree.</summary>
    public static IReadOnlyList<ExportedSource> Of(LockedPackage package)
    {
        if (package.Vcs is { } tree)
            return [new(null, tree.Url is null ? null : $"{tree.Type}+{tree.Url}@{tree.CommitId}", null)];
        if (package.Directory is not null)
            return [new(null, null, null)];
        if (package.Archive is { } archive)
            return [new(NameOf(archive.Url?.AbsolutePath ?? archive.Path!), archive.Url?.AbsoluteUri, archive.Hashes)];
        return [.. package.Wheels.Append(package.Sdist).OfType<LockedFile>().OrderBy(file => file.Name, StringComparer.Ordinal)
            .Select(file => new ExportedSource(file.Name, file.Url?.AbsoluteUri, file.Hashes))];
    }

    private static string NameOf(string path) => Uri.UnescapeDataString(path[(path.LastIndexOf('/') + 1)..]);
}
