using System.Globalization;
using System.Runtime.InteropServices;

namespace VenvBuild.Environments;

/// <summary>
/// Ends a build that uses more than it may. The kernel's own limits (<c>prlimit</c>) of memory and files hold for single processes; this looks at
/// all processes below one, ten times a second. How many there are is held by <see cref="ProcessBound"/>, for they grow quicker than that.
/// </summary>
internal sealed class BuildWatch : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    // Walking the files costs more than looking at the processes.
    private const int LooksADiskLook = 10;

    private readonly BuildBounds _bounds;
    private readonly string _folder;
    private readonly CancellationTokenSource _end;
    private readonly CancellationTokenSource _done = new();
    private long _said;
    private string? _reason;

    /// <summary>Watches from now on.</summary>
    /// <param name="bounds">What may be used.</param>
    /// <param name="folder">The folder that is written to.</param>
    /// <param name="end">Is cancelled when it is more.</param>
    public BuildWatch(BuildBounds bounds, string folder, CancellationTokenSource end) => (_bounds, _folder, _end) = (bounds, folder, end);

    /// <summary>What was more than it may be, as a clause; null while nothing was.</summary>
    public string? Reason => Volatile.Read(ref _reason);

    /// <summary>The limits of the kernel, as a command that the build's goes after; empty where the system has none.</summary>
    public static IReadOnlyList<string> Limits(BuildBounds bounds) => File.Exists("/usr/bin/prlimit")
        ? ["/usr/bin/prlimit", Limit("nproc", bounds.Tasks), Limit("as", 4 * bounds.MemoryBytes), Limit("fsize", bounds.DiskBytes), "--core=0", "--"]
        : [];

    /// <summary>Takes note of what was said.</summary>
    public void Say(int bytes)
    {
        if (Interlocked.Add(ref _said, bytes) > _bounds.OutputBytes)
            End(FormattableString.Invariant($"it said more than {_bounds.OutputBytes >> 20} MiB"));
    }

    /// <summary>Looks until it is disposed.</summary>
    /// <param name="process">The first of the processes.</param>
    public async Task RunAsync(int process)
    {
        for (var look = 1; !_done.IsCancellationRequested && Reason is null; look++)
        {
            var (tasks, memory) = Measure(process);
            if (tasks > _bounds.Tasks)
                End(FormattableString.Invariant($"it started more than {_bounds.Tasks} processes"));
            else if (memory > _bounds.MemoryBytes)
                End(FormattableString.Invariant($"it took more than {_bounds.MemoryBytes >> 20} MiB of memory"));
            else if (look % LooksADiskLook == 0 && IsFull())
                End(FormattableString.Invariant($"it wrote more than {_bounds.DiskBytes >> 20} MiB"));
            await Task.Delay(Interval, _done.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _done.Cancel();

    private void End(string reason)
    {
        Interlocked.CompareExchange(ref _reason, reason, null);
        try
        {
            _end.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has ended by itself.
        }
    }

    private bool IsFull()
    {
        try
        {
            return FolderSize.Of(_folder) > _bounds.DiskBytes;
        }
        catch (Exception e) when (StorageFault.IsStorage(e))
        {
            // Something goes away while it is looked at.
            return false;
        }
    }

    /// <summary>The threads of all processes below one, and the memory that they hold resident. Who loses its parent stays below, at the namespace's first.</summary>
    private static (long Tasks, long Memory) Measure(int process)
    {
        var children = new Dictionary<int, List<Found>>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(folder.AsSpan("/proc/".Length), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && Read(id) is var (parent, found))
                (CollectionsMarshal.GetValueRefOrAddDefault(children, parent, out _) ??= []).Add(found);
        }

        long tasks = 0, memory = 0;
        var waiting = new Stack<int>([process]);
        while (waiting.TryPop(out var parent))
        {
            foreach (var child in children.GetValueOrDefault(parent, []))
            {
                (tasks, memory) = (tasks + child.Threads, memory + child.Memory);
                waiting.Push(child.Id);
            }
        }

        return (tasks, memory);
    }

    private static (int Parent, Found Found)? Read(int id)
    {
        try
        {
            var text = File.ReadAllText(FormattableString.Invariant($"/proc/{id}/stat"));
            // The name, in parentheses, may hold anything.
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return (int.Parse(fields[1], CultureInfo.InvariantCulture),
                new(id, long.Parse(fields[17], CultureInfo.InvariantCulture), long.Parse(fields[21], CultureInfo.InvariantCulture) * Environment.SystemPageSize));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has ended meanwhile.
            return null;
        }
    }

    private static string Limit(string name, long value) => string.Create(CultureInfo.InvariantCulture, $"--{name}={value}");

    private readonly record struct Found(int Id, long Threads, long Memory);
}
