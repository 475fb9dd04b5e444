using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>
/// Whether the loader of a system would find what the native modules of an environment need, before anybody imports one: libraries in the
/// environment, the interpreter's, and the system's. A library that is in the environment at all counts as found: packages load theirs beforehand,
/// or tell the loader of their folders, in ways that no file shows.
/// </summary>
/// <param name="system">The system.</param>
/// <param name="modules">The native files, each with the distribution that brings it and its place in the environment, with <c>/</c>.</param>
internal sealed class NativeCheck(NativeSystem system, IReadOnlyList<(string Owner, string Place, NativeModule Module)> modules)
{
    private const int MaxShown = 3;

    private readonly HashSet<string> _names = new(system.IgnoresCase ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
    private readonly Dictionary<string, bool> _has = new(StringComparer.Ordinal);

    /// <summary>Checks the native files of layers.</summary>
    public static IReadOnlyList<Diagnostic> Run(NativeSystem system, IReadOnlyList<Layer> layers, VenvLayout layout, string cacheFolder)
    {
        var store = new NativeModuleStore(cacheFolder);
        var modules = new List<(string, string, NativeModule)>();
        foreach (var layer in layers)
        {
            foreach (var module in store.Get(layer))
                modules.Add(($"{layer.Name} {layer.Version}", layout.PlaceOf(layer, module.Scheme, module.Path), module));
        }

        return modules.Count == 0 ? [] : new NativeCheck(system, modules).Run();
    }

    /// <summary>
    /// A warning for each distribution that lacks libraries (PYENV1662) and for each that is not for this system (PYENV1663). What is missed only by
    /// use is a remark.
    /// </summary>
    public IReadOnlyList<Diagnostic> Run()
    {
        foreach (var (_, place, module) in modules)
        {
            _names.Add(NameOf(place));
            foreach (var name in module.Images.Select(image => image.Name).OfType<string>())
                _names.Add(NameOf(name));
        }

        var found = new List<Diagnostic>();
        foreach (var distribution in modules.GroupBy(module => module.Owner, StringComparer.Ordinal))
            found.AddRange(Check(distribution.Key, [.. distribution.Select(module => (module.Place, module.Module))]));
        return found;
    }

    private IEnumerable<Diagnostic> Check(string owner, List<(string Place, NativeModule Module)> files)
    {
        // Files for other systems are data here: the launchers for Windows in pip, for one.
        var ours = files.Where(file => file.Module.Images.Any(image => image.Format == system.Format)).ToList();
        var fit = ours.SelectMany(file => file.Module.Images.Where(image => image.Format == system.Format && image.Machine == system.Machine).Take(1).Select(image => (file.Place, Image: image))).ToList();
        if (ours.Count > 0 && fit.Count == 0)
        {
            yield return Unfit($"{owner} has native modules for {string.Join(" and ", ours[0].Module.Images.Select(image => image.Machine))}, and none for {system.Machine}: {Shown([.. ours.Select(file => file.Place)])} cannot be loaded.");
            yield break;
        }

        foreach (var tooNew in TooNew(owner, fit))
            yield return tooNew;
        var missing = Missing(fit, image => image.Needed);
        if (missing.Count > 0)
            yield return Lacking(owner, missing, "cannot be loaded", system.IsHere ? "which is not on this machine" : "which not every such system has");
        var deferred = Missing(fit, image => image.Deferred);
        if (deferred.Count > 0)
            yield return Lacking(owner, deferred, "miss it once they use it", "which is not there") with { Severity = DiagnosticSeverity.Verbose };
    }

    private SortedDictionary<string, List<string>> Missing(List<(string Place, NativeImage Image)> files, Func<NativeImage, IReadOnlyList<string>> asked)
    {
        var missing = new SortedDictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var (place, image) in files)
        {
            foreach (var library in asked(image).Where(library => !Finds(library, place, image)))
            {
                if (!missing.TryGetValue(library, out var places))
                    missing.Add(library, places = []);
                places.Add(place);
            }
        }

        return missing;
    }

