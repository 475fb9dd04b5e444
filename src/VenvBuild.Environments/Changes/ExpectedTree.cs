namespace VenvBuild.Environments;

/// <summary>
/// Every file of an environment as a plan wants it, by its place. Two places that differ by case alone are one where file systems say so; such
/// an environment is not changed in place.
/// </summary>
internal sealed class ExpectedTree
{
    private readonly Dictionary<string, ExpectedFile> _files = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string> _folders = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _frameFolders = new(StringComparer.Ordinal);
    private readonly VenvLayout _layout;
    private readonly bool _hasNoTests;
    private readonly EnvironmentOrigins? _origins;
    private string _lastFolder = "";

    public ExpectedTree(VenvLayout layout, SyncOptions options)
    {
        (_layout, _hasNoTests, _origins) = (layout, options.WithoutTests, options.Origins);
        _folders[""] = "";
    }

    /// <summary>Whether each place is one file's, whatever file system it is on.</summary>
    public bool IsPlain { get; private set; } = true;

    public IEnumerable<ExpectedFile> Files => _files.Values;

    /// <summary>The file at a place, if its name is the same to the letter.</summary>
    public ExpectedFile? Find(string place) => _files.TryGetValue(place, out var file) && file.Place == place ? file : null;

    public bool HasFolder(string place) => _folders.TryGetValue(place, out var name) && name == place;

    /// <summary>Folders that are there even when nothing is in them.</summary>
    public IReadOnlySet<string> FrameFolders => _frameFolders;

    /// <summary>Adds what a layer brings.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="bytecode">Its bytecode, or null.</param>
    /// <param name="isKept">Whether the environment had the same before.</param>
    public void Add(Layer layer, Layer? bytecode, bool isKept)
    {
        var linked = isKept ? ExpectedLook.Linked : default(ExpectedLook?);
        var command = isKept ? ExpectedLook.Command : default(ExpectedLook?);
        var written = isKept ? ExpectedLook.Written : default(ExpectedLook?);
        foreach (var (file, place) in LayerPlaces.Of(layer, layer.Files, _layout))
        {
            if (LayerPlaces.IsRewritten(file, _layout))
                Add(new(place, layer) { Look = command });
            else if (!_hasNoTests || !LayerPlaces.IsTest(file))
                Add(new(place, layer) { Source = file, Look = linked });
        }

        foreach (var (file, place) in LayerPlaces.Of(layer, bytecode?.Files ?? [], _layout))
        {
            if (!_hasNoTests || !LayerPlaces.IsTest(file))
                Add(new(place, layer) { Source = file, Look = linked });
        }

        foreach (var point in layer.EntryPoints)
            Add(new($"{_layout.Scripts}/{point.Name}", layer) { Look = command });
        if (_origins?.FileOf(layer) is not null)
            Add(new($"{_layout.SitePackages}/{EnvironmentOrigins.PlaceIn(layer.DistInfo)}", layer) { Look = written });
        Add(new($"{_layout.SitePackages}/{layer.DistInfo}/RECORD", layer) { Look = written });
    }

    /// <summary>Adds what belongs to no layer: what has been written into a folder for the environment.</summary>
    public void AddFrame(string folder, string below = "")
    {
        foreach (var path in Directory.EnumerateFileSystemEntries(folder))
        {
            var place = below + Path.GetFileName(path);
            if (NativeFiles.Look(path) is not { IsFolder: true })
            {
                Add(new(place, owner: null) { Look = ExpectedLook.Frame });
                continue;
            }

            AddFolder(place);
            _frameFolders.Add(place);
            AddFrame(path, place + "/");
        }
    }

    /// <summary>Adds a file that comes anew.</summary>
    public void AddNew(string place) => Add(new(place, owner: null));

    private void Add(ExpectedFile file)
    {
        if (_files.TryAdd(file.Place, file))
        {
            AddFolder(FolderOf(file.Place));
            return;
        }

        // Two layers may bring one file; which of them did, nobody can tell afterwards, and need not.
        var other = _files[file.Place];
        if (other.Place != file.Place || other.Source is null || other.Source.Sha256 != file.Source?.Sha256 || other.Source.IsExecutable != file.Source.IsExecutable)
            IsPlain = false;
        else if (other.Look is null && file.Look is not null)
            _files[file.Place] = file;
    }

    private void AddFolder(string folder)
    {
        if (folder == _lastFolder)
            return;
        _lastFolder = folder;
        while (_folders.TryAdd(folder, folder))
            folder = FolderOf(folder);
        if (_folders[folder] != folder)
            IsPlain = false;
    }

    internal static string FolderOf(string place) => place.LastIndexOf('/') is var slash and > 0 ? place[..slash] : "";
}
