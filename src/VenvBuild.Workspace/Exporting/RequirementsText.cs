using System.Text;
using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>A lock as requirements with digests: what <c>pip install --require-hashes</c> and <c>uv pip install</c> read.</summary>
internal static class RequirementsText
{
    private const string PublicIndex = "https://pypi.org/simple";

    /// <summary>Writes it.</summary>
    /// <param name="exported">The part of the lock; its relative paths start where the text will lie.</param>
    /// <param name="indexes">The manifest's indexes, in order.</param>
    /// <param name="withHashes">Whether the digests are written.</param>
    public static string Of(ExportedLock exported, IReadOnlyList<ManifestIndex> indexes, bool withHashes)
    {
        var packages = exported.Document.Packages;
        var text = new StringBuilder();
        text.Append("# For ").Append(exported.Purpose);
        if (exported.Groups.Count > 0)
            text.Append(", with the groups ").AppendJoin(", ", exported.Groups.Order());
        text.Append(". Made from the lock by 'dotnet pyenv export'; do not edit.\n");
        AppendPlaces(text, packages, indexes);
        foreach (var package in packages.OrderBy(package => package.Name).ThenBy(package => package.Version).ThenBy(package => package.Marker?.ToString(), StringComparer.Ordinal))
            Append(text, package, withHashes);
        return text.ToString();
    }

    /// <summary>Whether a pin has no digest that pip could ask for: a source tree.</summary>
    public static bool IsWithoutHash(LockedPackage package) => package.Directory is not null || package.Vcs is not null;

    private static void AppendPlaces(StringBuilder text, IReadOnlyList<LockedPackage> packages, IReadOnlyList<ManifestIndex> indexes)
    {
        var used = packages.Select(package => package.Index?.AbsoluteUri.TrimEnd('/')).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var inOrder = indexes.Select(index => Credentials.Strip(index.Url.AbsoluteUri).TrimEnd('/')).Where(used.Contains)
            .Concat(used.Order(StringComparer.Ordinal)).Distinct(StringComparer.Ordinal).ToList();
        // The public index is what both tools ask when nothing is said.
        if (inOrder is not ([] or [PublicIndex]))
        {
            for (var i = 0; i < inOrder.Count; i++)
                text.Append(i == 0 ? "--index-url " : "--extra-index-url ").Append(inOrder[i]).Append('\n');
        }

        var folders = packages.SelectMany(package => package.Wheels.Append(package.Sdist)).Select(file => file?.Url is null ? file?.Path : null).OfType<string>()
            .Select(path => path.LastIndexOf('/') is var slash and >= 0 ? path[..slash] : ".").Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
        foreach (var folder in folders)
            text.Append("--find-links ").Append(Local(folder)).Append('\n');
    }

    private static void Append(StringBuilder text, LockedPackage package, bool withHashes)
    {
        text.Append(Source(package));
        if (package.Marker is { } marker)
            text.Append(" ; ").Append(marker);
        if (withHashes && !IsWithoutHash(package))
        {
            var hashes = package.Archive is { } archive ? [archive.Hashes] : package.Wheels.Append(package.Sdist).OfType<LockedFile>().Select(file => file.Hashes);
            foreach (var digest in hashes.Select(Strongest).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
                text.Append(" \\\n    --hash=").Append(digest);
        }

        text.Append('\n');
    }

    private static string Source(LockedPackage package)
    {
        if (package.Directory is { } folder)
            return (folder.IsEditable ? "-e " : "") + Local(folder.Path) + Subdirectory(folder.Subdirectory);
        if (package.Vcs is { } tree)
            return $"{package.Name} @ {tree.Type}+{tree.Url ?? Local(tree.Path!)}@{tree.CommitId}{Subdirectory(tree.Subdirectory)}";
        if (package.Archive is { Url: { } url } remote)
            return $"{package.Name} @ {url.AbsoluteUri}{Subdirectory(remote.Subdirectory)}";
        return package.Archive is { Path: { } path } ? Local(path) : $"{package.Name}=={package.Version}";
    }

    /// <summary>The digest that pip and uv both know and that is hardest to forge.</summary>
    private static string Strongest(LockedHashes hashes)
    {
        var known = hashes.Sha256 is { } sha256 ? ("sha256", sha256) : hashes.Digests.Select(digest => (digest.Key, digest.Value)).OrderByDescending(digest => digest.Value.Length).First();
        return $"{known.Item1}:{known.Item2}";
    }

    private static string Subdirectory(string? folder) => folder is null ? "" : $"#subdirectory={folder}";

    /// <summary>A path that cannot be taken for a name, nor for more lines than one.</summary>
    private static string Local(string path) => path.Any(char.IsControl)
        ? throw new DiagnosticException(ExitCode.Usage, Diagnostic.Error(WorkspaceCodes.CannotExport, "A local path of the lock holds control characters, which requirements cannot say."))
        : path.StartsWith('.') || Path.IsPathRooted(path) ? path : $"./{path}";
}
