using System.Globalization;
using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>What the loader of this machine finds (ld.so(8), and musl's): the folders that a variable names, its list, and its own folders.</summary>
internal sealed class LinuxLoader : NativeSystem
{
    private const string PackageLists = "/var/lib/dpkg/info";
    private const int MaxPlaces = 100_000;

    private readonly bool _isMusl;
    private readonly string[] _named;
    private readonly string[] _own;
    private readonly Lazy<Dictionary<string, string>> _listed;
    private readonly Lazy<(LoadedFile? Importer, IReadOnlyDictionary<string, LoadedFile?> Loaded)> _interpreter;
    private readonly Dictionary<string, NativeImage?> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string[]> _variants = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, string> _passedOver = new(StringComparer.Ordinal);

    public LinuxLoader(Interpreter interpreter)
        : this(interpreter.ToTarget(), interpreter.Executable, Environment.GetEnvironmentVariable("LD_LIBRARY_PATH"), LibraryCache.Path)
    {
    }

    /// <param name="target">What modules are for.</param>
    /// <param name="executable">The interpreter.</param>
    /// <param name="named">The value of <c>LD_LIBRARY_PATH</c>.</param>
    /// <param name="list">The loader's list.</param>
    public LinuxLoader(Target target, string executable, string? named, string list)
        : base(target)
    {
        _isMusl = target.Platform.FloorName == "musl";
        // An empty one is the folder that somebody happens to be in.
        _named = (named ?? "").Split([':', ';'], StringSplitOptions.RemoveEmptyEntries).Where(folder => folder.StartsWith('/')).ToArray();
        var triple = Machine switch { "x64" => "x86_64-linux-gnu", "arm64" => "aarch64-linux-gnu", _ => "i386-linux-gnu" };
        _own = _isMusl ? MuslFolders(target.Platform.PlatformMachine) : [$"/lib/{triple}", $"/usr/lib/{triple}", "/lib64", "/usr/lib64", "/lib", "/usr/lib"];
        _listed = new(() => _isMusl ? [] : ReadList(list, Machine));
        _interpreter = new(() => Read(executable));
    }

    /// <inheritdoc/>
    public override bool IsHere => true;

    /// <inheritdoc/>
    public override LoadedFile? Importer => _interpreter.Value.Importer;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, LoadedFile?> Loaded => _interpreter.Value.Loaded;

    /// <inheritdoc/>
    public override IEnumerable<string> PlacesOf(string library, LoadedFile by)
    {
        if (library.Contains('/', StringComparison.Ordinal))
            return ElfSearch.Expand(library, by, Machine);
        if (_isMusl)
            return In(_named, library).Concat(In(ElfSearch.OfMusl(by, Machine), library)).Concat(In(_own, library));
        var places = In(ElfSearch.Before(by, Machine), library).Concat(In(_named, library)).Concat(In(ElfSearch.After(by, Machine), library));
        if (by.Image.SkipsDefaults)
            return places;
        return (_listed.Value.TryGetValue(library, out var listed) ? places.Append(listed) : places).Concat(In(_own, library));
    }

    /// <summary>What musl is itself, by the names that it has with other libraries of C (<c>load_library</c>).</summary>
    public override bool Has(string library) => _isMusl && library.Split('.') is ["libc" or "libpthread" or "librt" or "libm" or "libdl" or "libutil" or "libxnet", ..];

    /// <inheritdoc/>
    public override NativeImage? Open(string path)
    {
        if (_files.TryGetValue(path, out var known))
            return known;
        var image = NativeImage.ReadOf(path, Format, Machine);
        if (image is null && File.Exists(path))
            _passedOver.TryAdd(path[(path.LastIndexOf('/') + 1)..], path);
        _files.Add(path, image);
        return image;
    }

    /// <inheritdoc/>
    public override string? RemedyFor(IReadOnlyCollection<string> libraries)
    {
        var isMusl = Target.Platform.FloorName == "musl";
        var (isDebian, hasLargeTimes) = Debian();
        var packages = string.Join(' ', KnownLibraries.PackagesOf(libraries, isMusl, hasLargeTimes));
        if (isDebian && libraries.FirstOrDefault(library => KnownLibraries.PackagesOf([library], isMusl, hasLargeTimes).Count == 0) is { } unknown)
        {
            // Somebody may paste it into a shell, and the name is the wheel's.
            var name = unknown.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '+' or '-') ? unknown : "NAME";
            return $"{(packages.Length == 0 ? "" : $"apt-get install {packages}. ")}apt-file search {name} tells the package that has it.";
        }

        return packages.Length == 0 ? null
            : isMusl ? $"apk add {packages}"
            : isDebian ? $"apt-get install {packages}"
            : $"Install what has it; on Debian and Ubuntu that is {packages}.";
    }

    /// <inheritdoc/>
    public override string? TraceOf(string library)
    {
        if (library.Contains('/', StringComparison.Ordinal))
            return null;
        if (_passedOver.TryGetValue(library, out var other))
            return $"{other} is not for {Machine}, so that the loader passes over it";
        if (Installed(library) is not var (path, package))
            return null;
        var folder = path[..path.LastIndexOf('/')];
        return LibraryFolders.Read("/etc/ld.so.conf").Contains(folder, StringComparer.Ordinal)
            ? $"{path} of the package {package} is not in the loader's list: run ldconfig"
            : $"{path} of the package {package} is where the loader does not look";
    }

    /// <summary>A file of that name that Debian's packages put somewhere.</summary>
    private static (string Path, string Package)? Installed(string library)
    {
        try
        {
            foreach (var list in Directory.Exists(PackageLists) ? Directory.EnumerateFiles(PackageLists, "*.list") : [])
            {
                foreach (var line in File.ReadLines(list))
                {
                    if (line.EndsWith(library, StringComparison.Ordinal) && line.Length > library.Length && line[^(library.Length + 1)] == '/' && File.Exists(line))
                        return (line, Path.GetFileNameWithoutExtension(list).Split(':')[0]);
                }
            }
        }
        catch (Exception e) when (StorageFault.IsStorage(e))
        {
            // What cannot be read is not told.
        }

        return null;
    }

    private IEnumerable<string> In(IEnumerable<string> folders, string library) => folders.SelectMany(folder => Variants(folder)).Select(folder => $"{folder}/{library}");

    /// <summary>A folder, after those below it that have libraries for newer processors.</summary>
    private string[] Variants(string folder)
    {
        if (_isMusl || !folder.StartsWith('/'))
            return [folder];
        if (_variants.TryGetValue(folder, out var known))
            return known;
        string[] below;
        try
        {
            // Which of them this processor may use is not asked: what is in one is nearly always in the folder itself, too.
            below = Directory.Exists($"{folder}/glibc-hwcaps") ? [.. Directory.GetDirectories($"{folder}/glibc-hwcaps").OrderDescending(StringComparer.Ordinal), folder] : [folder];
        }
        catch (Exception e) when (StorageFault.IsStorage(e))
        {
            below = [folder];
        }

        _variants.Add(folder, below);
        return below;
    }

    /// <summary>
    /// The interpreter as a process has it before it imports anything. Modules are loaded by the library that Python is in, where it is in one, and that
    /// library by the program.
    /// </summary>
    private (LoadedFile? Importer, IReadOnlyDictionary<string, LoadedFile?> Loaded) Read(string executable)
    {
        string? path = null;
        try
        {
            path = File.ResolveLinkTarget(executable, returnFinalTarget: true)?.FullName ?? executable;
        }
        catch (Exception e) when (StorageFault.IsStorage(e))
        {
            // What cannot be looked at has loaded nothing that is known.
        }

        if (path is null || Open(path) is not { } image)
            return (null, new Dictionary<string, LoadedFile?>(StringComparer.Ordinal));
        var program = new LoadedFile(path, image, By: null);
        var load = NativeLoad.Run(this, new LoadableFiles(this, []), program, new(MaxPlaces));
        var python = load.Loaded.FirstOrDefault(library => library.Key.StartsWith("libpython", StringComparison.Ordinal)).Value;
        return (python ?? program, load.Loaded);
    }

    private static Dictionary<string, string> ReadList(string list, string machine)
    {
        try
        {
            return new FileInfo(list) is { Exists: true, Length: <= LibraryCache.MaxBytes } ? LibraryCache.Read(File.ReadAllBytes(list), machine) : [];
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
