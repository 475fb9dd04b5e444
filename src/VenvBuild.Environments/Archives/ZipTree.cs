using System.IO.Compression;

namespace VenvBuild.Environments;

/// <summary>Reads a zip archive into a tree, as suspiciously as a wheel.</summary>
internal static class ZipTree
{
    /// <summary>Unpacks all of it, or what of it is asked for.</summary>
    /// <param name="archive">The archive.</param>
    /// <param name="name">Its name.</param>
    /// <param name="tree">What takes the entries.</param>
    /// <param name="rules">The tree's rules.</param>
    /// <param name="place">The name that an entry's name stands for, or null for an entry that is left out.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="Packaging.DiagnosticException">The archive is refused.</exception>
    public static void Unpack(FileStream archive, string name, ArchiveTree tree, ArchiveTreeRules rules, Func<string, string?> place, CancellationToken cancellationToken)
    {
        // Checks that both of each entry's headers agree, and its bounds, so that the reader below sees what anybody else sees.
        var entries = ZipDirectory.Read(archive.SafeFileHandle, WheelLimits.Default, name).ToDictionary(entry => entry.Name, StringComparer.Ordinal);
        try
        {
            using var zip = new ZipArchive(archive, ZipArchiveMode.Read, leaveOpen: true);
            foreach (var entry in zip.Entries)
            {
                if (!entries.TryGetValue(entry.FullName, out var known))
                    throw rules.Refuse(entry.FullName, "its name can be read in two ways");
                if (place(entry.FullName) is not { } placed)
                    continue;
                var path = tree.PathOf(placed);
                if (known.IsDirectory)
                {
                    tree.MakeFolder(path);
                    continue;
                }

                using var content = entry.Open();
                tree.MakeFile(path, known.IsExecutable, content, known.Size, cancellationToken);
            }
        }
        catch (InvalidDataException e)
        {
            throw rules.Refuse(null, $"it is damaged ({e.Message})");
        }
    }
}
