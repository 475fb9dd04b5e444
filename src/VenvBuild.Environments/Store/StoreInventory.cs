using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>
/// Goes through a cache folder. Layers (made here or received), their bytecode, built wheels and interpreters are folders with a manifest; everything else is files, each an entry by
/// itself (see <see cref="Index.CacheFolder"/>), and belongs to the part that its top folder names.
/// </summary>
internal sealed class StoreInventory(string cacheFolder)
{
    /// <summary>Folders that hold no things but what keeps order among processes, and what was seen of sources, which tells a rollback.</summary>
    private static readonly string[] Own = ["leases", "environments", "seen", StoreTrash.FolderName];

    /// <summary>The parts whose things are folders, below a folder for the version of their form.</summary>
    public static readonly string[] FolderParts = ["layers", "received", "bytecode", "pythons", CarriedInterpreter.Part, "builds"];

    private readonly string _root = Path.GetFullPath(cacheFolder);

    public IEnumerable<StoreItem> Items(CancellationToken cancellationToken)
    {
        if (!Directory.Exists(_root))
            yield break;
        foreach (var top in Directory.EnumerateDirectories(_root).Order(StringComparer.Ordinal))
        {
            var part = PartOf(Path.GetFileName(top));
            var items = part switch
            {
                "layers" or "received" => Folders(top, depth: 2).Select(folder => OfLayer(part, folder)),
                "bytecode" => Folders(top, depth: 3).Select(folder => OfLayer(part, folder)),
                "builds" => Folders(top, depth: 2).Select(OfBuild),
                CarriedInterpreter.Part => Folders(top, depth: 2).Select(folder => OfLayer(part, folder)),
                "pythons" => Folders(top, depth: 1).Select(OfPython),
                _ when Own.Contains(part) => [],
                _ => Files(part, top),
            };
            foreach (var item in items)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return item;
            }
        }
    }

    /// <summary>Whether a file is what an interrupted write left: nobody writes one entry for a day.</summary>
    public static bool IsLeftover(string path, DateTime written) =>
        Path.GetExtension(path) is ".part" or ".tmp" && DateTime.UtcNow - written > TimeSpan.FromDays(1);

    /// <summary>The part that a top folder is: its name without the version of the format (<c>pages-v3</c>).</summary>
    private static string PartOf(string folder)
    {
        var dash = folder.LastIndexOf("-v", StringComparison.Ordinal);
        return dash > 0 && folder.AsSpan(dash + 2).IndexOfAnyExceptInRange('0', '9') < 0 ? folder[..dash] : folder;
    }

    /// <summary>The folders so many levels below; those that begin with a dot are for work in hand.</summary>
    private static IEnumerable<string> Folders(string folder, int depth)
    {
        if (!Directory.Exists(folder))
            return [];
        var inside = Directory.EnumerateDirectories(folder).Where(path => Path.GetFileName(path)[0] != '.').Order(StringComparer.Ordinal);
        return depth == 0 ? inside : inside.SelectMany(path => Folders(path, depth - 1));
    }

    private static StoreItem OfLayer(string part, string folder)
    {
        var manifest = new FileInfo(Path.Combine(folder, LayerManifest.FileName));
        Layer? layer = null;
        try
        {
            layer = LayerManifest.Read(File.ReadAllBytes(manifest.FullName), folder);
        }
        catch (Exception e) when (StorageFault.IsStorage(e))
        {
            // Without its manifest it is no layer; what is left of it counts all the same.
        }

        var (files, bytes) = layer is null ? FolderSize.Measure(folder) : (layer.Files.Count + 1, layer.Files.Sum(file => file.Size) + manifest.Length);
        return new()
        {
            Part = part,
            Path = folder,
            Files = files,
            Bytes = bytes,
            LastUse = layer is null ? Directory.GetLastWriteTimeUtc(folder) : manifest.LastWriteTimeUtc,
            Digest = layer?.Digest ?? (Sha256Digest.TryParse(Path.GetFileName(folder), out var digest) ? digest : null),
            Layer = part is "received" or CarriedInterpreter.Part || layer?.Digest.ToString() == Path.GetFileName(folder) ? layer : null,
        };
    }

    private static StoreItem OfBuild(string folder)
    {
        var used = File.GetLastWriteTimeUtc(Path.Combine(folder, BuiltWheelStore.RecordName));
        var (files, bytes) = FolderSize.Measure(folder);
        return new() { Part = "builds", Path = folder, Files = files, Bytes = bytes, LastUse = used, Build = BuiltWheelStore.Read(folder) };
    }

    private static StoreItem OfPython(string folder)
    {
        var python = ManagedPython.Read(folder);
        var (files, bytes) = FolderSize.Measure(folder);
        return new()
        {
            Part = "pythons",
            Path = folder,
            Files = files,
            Bytes = bytes,
            LastUse = python is null ? Directory.GetLastWriteTimeUtc(folder) : File.GetLastWriteTimeUtc(python.ManifestPath),
            Digest = python?.Digest,
            Python = python,
        };
    }

    private static IEnumerable<StoreItem> Files(string part, string folder)
    {
        var everything = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true };
        foreach (var file in new DirectoryInfo(folder).EnumerateFiles("*", everything))
        {
            if (file.Extension is not (".lock" or ".part" or ".tmp"))
                yield return new() { Part = part, Path = file.FullName, Files = 1, Bytes = file.Length, LastUse = file.LastWriteTimeUtc };
        }
    }
}
