using System.Security.Cryptography;

namespace VenvBuild.Cli.Tests;

/// <summary>All that is in a folder, to the byte, so that a test can hold that nothing changed.</summary>
internal static class FolderContent
{
    /// <summary>A line for each folder, file (with its digest) and link (with its target), sorted.</summary>
    public static string Of(string folder)
    {
        var lines = new List<string>();
        Add(new DirectoryInfo(folder), folder, lines);
        lines.Sort(StringComparer.Ordinal);
        return string.Join('\n', lines);
    }

    /// <summary>What interrupted work leaves: temporary siblings and staging.</summary>
    public static string[] Leftovers(string folder)
    {
        if (!Directory.Exists(folder))
            return [];
        var everything = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };
        return
        [
            .. Directory.EnumerateFileSystemEntries(folder, "*", everything).Where(path =>
                Path.GetExtension(path) is ".tmp" or ".part" or ".old" || Path.GetFileName(Path.GetDirectoryName(path)) == ".staging"),
        ];
    }

    private static void Add(DirectoryInfo folder, string root, List<string> lines)
    {
        foreach (var entry in folder.EnumerateFileSystemInfos())
        {
            var name = Path.GetRelativePath(root, entry.FullName);
            if (entry.LinkTarget is { } target)
                lines.Add($"{name} -> {target}");
            else if (entry is FileInfo file)
                lines.Add($"{name} {Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file.FullName)))}");
            else
                lines.Add(name + "/");
            if (entry is DirectoryInfo { LinkTarget: null } inner)
                Add(inner, root, lines);
        }
    }
}
