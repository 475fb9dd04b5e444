using VenvBuild.Index;

namespace VenvBuild.Workspace;

/// <summary><c>cache info</c> and <c>cache prune</c>: what was kept so that it need not be fetched or computed again.</summary>
public static class CacheVerb
{
    // Longer than any run: a younger leftover may be the work of one that goes on.
    private static readonly TimeSpan LeftoverAge = TimeSpan.FromDays(1);

    /// <summary>The cache's parts with their sizes, by name.</summary>
    public static IReadOnlyList<CacheFolderUsage> Info(CancellationToken cancellationToken)
    {
        var root = CacheFolder.Default().Root;
        var usages = new List<CacheFolderUsage>();
        if (!Directory.Exists(root))
            return usages;
        foreach (var folder in Directory.EnumerateDirectories(root).Order(StringComparer.Ordinal))
        {
            long files = 0, bytes = 0;
            foreach (var file in new DirectoryInfo(folder).EnumerateFiles("*", Everything))
            {
                cancellationToken.ThrowIfCancellationRequested();
                files++;
                bytes += file.Length;
            }

            usages.Add(new(Path.GetFileName(folder), folder, files, bytes));
        }

        return usages;
    }

    /// <summary>
    /// Removes what interrupted runs left behind and, where <paramref name="unusedFor"/> is given, pages and metadata that were not written
    /// for so long. Gives how many bytes that was.
    /// </summary>
    public static long Prune(TimeSpan? unusedFor, CancellationToken cancellationToken)
    {
        var root = CacheFolder.Default().Root;
        if (!Directory.Exists(root))
            return 0;
        long freed = 0;
        var now = DateTime.UtcNow;
        foreach (var file in new DirectoryInfo(root).EnumerateFiles("*", Everything))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var age = now - file.LastWriteTimeUtc;
            var isLeftover = file.Extension is ".part" or ".tmp" && age > LeftoverAge;
            var isUnused = unusedFor is { } span && age > span && IsEntry(root, file);
            if (!isLeftover && !isUnused)
                continue;
            freed += file.Length;
            file.Delete();
        }

        return freed;
    }

    private static EnumerationOptions Everything => new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true };

    /// <summary>Whether a file is an entry by itself: a page or metadata. Layers are folders, and go as a whole or not at all.</summary>
    private static bool IsEntry(string root, FileInfo file)
    {
        var part = Path.GetRelativePath(root, file.FullName).Split(Path.DirectorySeparatorChar)[0];
        return part.StartsWith("pages-", StringComparison.Ordinal) || part.StartsWith("metadata-", StringComparison.Ordinal);
    }
}
