using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>
/// Whether the loader of a system would find what the native modules of an environment need, before anybody imports one. Each module is loaded as
/// the loader would, after the interpreter's own libraries. A library that is elsewhere in the environment is found only once something has loaded it:
/// that is taken of the distribution itself and of those that it requires, and of no others.
/// </summary>
/// <param name="system">The system.</param>
/// <param name="distributions">All distributions of the environment, most of which have no native files.</param>
internal sealed class NativeCheck(NativeSystem system, IReadOnlyList<NativeDistribution> distributions)
{
    private const int MaxShown = 3;
    private const int MaxNames = 8;

    private readonly LoadableFiles _files = new(system, distributions);
    private readonly Dictionary<PackageName, NativeDistribution> _named = distributions.GroupBy(distribution => distribution.Name).ToDictionary(group => group.Key, group => group.First());

    /// <summary>How many places are looked at before it ends: a hundred large distributions ask for some ten thousand.</summary>
    public int MaxPlaces { get; init; } = 2_000_000;

    /// <summary>Checks the native files of layers.</summary>
    public static IReadOnlyList<Diagnostic> Run(NativeSystem system, IReadOnlyList<Layer> layers, VenvLayout layout, string cacheFolder)
    {
        var store = new NativeModuleStore(cacheFolder);
        var distributions = new List<NativeDistribution>();
        foreach (var layer in layers)
        {
            distributions.Add(new(
                layer.Name, $"{layer.Name} {layer.Version}", [.. store.Get(layer).Select(module => (layout.PlaceOf(layer, module.Scheme, module.Path), module))],
                () => File.ReadAllBytes($"{layer.Folder}/{Layer.FolderOf(layer.Root)}/{layer.DistInfo}/METADATA")));
        }

        return distributions.TrueForAll(distribution => distribution.Files.Count == 0) ? [] : new NativeCheck(system, distributions).Run();
    }

    /// <summary>
    /// A warning for each distribution that lacks libraries (PYENV1662) and for each that is not for this system (PYENV1663). What is missed only by
    /// use, or unless something else was loaded first, is a remark.
    /// </summary>
    public IReadOnlyList<Diagnostic> Run()
    {
        var budget = new NativeLoad.Budget(MaxPlaces);
        var loads = Loads(budget);
        var missing = loads.SelectMany(load => load.Missing).Select(miss => (miss.Library, miss.By, miss.By.Cause.Path)).DistinctBy(miss => (miss.Library, miss.Path)).ToLookup(miss => _files.OwnerOf(miss.Path));
        var deferred = loads.SelectMany(load => load.Deferred).Select(miss => (miss.Library, miss.By, miss.By.Path)).DistinctBy(miss => (miss.Library, miss.Path)).ToLookup(miss => _files.OwnerOf(miss.Path));
        var lacking = loads.SelectMany(load => load.Lacking).Select(lack => (lack.Version, lack.By.Path)).Distinct().ToLookup(lack => _files.OwnerOf(lack.Path));
        var found = new List<Diagnostic>();
        foreach (var distribution in distributions.Where(distribution => distribution.Files.Count > 0))
        {
            if (Unfit(distribution) is { } unfit)
            {
                found.Add(unfit);
                continue;
            }

            found.AddRange(TooNew(distribution));
            foreach (var lack in lacking[distribution].GroupBy(lack => lack.Version, lack => lack.Path))
                found.Add(Unfit($"{distribution.Title} needs {lack.Key.Name} of {lack.Key.Library}, and this machine's {lack.Key.Library} is older: {Shown([.. lack])} cannot be loaded."));
            found.AddRange(Missing(distribution, missing[distribution]));
            if (deferred[distribution].ToList() is { Count: > 0 } later)
                found.Add(Lacking(distribution, later, "miss it once they use it", "which is not there") with { Severity = DiagnosticSeverity.Verbose });
        }

        if (budget.IsSpent)
            found.Add(Diagnostic.Warning(EnvironmentCodes.LibraryMissing, "The native modules of the environment ask for each other in so many ways that not all of what they need was looked for."));
        return found;
    }

    /// <summary>
    /// One load for each file that no other leads to: a library beside its module is loaded as that module's, with the paths that are handed down to it.
    /// </summary>
    private List<NativeLoad> Loads(NativeLoad.Budget budget)
    {
        var all = _files.All
            .Select(file => (file.Place, Load: NativeLoad.Run(system, _files, new(file.Place, file.Image, IsProgram(file.Place) ? null : system.Importer), budget))).ToList();
        var reached = all.SelectMany(file => file.Load.Reached).ToHashSet(StringComparer.Ordinal);
        var first = all.Where(file => !reached.Contains(file.Place)).ToList();
        // Files that ask for each other in a circle are led to by each other alone.
        var covered = first.SelectMany(file => file.Load.Reached).ToHashSet(StringComparer.Ordinal);
        foreach (var file in all.Where(file => reached.Contains(file.Place)))
        {
            if (covered.Add(file.Place))
            {
                first.Add(file);
                covered.UnionWith(file.Load.Reached);
            }
        }

        return [.. first.Select(file => file.Load)];
    }

    private static bool IsProgram(string place) => place.StartsWith("bin/", StringComparison.Ordinal) || place.StartsWith("Scripts/", StringComparison.Ordinal);

    /// <summary>That none of the files that are for this system are for this machine. Files for other systems are data here: the launchers for Windows in pip, for one.</summary>
    private Diagnostic? Unfit(NativeDistribution distribution)
    {
        var ours = distribution.Files.Where(file => file.Module.Images.Any(image => image.Format == system.Format)).ToList();
        return ours.Count == 0 || ours.Exists(file => _files.At(file.Place) is not null) ? null : Unfit(
            $"{distribution.Title} has native modules for {string.Join(" and ", ours[0].Module.Images.Select(image => image.Machine))}, and none for {system.Machine}: {Shown([.. ours.Select(file => file.Place)])} cannot be loaded.");
    }

