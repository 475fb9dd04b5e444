using System.Globalization;

namespace VenvBuild.Server;

/// <summary>
/// The store that this worker builds in: the first folder of <c>work</c> that no living process has. Workers on one machine do not share
/// one, for a worker that is paused holds its locks, and the one that takes its build over would wait for them.
/// </summary>
internal sealed class WorkFolder(ServerSettings settings) : IDisposable
{
    private readonly Lock _lock = new();
    private (string Path, FileStream Lease)? _taken;

    /// <summary>The folder, this process's own until it ends, however that is.</summary>
    public string Path
    {
        get
        {
            lock (_lock)
                return (_taken ??= Take()).Path;
        }
    }

    public void Dispose() => _taken?.Lease.Dispose();

    private (string Path, FileStream Lease) Take()
    {
        for (var number = 1; ; number++)
        {
            var path = System.IO.Path.Combine(settings.Data, "work", number.ToString(CultureInfo.InvariantCulture));
            Directory.CreateDirectory(path);
            try
            {
                return (path, new(System.IO.Path.Combine(path, "worker.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0));
            }
            catch (IOException) when (number < 1000)
            {
                // Another worker's.
            }
        }
    }
}
