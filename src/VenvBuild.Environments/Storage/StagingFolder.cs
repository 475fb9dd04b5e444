namespace VenvBuild.Environments;

/// <summary>
/// A folder of one process in which something is made before it is put in its place. While it is worked in, a file beside it is locked;
/// the lock ends with the process, however that ends, and then the folder is anybody's to wipe.
/// </summary>
internal sealed class StagingFolder : IDisposable
{
    // Between a lock file's making and its locking lie some microseconds; nothing so young is wiped.
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(1);

    private readonly ProcessLock _held;

    private StagingFolder(string path, ProcessLock held) => (Path, _held) = (path, held);

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>Makes a new folder below <paramref name="root"/>.</summary>
    public static StagingFolder Create(string root)
    {
        while (true)
        {
            var path = System.IO.Path.Combine(root, Guid.NewGuid().ToString("N"));
            if (ProcessLock.TryAcquire(LockOf(path)) is not { } held)
                continue;
            Directory.CreateDirectory(path);
            return new(path, held);
        }
    }

    /// <summary>Removes what ended processes left below <paramref name="root"/>, and answers how many bytes that were.</summary>
    public static long Wipe(string root)
    {
        if (!Directory.Exists(root))
            return 0;
        long freed = 0;
        var left = Directory.EnumerateFileSystemEntries(root).Select(path => path.EndsWith(".lock", StringComparison.Ordinal) ? path[..^5] : path);
        foreach (var path in left.Distinct(StringComparer.Ordinal).ToList())
        {
            var born = new[] { Directory.GetLastWriteTimeUtc(path), File.GetLastWriteTimeUtc(LockOf(path)) }.Max();
            if (DateTime.UtcNow - born < Grace)
                continue;
            using var held = ProcessLock.TryAcquire(LockOf(path));
            if (held is null)
                continue;
            freed += FolderSize.Of(path);
            FolderRemoval.TryRemove(path);
            if (!Directory.Exists(path))
                File.Delete(LockOf(path));
        }

        return freed;
    }

    /// <summary>
    /// Removes what ended processes left where things are made under the lock of their digest: <c>.staging/DIGEST</c> beside <c>.locks</c>.
    /// Answers how many bytes that were.
    /// </summary>
    public static long WipeLocked(string root)
    {
        var staging = System.IO.Path.Combine(root, ".staging");
        if (!Directory.Exists(staging))
            return 0;
        long freed = 0;
        foreach (var left in Directory.EnumerateDirectories(staging).ToList())
        {
            using var held = ProcessLock.TryAcquire(ProcessLock.PathOf(System.IO.Path.Combine(root, ".locks"), System.IO.Path.GetFileName(left)));
            if (held is null)
                continue;
            freed += FolderSize.Of(left);
            FolderRemoval.TryRemove(left);
        }

        return freed;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        FolderRemoval.TryRemove(Path);
        // Removed while it is still held (Windows does not allow that, and leaves it to the next wipe).
        if (!OperatingSystem.IsWindows())
            File.Delete(LockOf(Path));
        _held.Dispose();
    }

    private static string LockOf(string path) => path + ".lock";
}
