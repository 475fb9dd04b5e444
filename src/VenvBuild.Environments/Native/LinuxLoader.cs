using System.Collections.Concurrent;
using System.Globalization;
using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>What the loader of this machine finds (ld.so(8), and musl's): the folders that a variable names, its list, and its own folders.</summary>
internal sealed class LinuxLoader : NativeSystem
{
    private const string PackageLists = "/var/lib/dpkg/info";

    private readonly List<string> _folders = [];
    private readonly Lazy<Dictionary<string, string>> _listed;
    private readonly ConcurrentDictionary<string, string?> _found = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, IReadOnlyList<string>> _defined = new(StringComparer.Ordinal);

    public LinuxLoader(Interpreter interpreter)
        : base(interpreter.ToTarget())
    {
        _folders.AddRange((Environment.GetEnvironmentVariable("LD_LIBRARY_PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries));
        // An interpreter that has a folder of its own finds its libraries there, and they are loaded when a module asks for them.
        _folders.Add(Path.Combine(interpreter.BasePrefix, "lib"));
        if (interpreter.Musl is null)
        {
            _listed = new(ReadList);
            var triple = Machine switch { "x64" => "x86_64-linux-gnu", "arm64" => "aarch64-linux-gnu", _ => "i386-linux-gnu" };
            _folders.AddRange([$"/lib/{triple}", $"/usr/lib/{triple}", "/lib64", "/usr/lib64", "/lib", "/usr/lib"]);
        }
        else
        {
            _listed = new(() => []);
            _folders.AddRange(MuslFolders(interpreter.Markers.PlatformMachine));
        }
    }

    /// <inheritdoc/>
    public override bool IsHere => true;

    /// <inheritdoc/>
    public override bool Has(string library) => PathOf(library) is not null;

    /// <inheritdoc/>
    public override bool Lacks(SymbolVersion version) =>
        version.Glibc is null && PathOf(version.Library) is { } path && _defined.GetOrAdd(path, DefinedBy) is { Count: > 0 } defined && !defined.Contains(version.Name);

    /// <inheritdoc/>
    public override string? RemedyFor(IReadOnlyCollection<string> libraries)
    {
        var isMusl = Target.Platform.FloorName == "musl";
        var (isDebian, hasLargeTimes) = Debian();
        if (KnownLibraries.PackagesOf(libraries, isMusl, hasLargeTimes) is not { Count: > 0 } packages)
            return isDebian ? "apt-file search NAME tells the package that has a library." : null;
        return isMusl ? $"apk add {string.Join(' ', packages)}"
            : isDebian ? $"apt-get install {string.Join(' ', packages)}"
            : $"Install what has it; on Debian and Ubuntu that is {string.Join(' ', packages)}.";
    }

    /// <inheritdoc/>
    public override string? TraceOf(string library)
    {
        if (library.Contains('/', StringComparison.Ordinal) || !Directory.Exists(PackageLists))
            return null;
        try
        {
            foreach (var list in Directory.EnumerateFiles(PackageLists, "*.list"))
            {
                foreach (var line in File.ReadLines(list))
                {
                    if (line.EndsWith(library, StringComparison.Ordinal) && line.Length > library.Length && line[^(library.Length + 1)] == '/' && File.Exists(line))
                        return $"{line} of the package {Path.GetFileNameWithoutExtension(list).Split(':')[0]} is where the loader does not look";
                }
            }
        }
        catch (Exception e) when (StorageFault.IsStorage(e))
        {
            // What cannot be read is not told.
        }

        return null;
    }

    private string? PathOf(string library) => _found.GetOrAdd(library, name =>
    {
        if (name.Contains('/', StringComparison.Ordinal))
            return File.Exists(name) ? name : null;
        // The list names what was there when it was written.
        return _listed.Value.TryGetValue(name, out var listed) && File.Exists(listed) ? listed
            : _folders.Select(folder => $"{folder}/{name}").FirstOrDefault(File.Exists);
    });

    private static IReadOnlyList<string> DefinedBy(string path)
    {
        try
        {
            using var handle = File.OpenHandle(path);
            return NativeImage.Read(handle) is [var image] ? image.Defined : [];
        }
        catch (Exception e) when (StorageFault.IsStorage(e))
        {
            return [];
        }
    }

    private Dictionary<string, string> ReadList()
    {
        try
        {
            return LibraryCache.Read(File.ReadAllBytes(LibraryCache.Path), Machine);
        }
        catch (Exception e) when (StorageFault.IsStorage(e))
        {
            return [];
        }
    }

    private static string[] MuslFolders(string machine)
    {
        try
        {
            return File.ReadAllText($"/etc/ld-musl-{machine}.path").Split([':', '\n'], StringSplitOptions.RemoveEmptyEntries);
        }
        catch (Exception e) when (StorageFault.IsStorage(e))
        {
            return ["/lib", "/usr/local/lib", "/usr/lib"];
        }
    }

    /// <summary>Whether this is Debian or one of its kin, and whether its packages have the names of the change to 64-bit times (Debian 13, Ubuntu 24.04).</summary>
    private static (bool IsDebian, bool HasLargeTimes) Debian()
    {
        try
        {
            var lines = File.ReadLines("/etc/os-release").Take(100).Select(line => line.Split('=', 2)).Where(parts => parts.Length == 2)
                .GroupBy(parts => parts[0], StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.First()[1].Trim('"', '\''), StringComparer.Ordinal);
            var id = lines.GetValueOrDefault("ID");
            var isDebian = id is "debian" or "ubuntu" || lines.GetValueOrDefault("ID_LIKE")?.Split(' ') is { } like && (like.Contains("debian") || like.Contains("ubuntu"));
            var isNumber = decimal.TryParse(lines.GetValueOrDefault("VERSION_ID"), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var version);
            return (isDebian, isNumber && version >= (id == "ubuntu" ? 24.04m : 13));
        }
        catch (Exception e) when (StorageFault.IsStorage(e))
        {
            return (false, false);
        }
    }
}
