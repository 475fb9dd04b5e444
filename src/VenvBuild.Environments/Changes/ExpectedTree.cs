namespace VenvBuild.Environments;

/// <summary>
/// Every file of an environment as a plan wants it, by its place. Two places that differ by case alone are one where file systems say so; such
/// an environment is not changed in place.
/// </summary>
internal sealed class ExpectedTree
{
    private readonly Dictionary<string, ExpectedFile> _files = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, ExpectedFolder> _folders = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _frameFolders = new(StringComparer.Ordinal);
    private readonly VenvLayout _layout;
    private readonly bool _hasNoTests;
    private readonly EnvironmentOrigins? _origins;
    private ExpectedFolder _last;

    public ExpectedTree(VenvLayout layout, SyncOptions options)
    {
        (_layout, _hasNoTests, _origins) = (layout, options.WithoutTests, options.Origins);
        _folders[""] = _last = Root;
    }

    /// <summary>The environment itself.</summary>
    public ExpectedFolder Root { get; } = new("");

    /// <summary>Whether each place is one file's, whatever file system it is on.</summary>
    public bool IsPlain { get; private set; } = true;

    public IEnumerable<ExpectedFile> Files => _files.Values;

    /// <summary>The file at a place, if its name is the same to the letter.</summary>
    public ExpectedFile? Find(string place) => _files.TryGetValue(place, out var file) && file.Place == place ? file : null;

    /// <summary>The folder at a place, if its name is the same to the letter.</summary>
    public ExpectedFolder? FindFolder(string place) => _folders.TryGetValue(place, out var folder) && folder.Place == place ? folder : null;

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

            FolderAt(place);
            _frameFolders.Add(place);
            AddFrame(path, place + "/");
        }
    }

    /// <summary>Adds a file that comes anew.</summary>
    public void AddNew(string place) => Add(new(place, owner: null));

    private void Add(ExpectedFile file)
    {
        var folder = FolderAt(FolderOf(file.Place));
        if (_files.TryAdd(file.Place, file))
        {
            folder.Files.Add(file);
            return;
        }

        // Two layers may bring one file; which of them did, nobody can tell afterwards, and need not.
        var other = _files[file.Place];
        if (other.Place != file.Place || other.Source is null || other.Source.Sha256 != file.Source?.Sha256 || other.Source.IsExecutable != file.Source.IsExecutable)
        {
            IsPlain = false;
        }
        else if (other.Look is null && file.Look is not null)
        {
            _files[file.Place] = file;
            folder.Files[folder.Files.IndexOf(other)] = file;
        }
    }

    private ExpectedFolder FolderAt(string place)
    {
        if (_last.Place == place)
            return _last;
        if (!_folders.TryGetValue(place, out var folder))
        {
            _folders.Add(place, folder = new(place));
            FolderAt(FolderOf(place)).Folders.Add(folder);
        }
        else if (folder.Place != place)
        {
            IsPlain = false;
        }

        return _last = folder;
    }

    internal static string FolderOf(string place) => place.LastIndexOf('/') is var slash and > 0 ? place[..slash] : "";
}