    private IEnumerable<Diagnostic> Missing(NativeDistribution distribution, IEnumerable<(string Library, LoadedFile By, string Path)> missing)
    {
        var (gone, elsewhere, ours) = (new List<(string Library, LoadedFile By, string Path)>(), new List<(string Library, LoadedFile By, string Path)>(), new List<(string Library, LoadedFile By, string Path)>());
        foreach (var miss in missing)
        {
            var places = _files.Named(miss.Library);
            (places.Count == 0 ? gone : places.Any(place => MayLoadFirst(distribution, _files.OwnerOf(place)!)) ? ours : elsewhere).Add(miss);
        }

        if (gone.Count > 0)
            yield return Lacking(distribution, gone, "cannot be loaded", system.IsHere ? "which is not on this machine" : "which not every such system has");
        foreach (var miss in elsewhere.GroupBy(miss => miss.Library, StringComparer.Ordinal))
        {
            var place = _files.Named(miss.Key)[0];
            yield return Diagnostic.Warning(
                EnvironmentCodes.LibraryMissing,
                $"{distribution.Title} needs {miss.Key}, which {_files.OwnerOf(place)!.Title} has at {place}, where the loader does not look: {Shown([.. miss.Select(file => file.Path)])} cannot be loaded.",
                remedy: "Tell who made it that its wheel lacks the path, or import what has the library first.");
        }

        if (ours.Count > 0)
        {
            var libraries = ours.Select(miss => miss.Library).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
            yield return Diagnostic.Verbose(
                EnvironmentCodes.LibraryMissing,
                $"{distribution.Title} needs {string.Join(", ", libraries)}, which the loader finds only once the distribution's own code, or that of one that it requires, has loaded it: {Shown([.. ours.Select(miss => miss.Path).Distinct(StringComparer.Ordinal)])}.");
        }
    }

    /// <summary>Whether the code of a distribution may have loaded a library of another: of itself, or of one that it requires, be it through others.</summary>
    private bool MayLoadFirst(NativeDistribution distribution, NativeDistribution owner)
    {
        var seen = new HashSet<NativeDistribution> { distribution };
        var queue = new Queue<NativeDistribution>(seen);
        while (queue.TryDequeue(out var next))
        {
            if (next == owner)
                return true;
            foreach (var name in next.Requires)
            {
                if (_named.TryGetValue(name, out var required) && seen.Add(required))
                    queue.Enqueue(required);
            }
        }

        return false;
    }

    private IEnumerable<Diagnostic> TooNew(NativeDistribution distribution)
    {
        if (system.Floor is not { } floor)
            yield break;
        var newest = distribution.Files.Select(file => (file.Place, Floor: _files.At(file.Place) is var (_, image) ? FloorOf(image) : null)).Where(file => file.Floor is { } asked && asked.CompareTo(floor) > 0).ToList();
        if (newest.Count == 0)
            yield break;
        var kind = system.Format == NativeFormat.MachO ? "macOS" : "glibc";
        yield return Unfit($"{distribution.Title} needs {kind} {newest.Max(file => file.Floor!.Value)}, and {(system.IsHere ? "this machine has" : $"{system.Target.Platform.RuntimeIdentifier} is declared with")} {floor}: {Shown([.. newest.Select(file => file.Place)])} cannot be loaded.");
    }

    private static PlatformFloor? FloorOf(NativeImage image)
    {
        if (image.OldestMacOs is { } macOs)
            return macOs;
        var asked = image.Versions.Select(version => version.Glibc).OfType<PlatformFloor>().ToList();
        return asked.Count == 0 ? null : asked.Max();
    }

    private Diagnostic Lacking(NativeDistribution distribution, List<(string Library, LoadedFile By, string Path)> missing, string what, string where)
    {
        var libraries = missing.GroupBy(miss => miss.Library, StringComparer.Ordinal).OrderBy(library => library.Key, StringComparer.Ordinal).ToList();
        var notes = libraries.Select(library => system.TraceOf(library.Key)).Concat(libraries.Select(library => library.First()).Where(miss => miss.By.IsOutside).Select(miss => $"{miss.By.Path} asks for {miss.Library}"));
        return Diagnostic.Warning(
            EnvironmentCodes.LibraryMissing,
            $"{distribution.Title} needs {Shown([.. libraries.Select(library => library.Key)], MaxNames)}, {where}: {Shown([.. missing.Select(miss => miss.Path).Distinct(StringComparer.Ordinal)])} {what}.{string.Concat(notes.OfType<string>().Select(note => $" {char.ToUpperInvariant(note[0])}{note[1..]}."))}",
            remedy: system.RemedyFor([.. libraries.Select(library => library.Key)]) ?? "Install what has it, or exclude the distribution where it is not needed.",
            detail: libraries.Count == 1 ? null : string.Join('\n', libraries.Select(library => $"{library.Key}: {string.Join(", ", library.Select(miss => miss.Path))}")));
    }

    private static Diagnostic Unfit(string message) => Diagnostic.Warning(
        EnvironmentCodes.ModuleUnfit, message,
        remedy: "Its wheel says otherwise by its tags: tell who made it, ask for another version in pyenv.yaml, or declare what it needs under 'platforms'.");

    private static string Shown(List<string> names, int most = MaxShown) =>
        names.Count <= most ? string.Join(", ", names) : FormattableString.Invariant($"{string.Join(", ", names.Take(most))} and {names.Count - most} more");
}
