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
    private readonly UnixFileMode _folderMode;
    private readonly HashSet<string> _keptFolders = new(StringComparer.Ordinal) { "" };

    private InstalledTree(string environment, string frame, ExpectedTree expected, LinkMode link, UnixFileMode folderMode) =>
        (_environment, _frame, _expected, _link, _folderMode) = (environment, frame, expected, link, folderMode);

    /// <summary>Places that nothing wants any more, or that are not as they should be; where all of a folder goes, the folder.</summary>
    public IReadOnlyList<string> Going { get; private set; } = [];

    /// <summary>Whether its folders are as they were made.</summary>
    public bool IsPlain { get; private set; } = true;

    /// <summary>Looks at an environment, and marks what of the expected files is there.</summary>
    /// <param name="environment">The environment's folder.</param>
    /// <param name="frame">A folder in which what belongs to no layer has been written anew.</param>
    /// <param name="expected">What should be there.</param>
    /// <param name="link">How its files came from the store.</param>
    public static InstalledTree Read(string environment, string frame, ExpectedTree expected, LinkMode link)
    {
        // What a new folder looks like tells the user's mask.
        var tree = new InstalledTree(environment, frame, expected, link, NativeFiles.Look(frame)!.Value.Permissions);
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
        ReadFolder("", root);
        Going = root.Going;
        _keptFolders.UnionWith(root.Kept);
    }

    /// <summary>Reads a folder; answers whether anything in it stays.</summary>
    private bool ReadFolder(string below, Findings findings)
    {
        var stays = false;
        var folders = new List<string>();
        foreach (var name in new FileSystemEnumerable<string>($"{_environment}/{below}", (ref FileSystemEntry entry) => entry.FileName.ToString(), Everything))
        {
            var place = below + name;
            if (NativeFiles.Look($"{_environment}/{place}") is not { } look)
                continue;
            if (look.IsFolder && _expected.HasFolder(place))
            {
                folders.Add(place);
                if (look.Permissions != _folderMode)
                    IsPlain = false;
            }
            else if (!look.IsFolder && _expected.Find(place) is { } file && IsAsExpected(file, look))
            {
                stays = file.IsThere = true;
            }
            else
            {
                findings.Going.Add(place);
            }
        }

        var read = new Findings[folders.Count];
        // The folder of distributions is the wide one; all others are read by whoever comes to them.
        if (folders.Count > 32)
            Parallel.For(0, folders.Count, i => read[i] = Read(folders[i]));
        else
            for (var i = 0; i < read.Length; i++)
                read[i] = Read(folders[i]);
        foreach (var found in read)
        {
            stays |= found.Kept.Count > 0;
            findings.Add(found);
        }

        return stays;
    }

    /// <summary>Reads a folder below the environment's; of one in which nothing stays, the folder itself goes.</summary>
    private Findings Read(string folder)
    {
        var findings = new Findings();
        if (ReadFolder(folder + "/", findings) || _expected.FrameFolders.Contains(folder))
            findings.Kept.Add(folder);
        else
            (findings = new()).Going.Add(folder);
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
