using System.Collections.Concurrent;
using VenvBuild.Index;

namespace VenvBuild.Environments;

/// <summary>Reads every file of the store and holds it against what was written down when it was made.</summary>
internal sealed class StoreCheck(string cacheFolder, bool removes)
{
    private static readonly string[] FetchedParts = ["pages", "releases", "pinned", "metadata", "metadata-pack", "metadata-files", "lock-metadata", "descriptions", "links"];

    public async Task<IReadOnlyList<StoreDamage>> RunAsync(CancellationToken cancellationToken)
    {
        var found = new ConcurrentQueue<(StoreItem Item, string Path, string Why)>();
        var width = new ParallelOptions { MaxDegreeOfParallelism = Math.Clamp(Environment.ProcessorCount, 1, 8), CancellationToken = cancellationToken };
        Parallel.ForEach(new StoreInventory(cacheFolder).Items(cancellationToken), width, item =>
        {
            foreach (var (path, why) in Faults(item, cancellationToken))
                found.Enqueue((item, path, why));
        });
        var register = new EnvironmentRegister(cacheFolder);
        var environments = register.Read();
        var damages = new List<StoreDamage>();
        foreach (var group in found.GroupBy(fault => fault.Item).OrderBy(group => group.Key.Path, StringComparer.Ordinal))
        {
            var item = group.Key;
            string[] touched = [.. environments.Where(environment => Holds(environment, item)).Select(environment => environment.Path).Order(StringComparer.Ordinal)];
            if (removes)
                await RemoveAsync(item, touched, cancellationToken).ConfigureAwait(false);
            var owner = item.Layer?.FileName ?? item.Python?.Name ?? item.Build?.File.Text ?? item.Part;
            damages.AddRange(group.OrderBy(fault => fault.Path, StringComparer.Ordinal).Select(fault => new StoreDamage(item.Part, owner, fault.Path, fault.Why, removes, touched)));
        }

        foreach (var path in register.Damaged())
        {
            if (removes)
                File.Delete(path);
            damages.Add(new(EnvironmentRegister.Part, "an environment's place", path, "it does not name the place that it is called by: sync that environment again, before anything is pruned", removes, []));
        }

        return damages;
    }

    private static IEnumerable<(string Path, string Why)> Faults(StoreItem item, CancellationToken cancellationToken)
    {
        if (item.Part is "layers" or "received" or "bytecode" or CarriedInterpreter.Part)
            return item.Layer is { } layer ? OfLayer(layer, cancellationToken) : IfThere(item.Path, LayerManifest.FileName);
        if (item.Part == "pythons")
            return item.Python is { } python ? python.Faults(cancellationToken) : IfThere(item.Path, ManagedPython.ManifestName);
        if (item.Part == "builds")
        {
            return item.Build is not { } build ? IfThere(item.Path, BuiltWheelStore.RecordName)
                : !BuiltWheelStore.IsWhole(build) && File.Exists(build.Path) ? [(build.Path, "its bytes were changed: its SHA-256 is another")]
                : [];
        }

        if (item.Part == NativeModuleStore.Part)
            return File.Exists(item.Path) && SealedFile.Open(File.ReadAllBytes(item.Path)).IsEmpty ? [(item.Path, "its checksum is wrong, or it was cut off")] : [];
        if (item.Part == InterpreterCache.Part)
            return File.Exists(item.Path) && !InterpreterCache.IsWhole(item.Path) ? [(item.Path, "its checksum is wrong, or it was cut off")] : [];
        if (item.Part == LayerDigests.Part)
            return File.Exists(item.Path) && !LayerDigests.IsWhole(item.Path) ? [(item.Path, "its checksum is wrong, or it was cut off")] : [];
        return FetchedParts.Contains(item.Part) && File.Exists(item.Path) && !CacheFolder.IsWholeEntry(item.Path) ? [(item.Path, "its checksum is wrong, or it was cut off")] : [];
    }

    private static (string, string)[] IfThere(string folder, string manifest) =>
        Directory.Exists(folder) ? [(Path.Combine(folder, manifest), "the list of its files is missing or damaged")] : [];

    private static List<(string Path, string Why)> OfLayer(Layer layer, CancellationToken cancellationToken)
    {
        var faults = new List<(string, string)>();
        var listed = new HashSet<string>(StringComparer.Ordinal) { Path.Combine(layer.Folder, LayerManifest.FileName) };
        foreach (var file in layer.Files)
        {
            var path = Path.GetFullPath(layer.PathOf(file));
            listed.Add(path);
            if (FaultOf(path, file, cancellationToken) is { } why)
                faults.Add((path, why));
        }

        foreach (var path in Directory.EnumerateFiles(layer.Folder, "*", SearchOption.AllDirectories))
        {
            if (!listed.Contains(path) && !(layer.IsInterpreter && IsOwnBytecode(path)))
                faults.Add((path, "it was put there by somebody else"));
        }

        // A layer that another run took away meanwhile is not damaged.
        return Directory.Exists(layer.Folder) ? faults : [];
    }

    /// <summary>What a carried Python compiled by itself since it came.</summary>
    private static bool IsOwnBytecode(string path) => Path.GetFileName(Path.GetDirectoryName(path)) == "__pycache__";

    private static string? FaultOf(string path, LayerFile file, CancellationToken cancellationToken)
    {
        var info = new FileInfo(path);
        if (!info.Exists || info.LinkTarget is not null)
            return info.LinkTarget is null ? "it is missing" : "it is a link";
        if (info.Length != file.Size)
            return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"it has {info.Length} bytes, not {file.Size}");
        try
        {
            if (FileDigest.Of(path, cancellationToken) != file.Sha256)
                return "its bytes were changed: its SHA-256 is another";
        }
        catch (Exception e) when (StorageFault.IsStorage(e))
        {
            return $"it cannot be read ({e.Message})";
        }

        if (info.LastWriteTimeUtc != LayerUnpacker.Timestamp)
            return "its time was changed";
        return OperatingSystem.IsWindows() || info.UnixFileMode == Layer.ModeOf(file.IsExecutable) ? null : "its mode was changed";
    }

    private static bool Holds(EnvironmentUse environment, StoreItem item) =>
        item.IsInterpreter ? environment.Executable.StartsWith(item.Path + Path.DirectorySeparatorChar, StringComparison.Ordinal)
        : item.Digest is { } digest && environment.Layers.Contains(digest);

    /// <summary>Takes a thing out, and lets the environments that have its bytes be made again by their next sync.</summary>
    private async Task RemoveAsync(StoreItem item, string[] environments, CancellationToken cancellationToken)
    {
        var trash = new StoreTrash(cacheFolder);
        using (await StoreLease.GateAsync(cacheFolder, cancellationToken).ConfigureAwait(false))
        {
            foreach (var environment in environments)
                File.Delete(Path.Combine(environment, EnvironmentState.FileName));
            if (Directory.Exists(item.Path))
                trash.TakeOut(item.Path);
            else
                File.Delete(item.Path);
        }

        trash.Empty();
    }
}
