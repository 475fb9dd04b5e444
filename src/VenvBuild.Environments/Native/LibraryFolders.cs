namespace VenvBuild.Environments;

/// <summary>The folders that ldconfig lists libraries of (<c>/etc/ld.so.conf</c> and what it includes). The loader itself never reads it.</summary>
internal static class LibraryFolders
{
    private const int MaxFiles = 1000;
    private const int MaxFolders = 10_000;
    private const int MaxBytes = 1 << 20;

    /// <summary>The folders, as far as the files can be read.</summary>
    public static IReadOnlyList<string> Read(string path)
    {
        var (folders, files) = (new List<string>(), new HashSet<string>(StringComparer.Ordinal));
        var queue = new Queue<string>([path]);
        while (queue.TryDequeue(out var file) && folders.Count < MaxFolders)
        {
            // One that includes itself is read once.
            if (!files.Add(file) || files.Count > MaxFiles)
                continue;
            foreach (var line in Lines(file).Select(line => line.Split('#')[0].Trim()))
            {
                if (line.StartsWith("include", StringComparison.Ordinal) && line.Length > 7 && char.IsWhiteSpace(line[7]))
                {
                    foreach (var included in Matching(Path.Combine(Path.GetDirectoryName(file)!, line[8..].Trim())))
                        queue.Enqueue(included);
                }
                else if (line.StartsWith('/'))
                {
                    folders.Add(line.TrimEnd('/'));
                }
            }
        }

        return folders;
    }

    private static string[] Lines(string file)
    {
        try
        {
            return new FileInfo(file) is { Exists: true, Length: <= MaxBytes } ? File.ReadAllLines(file) : [];
        }
        catch (Exception e) when (StorageFault.IsStorage(e))
        {
            return [];
        }
    }

    private static List<string> Matching(string pattern)
    {
        try
        {
            return Path.GetDirectoryName(pattern) is { } folder && Directory.Exists(folder)
                ? Directory.EnumerateFiles(folder, Path.GetFileName(pattern)).Order(StringComparer.Ordinal).Take(MaxFiles).ToList()
                : [];
        }
        catch (Exception e) when (StorageFault.IsStorage(e) || e is ArgumentException)
        {
            return [];
        }
    }
}
