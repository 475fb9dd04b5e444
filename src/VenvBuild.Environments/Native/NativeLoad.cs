namespace VenvBuild.Environments;

/// <summary>
/// One load as the loader of a system does it: a file, all that it asks for, then all that those ask for, and so on. Nothing is loaded; each file says
/// what it needs, and the system where it is looked for.
/// </summary>
internal sealed class NativeLoad
{
    private readonly NativeSystem _system;
    private readonly LoadableFiles _files;
    private readonly Dictionary<string, LoadedFile?> _loaded;
    private readonly HashSet<string> _reached;

    /// <param name="system">The system.</param>
    /// <param name="files">The environment's files.</param>
    /// <param name="budget">How many places may still be looked at: hostile files may ask for each other without end.</param>
    private NativeLoad(NativeSystem system, LoadableFiles files, Budget budget)
    {
        (_system, _files, Left) = (system, files, budget);
        var names = system.IgnoresCase ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;
        (_loaded, _reached) = (new(names), new(names));
    }

    /// <summary>What was asked for and not found, and by which file.</summary>
    public List<(string Library, LoadedFile By)> Missing { get; } = [];

    /// <summary>What may be missed later: libraries that are only looked for when they are used.</summary>
    public List<(string Library, LoadedFile By)> Deferred { get; } = [];

    /// <summary>Versions of symbols that a library outside the environment was asked for and has not.</summary>
    public List<(SymbolVersion Version, LoadedFile By)> Lacking { get; } = [];

    /// <summary>The files beside the first that were loaded, by path.</summary>
    public IReadOnlySet<string> Reached => _reached;

    /// <summary>The names that are answered once it is done.</summary>
    public IReadOnlyDictionary<string, LoadedFile?> Loaded => _loaded;

    private Budget Left { get; }

    /// <summary>Loads a file.</summary>
    /// <param name="system">The system.</param>
    /// <param name="files">The environment's files.</param>
    /// <param name="first">The file: a program, or a module that the interpreter imports.</param>
    /// <param name="budget">How many places may still be looked at.</param>
    public static NativeLoad Run(NativeSystem system, LoadableFiles files, LoadedFile first, Budget budget)
    {
        var load = new NativeLoad(system, files, budget);
        // A module is loaded into a process that has libraries already: those of the interpreter.
        if (first.By is not null)
        {
            foreach (var (name, file) in system.Loaded)
                load._loaded[name] = file;
        }

        load.Run(first);
        return load;
    }

    private void Run(LoadedFile first)
    {
        if (first.Image.Name is { } own)
            _loaded.TryAdd(own, first);
        var queue = new Queue<LoadedFile>([first]);
        while (queue.TryDequeue(out var file))
        {
            foreach (var library in file.Image.Needed)
            {
                if (_loaded.TryGetValue(library, out var found))
                {
                    CheckVersions(file, library, found);
                    continue;
                }

                found = Find(library, file);
                if (found is null && !_system.Has(library))
                {
                    Missing.Add((library, file));
                    continue;
                }

                _loaded[library] = found;
                if (found is null)
                    continue;
                if (_system.Format == NativeFormat.Pe)
                    _loaded.TryAdd(LoadableFiles.NameOf(found.Path), found);
                else if (found.Image.Name is { } name)
                    _loaded.TryAdd(name, found);
                if (found.Path != first.Path && _reached.Add(found.Path))
                    queue.Enqueue(found);
                CheckVersions(file, library, found);
            }

            foreach (var library in file.IsOutside ? [] : file.Image.Deferred)
            {
                if (!_loaded.ContainsKey(library) && Find(library, file) is null && !_system.Has(library))
                    Deferred.Add((library, file));
            }
        }
    }

    private LoadedFile? Find(string library, LoadedFile by)
    {
        foreach (var place in _system.PlacesOf(library, by))
        {
            if (!Left.Take())
                return null;
            if (!place.StartsWith('/'))
            {
                if (_files.At(place) is var (own, file))
                    return new(own, file, by);
            }
            else if (_system.Open(place) is { } image)
            {
                return new(place, image, by);
            }
        }

        return null;
    }

    private void CheckVersions(LoadedFile file, string library, LoadedFile? found)
    {
        if (found is not { IsOutside: true, Image.Defined: { Count: > 0 } defined } || file.IsOutside)
            return;
        foreach (var version in file.Image.Versions)
        {
            // Those of glibc are told as a whole, by the newest.
            if (version.Library == library && version.Glibc is null && !defined.Contains(version.Name))
                Lacking.Add((version, file));
        }
    }

    /// <summary>How much may be done for one environment, whatever its files say.</summary>
    public sealed class Budget(int places)
    {
        /// <summary>Whether it was not enough.</summary>
        public bool IsSpent { get; private set; }

        public bool Take()
        {
            IsSpent |= places-- <= 0;
            return !IsSpent;
        }
    }
}
