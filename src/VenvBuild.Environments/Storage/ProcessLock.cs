namespace VenvBuild.Environments;

/// <summary>
/// A lock between processes: an open file that the operating system locks, and releases when the process ends, however it ends.
/// The files stay; they are few, because names are folded into 256.
/// </summary>
internal sealed class ProcessLock : IDisposable
{
    private readonly FileStream _file;

    private ProcessLock(FileStream file) => _file = file;

    /// <summary>Waits until the lock is this process's.</summary>
    /// <param name="folder">Where the lock files are.</param>
    /// <param name="name">What is locked, a hexadecimal digest: its first two digits name the file.</param>
    /// <param name="waiting">Called once when another process holds the lock.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static Task<ProcessLock> AcquireAsync(string folder, string name, Action? waiting, CancellationToken cancellationToken) =>
        AcquireAsync(PathOf(folder, name), waiting, cancellationToken);

    /// <summary>Waits until the lock is this process's.</summary>
    /// <param name="path">The lock file.</param>
    /// <param name="waiting">Called once when another process holds the lock.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<ProcessLock> AcquireAsync(string path, Action? waiting, CancellationToken cancellationToken)
    {
        var pause = 5;
        while (true)
        {
            if (TryAcquire(path) is { } taken)
                return taken;
            waiting?.Invoke();
            waiting = null;
            await Task.Delay(pause, cancellationToken).ConfigureAwait(false);
            pause = Math.Min(pause * 2, 100);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    /// <summary>The file of a lock that is named by a hexadecimal digest.</summary>
    public static string PathOf(string folder, string name) => Path.Combine(folder, $"{name.AsSpan(0, 2)}.lock");

    /// <summary>Takes the lock where nobody has it; null otherwise.</summary>
    public static ProcessLock? TryAcquire(string path)
    {
        try
        {
            return new(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0));
        }
        catch (Exception e) when (e is DirectoryNotFoundException or FileNotFoundException)
        {
            // A missing file, too, is a missing folder: one that somebody made between the attempt and the look for the reason.
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            return TryAcquire(path);
        }
        catch (IOException e) when (e is not PathTooLongException && IsHeldElsewhere(e))
        {
            return null;
        }
    }

    /// <summary>EWOULDBLOCK of Linux and of macOS, ERROR_SHARING_VIOLATION and ERROR_LOCK_VIOLATION of Windows.</summary>
    private static bool IsHeldElsewhere(IOException exception) =>
        OperatingSystem.IsWindows() ? (exception.HResult & 0xFFFF) is 32 or 33 : exception.HResult is 11 or 35;
}