    private bool Finds(string library, string place, NativeImage image)
    {
        // A name that is relative to the environment is found by what is in it; what is absolute, only outside of it.
        if (!library.StartsWith('/') && _names.Contains(NameOf(library)))
            return true;
        if (library.StartsWith("@loader_path/", StringComparison.Ordinal) || library.StartsWith("@executable_path/", StringComparison.Ordinal))
            return false;
        if (library.StartsWith("@rpath/", StringComparison.Ordinal))
            return image.SearchPaths.Any(path => path.StartsWith('/') && Has($"{path.TrimEnd('/')}/{library["@rpath/".Length..]}"));
        if (system.Format == NativeFormat.Elf && !library.Contains('/', StringComparison.Ordinal) && image.SearchPaths.Any(path => path.StartsWith('/') && system.IsHere && Has($"{path}/{library}")))
            return true;
        return Has(library);
    }

    private bool Has(string library)
    {
        if (!_has.TryGetValue(library, out var has))
            _has.Add(library, has = system.Has(library));
        return has;
    }

    private IEnumerable<Diagnostic> TooNew(string owner, List<(string Place, NativeImage Image)> files)
    {
        if (system.Floor is { } floor)
        {
            var newest = files.Select(file => (file.Place, Floor: FloorOf(file.Image))).Where(file => file.Floor is { } asked && asked.CompareTo(floor) > 0).ToList();
            if (newest.Count > 0)
            {
                var kind = system.Format == NativeFormat.MachO ? "macOS" : "glibc";
                yield return Unfit($"{owner} needs {kind} {newest.Max(file => file.Floor!.Value)}, and {(system.IsHere ? "this machine has" : $"{system.Target.Platform.RuntimeIdentifier} is declared with")} {floor}: {Shown([.. newest.Select(file => file.Place)])} cannot be loaded.");
            }
        }

        foreach (var lacking in files.SelectMany(file => file.Image.Versions.Where(version => !_names.Contains(version.Library) && system.Lacks(version)).Select(version => (version, file.Place)))
            .GroupBy(file => file.version, file => file.Place))
        {
            yield return Unfit($"{owner} needs {lacking.Key.Name} of {lacking.Key.Library}, and this machine's {lacking.Key.Library} is older: {Shown([.. lacking])} cannot be loaded.");
        }
    }

    private static PlatformFloor? FloorOf(NativeImage image)
    {
        if (image.OldestMacOs is { } macOs)
            return macOs;
        var asked = image.Versions.Select(version => version.Glibc).OfType<PlatformFloor>().ToList();
        return asked.Count == 0 ? null : asked.Max();
    }

    private Diagnostic Lacking(string owner, SortedDictionary<string, List<string>> missing, string what, string where)
    {
        var places = missing.Values.SelectMany(places => places).Distinct(StringComparer.Ordinal).ToList();
        var traces = missing.Keys.Select(system.TraceOf).OfType<string>().ToList();
        return Diagnostic.Warning(
            EnvironmentCodes.LibraryMissing,
            $"{owner} needs {string.Join(", ", missing.Keys)}, {where}: {Shown(places)} {what}.{string.Concat(traces.Select(trace => $" {char.ToUpperInvariant(trace[0])}{trace[1..]}."))}",
            remedy: system.RemedyFor([.. missing.Keys]) ?? "Install what has it, or exclude the distribution where it is not needed.",
            detail: missing.Count == 1 ? null : string.Join('\n', missing.Select(library => $"{library.Key}: {string.Join(", ", library.Value)}")));
    }

    private static Diagnostic Unfit(string message) => Diagnostic.Warning(
        EnvironmentCodes.ModuleUnfit, message,
        remedy: "Its wheel says otherwise by its tags: tell who made it, ask for another version in pyenv.yaml, or declare what it needs under 'platforms'.");

    private static string Shown(List<string> places) =>
        places.Count <= MaxShown ? string.Join(", ", places) : FormattableString.Invariant($"{string.Join(", ", places.Take(MaxShown))} and {places.Count - MaxShown} more");

    private static string NameOf(string path) => path[(path.LastIndexOf('/') + 1)..];
}
