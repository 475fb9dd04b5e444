using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>
/// What a running process uses of the store, by digests of wheels: pruning leaves it alone. A lease is an open, locked file that lists them;
/// it ends with the process, however that ends.
/// </summary>
public sealed class StoreLease : IDisposable
{
    private const string Extension = ".lease";

    private readonly FileStream _file;

    private StoreLease(FileStream file) => _file = file;

    /// <summary>Takes a lease. From then on nothing of these digests is pruned; what is there already may be relied on.</summary>
    /// <param name="cacheFolder">The cache that the store is in.</param>
    /// <param name="digests">The wheels, or archives of interpreters, that will be used.</param>
    /// <param name="cancellationToken">Ends the wait for a prune that is taking something away just now.</param>
    public static async Task<StoreLease> AcquireAsync(string cacheFolder, IEnumerable<Sha256Digest> digests, CancellationToken cancellationToken = default)
    {
        var folder = FolderOf(cacheFolder);
        try
        {
            using var gate = await GateAsync(cacheFolder, cancellationToken).ConfigureAwait(false);
            return Write(Path.Combine(folder, Guid.NewGuid().ToString("N") + Extension), digests);
        }
        catch (Exception e) when (StorageFault.IsStorage(e))
        {
            throw StorageFault.Explain(e, folder);
        }
    }

    /// <summary>Takes a lease of everything that making a plan's environment uses: its wheels, and the interpreter where it is the store's.</summary>
    internal static Task<StoreLease> AcquireAsync(string cacheFolder, EnvironmentPlan plan, Interpreter? interpreter, CancellationToken cancellationToken)
    {
        var digests = plan.Wheels.Select(wheel => wheel.Sha256);
        if (interpreter is not null && StoredInterpreter.Use(cacheFolder, interpreter.Executable) is { } python)
            digests = digests.Append(python);
        return AcquireAsync(cacheFolder, digests, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _file.Dispose();
        try
        {
            File.Delete(_file.Name);
        }
        catch (Exception e) when (StorageFault.IsStorage(e))
        {
            // An ended lease that stays behind holds nothing, and the next prune removes it.
        }
    }

    /// <summary>The gate between those who take leases and those who take things away: held for moments.</summary>
    internal static Task<ProcessLock> GateAsync(string cacheFolder, CancellationToken cancellationToken) =>
        ProcessLock.AcquireAsync(Path.Combine(FolderOf(cacheFolder), "gate.lock"), waiting: null, cancellationToken);

    /// <summary>What running processes hold; ended leases are removed on the way. Only with the gate held.</summary>
    internal static HashSet<Sha256Digest> Held(string cacheFolder)
    {
        var held = new HashSet<Sha256Digest>();
        foreach (var path in Directory.EnumerateFiles(FolderOf(cacheFolder), "*" + Extension).ToList())
        {
            if (ProcessLock.TryAcquire(path) is { } ended)
            {
                ended.Dispose();
                File.Delete(path);
                continue;
            }

            foreach (var line in Read(path))
            {
                if (Sha256Digest.TryParse(line, out var digest))
                    held.Add(digest);
            }
        }

        return held;
    }

    private static StoreLease Write(string path, IEnumerable<Sha256Digest> digests)
    {
        File.WriteAllLines(path, digests.Select(digest => digest.ToString()));
        // Opened for reading only: such a lock holds on network folders too.
        return new(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0));
    }

    private static string[] Read(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (FileNotFoundException)
        {
            // It ended between the two looks.
            return [];
        }
    }

    private static string FolderOf(string cacheFolder) => Path.Combine(Path.GetFullPath(cacheFolder), "leases");
}
