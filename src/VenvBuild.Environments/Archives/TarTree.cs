using System.Formats.Tar;
using System.IO.Compression;

namespace VenvBuild.Environments;

/// <summary>Reads a compressed tar archive into a tree, bounded on its way: nothing is believed of what it says about itself.</summary>
internal static class TarTree
{
    private const UnixFileMode Execute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Unpacks all of it.</summary>
    /// <param name="packed">The archive, gzip-compressed, which can tell its position.</param>
    /// <param name="tree">What takes the entries.</param>
    /// <param name="rules">The tree's rules.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="Packaging.DiagnosticException">The archive is refused.</exception>
    public static void Unpack(Stream packed, ArchiveTree tree, ArchiveTreeRules rules, CancellationToken cancellationToken)
    {
        try
        {
            using var unpacked = new DensityBound(new GZipStream(packed, CompressionMode.Decompress, leaveOpen: true), packed);
            using var tar = new TarReader(unpacked, leaveOpen: true);
            while (tar.GetNextEntry() is { } entry)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Take(entry, tree, rules, cancellationToken);
            }
        }
        catch (Exception e) when (IsRefusal(e))
        {
            throw rules.Refuse(null, $"it is damaged or a bomb ({e.Message})");
        }

        tree.MakeLinks();
    }

    /// <summary>What the reader throws at archives that are none: kinds of entries that it does not support, and numbers and texts that make no sense.</summary>
    private static bool IsRefusal(Exception e) =>
        e is InvalidDataException or EndOfStreamException or FormatException or ArgumentException or NotSupportedException or ArithmeticException or InvalidOperationException or IndexOutOfRangeException;

    private static void Take(TarEntry entry, ArchiveTree tree, ArchiveTreeRules rules, CancellationToken cancellationToken)
    {
        if (entry.EntryType is TarEntryType.GlobalExtendedAttributes)
            return;
        var path = tree.PathOf(entry.Name);
        switch (entry.EntryType)
        {
            case TarEntryType.Directory:
                tree.MakeFolder(path);
                break;
            case TarEntryType.RegularFile or TarEntryType.V7RegularFile:
                tree.MakeFile(path, (entry.Mode & Execute) != 0, entry.DataStream ?? Stream.Null, entry.Length, cancellationToken);
                break;
            case TarEntryType.SymbolicLink:
                tree.AddLink(path, entry.LinkName);
                break;
            case TarEntryType.HardLink:
                tree.MakeCopy(path, tree.PathOf(entry.LinkName), (entry.Mode & Execute) != 0, cancellationToken);
                break;
            default:
                throw rules.Refuse(entry.Name, $"it is neither a file, a folder nor a link ({entry.EntryType})");
        }
    }
}
