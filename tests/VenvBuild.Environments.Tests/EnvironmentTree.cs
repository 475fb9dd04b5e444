using System.Globalization;
using VenvBuild.Packaging;

namespace VenvBuild.Environments.Tests;

/// <summary>An environment as lines, to be compared.</summary>
internal static class EnvironmentTree
{
    /// <summary>Every path with its kind, mode, content or link, but for what a finished environment remembers of its own making.</summary>
    public static List<string> Of(string root, params string[] without)
    {
        var lines = new List<string>();
        foreach (var entry in new DirectoryInfo(root).EnumerateFileSystemInfos("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }))
        {
            var path = Path.GetRelativePath(root, entry.FullName);
            if (path == EnvironmentState.FileName || without.Contains(path) || path.StartsWith("lib64/", StringComparison.Ordinal))
                continue;
            var mode = OperatingSystem.IsWindows() ? "" : entry.UnixFileMode.ToString();
            lines.Add(entry.LinkTarget is { } target ? $"{path} -> {target}"
                : entry is FileInfo file ? string.Create(CultureInfo.InvariantCulture, $"{path} {mode} {Sha256Digest.Of(File.ReadAllBytes(file.FullName))}") : $"{path}/ {mode}");
        }

        lines.Sort(StringComparer.Ordinal);
        return lines;
    }
}
