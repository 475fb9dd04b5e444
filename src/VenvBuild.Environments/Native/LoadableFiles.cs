namespace VenvBuild.Environments;

/// <summary>The native files of an environment that are for one system and machine, by their places and by the names that others ask for them by.</summary>
internal sealed class LoadableFiles
{
    private readonly Dictionary<string, (string Place, NativeDistribution Owner, NativeImage Image)> _places;
    private readonly Dictionary<string, List<string>> _named;

    public LoadableFiles(NativeSystem system, IEnumerable<NativeDistribution> distributions)
    {
        var names = system.IgnoresCase ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;
        _places = new(names);
        _named = new(names);
        foreach (var distribution in distributions)
        {
            foreach (var (place, module) in distribution.Files)
            {
                if (module.Images.FirstOrDefault(image => image.Format == system.Format && image.Machine == system.Machine) is not { } image || !_places.TryAdd(place, (place, distribution, image)))
                    continue;
                // What is loaded is known by the name that it gives itself (glibc's loader, dyld); on Windows by its file's.
                var name = system.Format == NativeFormat.Pe ? NameOf(place) : image.Name;
                if (name is null)
                    continue;
                Name(name, place);
                if (system.Format == NativeFormat.MachO && NameOf(name) != name)
                    Name(NameOf(name), place);
            }
        }
    }

    /// <summary>All of them, in the order of their distributions.</summary>
    public IEnumerable<(string Place, NativeDistribution Owner, NativeImage Image)> All => _places.Values;

    /// <summary>The file at a place, and the place as it is written there.</summary>
    public (string Place, NativeImage Image)? At(string place) => _places.TryGetValue(place, out var file) ? (file.Place, file.Image) : null;

    /// <summary>Whose the file at a place is.</summary>
    public NativeDistribution? OwnerOf(string place) => _places.TryGetValue(place, out var file) ? file.Owner : null;

    /// <summary>The places of files that would stand for a library, had somebody loaded them before it is asked for.</summary>
    public IReadOnlyList<string> Named(string library)
    {
        if (_named.TryGetValue(library, out var places))
            return places;
        return library.StartsWith('@') && _named.TryGetValue(NameOf(library), out places) ? places : [];
    }

    public static string NameOf(string path) => path[(path.LastIndexOf('/') + 1)..];

    private void Name(string name, string place)
    {
        if (_named.TryGetValue(name, out var places))
            places.Add(place);
        else
            _named.Add(name, [place]);
    }
}
