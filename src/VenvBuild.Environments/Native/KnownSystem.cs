using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>A system of which is known what every one of its kind has; of this machine, what its folders hold, too.</summary>
internal sealed class KnownSystem(Target target, bool isHere) : NativeSystem(target)
{
    /// <inheritdoc/>
    public override bool IsHere => isHere;

    /// <inheritdoc/>
    public override IEnumerable<string> PlacesOf(string library, LoadedFile by) => Format switch
    {
        NativeFormat.Pe => WindowsPlaces(library, by),
        NativeFormat.MachO => MacPlaces(library, by),
        _ when library.Contains('/', StringComparison.Ordinal) => ElfSearch.Expand(library, by, Machine),
        _ when Target.Platform.FloorName == "musl" => ElfSearch.OfMusl(by, Machine).Select(folder => $"{folder}/{library}"),
        _ => ElfSearch.Before(by, Machine).Concat(ElfSearch.After(by, Machine)).Select(folder => $"{folder}/{library}"),
    };

    /// <inheritdoc/>
    public override bool Has(string library) => Format switch
    {
        NativeFormat.Pe => KnownLibraries.IsOfWindows(library) || IsOfPython(library) || (isHere && File.Exists(Path.Combine(Environment.SystemDirectory, library))),
        // The system's own are in one file that the loader has (since macOS 11), and not to be seen in folders.
        NativeFormat.MachO => library.StartsWith("/usr/lib/", StringComparison.Ordinal) || library.StartsWith("/System/", StringComparison.Ordinal)
            || library.Contains("/Python.framework/", StringComparison.Ordinal) || (isHere && library.StartsWith('/') && File.Exists(library)),
        _ => KnownLibraries.IsOfLinux(library, Target.Platform.FloorName == "musl")
            || library == FormattableString.Invariant($"libpython{Target.Python}{(Target.IsFreeThreaded ? "t" : "")}.so.1.0"),
    };

    /// <inheritdoc/>
    public override string? RemedyFor(IReadOnlyCollection<string> libraries) => Format switch
    {
        NativeFormat.Pe => libraries.Any(KnownLibraries.IsOfVisualCpp)
            ? "Install the Microsoft Visual C++ Redistributable there (winget install Microsoft.VCRedist.2015+.x64), or ask for msvc-runtime in pyenv.yaml." : null,
        NativeFormat.Elf => KnownLibraries.PackagesOf(libraries, isMusl: Target.Platform.FloorName == "musl", hasLargeTimes: false) is { Count: > 0 } packages
            ? Target.Platform.FloorName == "musl" ? $"On Alpine: apk add {string.Join(' ', packages)}." : $"On Debian and Ubuntu: apt-get install {string.Join(' ', packages)}." : null,
        _ => null,
    };

    /// <summary>
    /// Beside the file that Python loads (LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR since Python 3.8), beside python.exe where it is in the environment, and where
    /// distributions of runtimes put theirs for it.
    /// </summary>
    private static IEnumerable<string> WindowsPlaces(string library, LoadedFile by)
    {
        if (library.AsSpan().IndexOfAny('/', '\\', ':') >= 0)
            return [];
        return new[] { by.Chain.Last().Folder, "", "Scripts" }.Select(folder => folder.Length == 0 ? library : $"{folder}/{library}");
    }

    /// <summary>dyld(1): <c>@rpath</c> is looked up in the paths of the file and of those that asked for it.</summary>
    private static IEnumerable<string> MacPlaces(string library, LoadedFile by)
    {
        const string anyPath = "@rpath/";
        if (!library.StartsWith(anyPath, StringComparison.Ordinal))
            return MacPath(library, by);
        return by.Chain.SelectMany(file => file.Image.SearchPaths.SelectMany(path => MacPath($"{path.TrimEnd('/')}/{library[anyPath.Length..]}", file)));
    }

    private static string[] MacPath(string path, LoadedFile of)
    {
        const string loader = "@loader_path/";
        const string executable = "@executable_path/";
        if (path.StartsWith(loader, StringComparison.Ordinal))
            return of.Beside(path[loader.Length..]) is { } beside ? [beside] : [];
        // Python is outside: bin/python is a link that dyld follows.
        if (path.StartsWith(executable, StringComparison.Ordinal))
            return of.Chain.Last() is var program && program.Path.StartsWith("bin/", StringComparison.Ordinal) && program.Beside(path[executable.Length..]) is { } there ? [there] : [];
        return path.StartsWith('/') ? [path] : [];
    }

    /// <inheritdoc/>
    public override NativeImage? Open(string path) => isHere && Format == NativeFormat.MachO ? NativeImage.ReadOf(path, Format, Machine) : null;

    /// <summary>What stands beside python.exe: Python itself and the runtime of the compiler that it is made with.</summary>
    private bool IsOfPython(string library)
    {
        var own = FormattableString.Invariant($"python{Target.Python.Major}{Target.Python.Minor}{(Target.IsFreeThreaded ? "t" : "")}.dll");
        return library.Equals(own, StringComparison.OrdinalIgnoreCase) || library.Equals("python3.dll", StringComparison.OrdinalIgnoreCase)
            || library.Equals("python3t.dll", StringComparison.OrdinalIgnoreCase) || library.Equals("vcruntime140.dll", StringComparison.OrdinalIgnoreCase)
            || library.Equals("vcruntime140_1.dll", StringComparison.OrdinalIgnoreCase);
    }
}
