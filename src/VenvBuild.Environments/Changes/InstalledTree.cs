using System.IO.Enumeration;

namespace VenvBuild.Environments;

/// <summary>
/// What of an environment is as it should be, and what is not: every entry is looked at once, none is read but the few small files of the frame.
/// </summary>
internal sealed class InstalledTree
{
    private const UnixFileMode Plain = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, IgnoreInaccessible = false };

    private readonly string _environment;
    private readonly string _frame;
    private readonly ExpectedTree _expected;
    private readonly LinkMode _link;
    private readonly FolderLooks _looks;
    private readonly UnixFileMode _folderMode;
    private readonly HashSet<string> _keptFolders = new(StringComparer.Ordinal) { "" };

    private InstalledTree(string environment, string frame, ExpectedTree expected, LinkMode link, FolderLooks looks)
    {
        (_environment, _frame, _expected, _link, _looks) = (environment, frame, expected, link, looks);
        // What a new folder looks like tells the user's mask.
        _folderMode = NativeFiles.Look(frame)!.Value.Permissions;
    }

    /// <summary>
    /// Folders that have not changed since then (ticks of UTC) hold no more than what was put there: they are not read. Zero where nobody knows.
    /// </summary>
    private long UnchangedSince { get; init; }

    /// <summary>Folders that hold, or held, what is not expected any more.</summary>
    private ExpectedTree? Former { get; init; }

    /// <summary>Places that nothing wants any more, or that are not as they should be; where all of a folder goes, the folder.</summary>
    public IReadOnlyList<string> Going { get; private set; } = [];

    /// <summary>Whether its folders are as they were made.</summary>
    public bool IsPlain { get; private set; } = true;

    /// <summary>Looks at an environment, and marks what of the expected files is there.</summary>
    /// <param name="environment">The environment's folder.</param>
    /// <param name="frame">A folder in which what belongs to no layer has been written anew.</param>
    /// <param name="expected">What should be there.</param>
    /// <param name="link">How its files came from the store.</param>
    /// <param name="distributions">The place in which most of it is.</param>
    /// <param name="former">What was put there, too, and is not expected any more; null where that is not known.</param>
    /// <param name="unchangedSince">The time after which nothing else was there, in ticks of UTC.</param>
    public static InstalledTree Read(
        string environment, string frame, ExpectedTree expected, LinkMode link, string distributions, ExpectedTree? former, long unchangedSince)
    {
        using var looks = new FolderLooks(environment, distributions);
        var tree = new InstalledTree(environment, frame, expected, link, looks) { Former = former, UnchangedSince = former is null ? 0 : unchangedSince };
        tree.ReadAll();
        return tree;
    }

    /// <summary>Places that come: of what is expected and not there, the highest folders of which nothing is.</summary>
    public IReadOnlyList<string> Coming()
    {
        var coming = new HashSet<string>(StringComparer.Ordinal);
        var missing = _expected.Files.Where(file => !file.IsThere).Select(file => file.Place).Concat(_expected.FrameFolders.Where(folder => !_keptFolders.Contains(folder)));
        foreach (var wanted in missing)
        {
            var place = wanted;
            for (var above = ExpectedTree.FolderOf(place); !_keptFolders.Contains(above); above = ExpectedTree.FolderOf(above))
                place = above;
            coming.Add(place);
        }

        return [.. coming.Order(StringComparer.Ordinal)];
    }

    private void ReadAll()
    {
        var root = new Findings();
        ReadFolder(_expected.Root, NativeFiles.Look(_environment) ?? default, root);
        Going = root.Going;
        _keptFolders.UnionWith(root.Kept);
    }

    /// <summary>Reads a folder; answers whether anything in it stays.</summary>
    private bool ReadFolder(ExpectedFolder folder, FileLook look, Findings findings)
    {
        var stays = false;
        var folders = new List<(ExpectedFolder Folder, FileLook Look)>();
        if (look.Ticks <= UnchangedSince && Former?.FindFolder(folder.Place) is null)
        {
            foreach (var file in folder.Files)
                stays |= Judge(file.Place, file, null, folders, findings);
            foreach (var below in folder.Folders)
                Judge(below.Place, null, below, folders, findings);
        }
        else
        {
            var prefix = folder.Place.Length == 0 ? "" : folder.Place + "/";
            foreach (var name in new FileSystemEnumerable<string>($"{_environment}/{prefix}", (ref FileSystemEntry entry) => entry.FileName.ToString(), Everything))
                stays |= Judge(prefix + name, _expected.Find(prefix + name), _expected.FindFolder(prefix + name), folders, findings);
        }

        var read = new Findings[folders.Count];
        // The folder of distributions is the wide one; all others are read by whoever comes to them.
        if (folders.Count > 32)
            Parallel.For(0, folders.Count, i => read[i] = Read(folders[i].Folder, folders[i].Look));
        else
            for (var i = 0; i < read.Length; i++)
                read[i] = Read(folders[i].Folder, folders[i].Look);
        foreach (var found in read)
        {
            stays |= found.Kept.Count > 0;
            findings.Add(found);
        }

        return stays;
    }

    /// <summary>Looks at a place; answers whether a file stays there. A folder is read afterwards.</summary>
    private bool Judge(string place, ExpectedFile? file, ExpectedFolder? folder, List<(ExpectedFolder Folder, FileLook Look)> folders, Findings findings)
    {
        if (_looks.At(place) is not { } look)
            return false;
        if (look.IsFolder && folder is not null)
        {
            folders.Add((folder, look));
            if (look.Permissions != _folderMode)
                IsPlain = false;
        }
        else if (!look.IsFolder && file is not null && IsAsExpected(file, look))
        {
            return file.IsThere = true;
        }
        else
        {
            findings.Going.Add(place);
        }

        return false;
    }

    /// <summary>Reads a folder below the environment's; of one in which nothing stays, the folder itself goes.</summary>
    private Findings Read(ExpectedFolder folder, FileLook look)
    {
        var findings = new Findings();
        if (ReadFolder(folder, look, findings) || _expected.FrameFolders.Contains(folder.Place))
            findings.Kept.Add(folder.Place);
        else
            (findings = new()).Going.Add(folder.Place);
        return findings;
    }

    private bool IsAsExpected(ExpectedFile file, FileLook look)
    {
        var plain = _folderMode & Plain;
        switch (file.Look)
        {
            case ExpectedLook.Linked when _link == LinkMode.HardLink:
                return IsOfStore(look) && look.Size == file.Source!.Size && look.Permissions == Layer.ModeOf(file.Source.IsExecutable);
            case ExpectedLook.Linked:
                return IsOfStore(look) && look.Size == file.Source!.Size && look.Permissions == FileLinker.ModeOfCopy(file.Source.IsExecutable);
            case ExpectedLook.Written:
                return IsOfStore(look) && look.Size > 0 && look.Permissions == plain;
            case ExpectedLook.Command:
                return IsOfStore(look) && look.Size > 0 && look.Permissions == (_folderMode & EnvironmentWriter.CommandMode);
            case ExpectedLook.Frame:
                return IsSame($"{_environment}/{file.Place}", $"{_frame}/{file.Place}", look, plain);
            default:
                return false;
        }
    }

    private static bool IsOfStore(FileLook look) => look.IsFile && look.Ticks == LayerUnpacker.Timestamp.Ticks;

    private static bool IsSame(string path, string wanted, FileLook look, UnixFileMode mode)
    {
        var other = NativeFiles.Look(wanted)!.Value;
        return look.IsLink ? other.IsLink && new FileInfo(path).LinkTarget == new FileInfo(wanted).LinkTarget
            : look.IsFile && other.IsFile && look.Size == other.Size && look.Permissions == mode && File.ReadAllBytes(path).AsSpan().SequenceEqual(File.ReadAllBytes(wanted));
    }

    private sealed class Findings
    {
        public List<string> Going { get; } = [];

        public List<string> Kept { get; } = [];

        public void Add(Findings other)
        {
            Going.AddRange(other.Going);
            Kept.AddRange(other.Kept);
        }
    }
}
