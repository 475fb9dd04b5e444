namespace VenvBuild.Environments;

/// <summary>
/// A folder beside a file that is being made (<c>NAME.0123....tmp</c>), with a locked file in it: the lock ends with the process, however that
/// ends, and whoever makes the same file next clears the folder away.
/// </summary>
internal sealed class SiblingFolder : IDisposable
{
    private const string LockName = ".held";

    private readonly ProcessLock _held;

    private SiblingFolder(string path, ProcessLock held) => (Path, _held) = (path, held);

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>Makes a new folder beside a file, and removes those that ended processes left.</summary>
    public static SiblingFolder Create(string file)
    {
        var parent = Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!).FullName;
        foreach (var left in Directory.EnumerateDirectories(parent, System.IO.Path.GetFileName(file) + ".*.tmp").Where(path => IsOurs(path, file)).ToList())
        {
            if (ProcessLock.TryAcquire(System.IO.Path.Combine(left, LockName)) is not { } ended)
                continue;
            ended.Dispose();
            FolderRemoval.TryRemove(left);
        }

        var folder = Directory.CreateDirectory($"{file}.{Guid.NewGuid():N}.tmp").FullName;
        return new(folder, ProcessLock.TryAcquire(System.IO.Path.Combine(folder, LockName)) ?? throw new IOException($"'{folder}' is taken by another process."));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _held.Dispose();
        FolderRemoval.TryRemove(Path);
    }

    private static bool IsOurs(string path, string file) =>
        path.Length == file.Length + 37 && Guid.TryParseExact(path.AsSpan(file.Length + 1, 32), "N", out _);
}
