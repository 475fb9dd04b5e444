using System.Text;

namespace VenvBuild.Environments;

/// <summary>
/// The names of one archive, on the watch for two that would be one file on a system that folds case or composes accents, and for a file
/// where another entry needs a folder.
/// </summary>
internal sealed class EntryNames(int capacity)
{
    private readonly Dictionary<string, (string Spelling, Kind Kind)> _seen = new(capacity, StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, (string Spelling, bool HasMarks)> _accented = new(StringComparer.OrdinalIgnoreCase);
    private string _lastFolder = "";

    private enum Kind
    {
        File,
        Folder,
        ImpliedFolder,
    }

    /// <summary>Takes the name in, or says why it may not come in besides the others.</summary>
    public string? Objection(string name)
    {
        var isFolder = name.EndsWith('/');
        var path = isFolder ? name[..^1] : name;
        if (!Ascii.IsValid(path) && AccentObjection(path) is { } objection)
            return objection;
        if (_seen.TryGetValue(path, out var other))
        {
            if (other.Spelling != path)
                return $"it differs from '{other.Spelling}' only in case";
            if (isFolder != (other.Kind != Kind.File))
                return "it is both a file and a folder";
            if (other.Kind != Kind.ImpliedFolder)
                return "the name occurs twice";
        }

        _seen[path] = (path, isFolder ? Kind.Folder : Kind.File);
        return FolderObjection(path);
    }

    /// <summary>
    /// Whether another name may be the same but for how its accents are written: as letters of their own (é) or as marks after a letter (e and
    /// U+0301). Told without tables of Unicode: what is left of both without accented letters and marks is equal.
    /// </summary>
    private string? AccentObjection(string path)
    {
        var hasMarks = path.Any(IsMark);
        var rest = new StringBuilder(path.Length);
        for (var i = 0; i < path.Length; i++)
        {
            if (char.IsAscii(path[i]) && (i + 1 == path.Length || !IsMark(path[i + 1])))
                rest.Append(path[i]);
        }

        if (_accented.TryGetValue(rest.ToString(), out var other) && other.HasMarks != hasMarks)
            return $"it differs from '{other.Spelling}' only in how accents are written";
        _accented[rest.ToString()] = (path, hasMarks);
        return null;
    }

    private static bool IsMark(char c) => c is >= '\u0300' and <= '\u036F';

    private string? FolderObjection(string path)
    {
        var slash = path.LastIndexOf('/');
        if (slash < 0 || path.AsSpan(0, slash).SequenceEqual(_lastFolder))
            return null;
        _lastFolder = path[..slash];
        for (; slash > 0; slash = path.LastIndexOf('/', slash - 1))
        {
            var folder = path[..slash];
            if (_seen.TryGetValue(folder, out var other))
            {
                // Spelled alike, the folder brought its own parents in already.
                return other.Kind == Kind.File ? $"'{other.Spelling}' is a file, so nothing can be inside it"
                    : other.Spelling != folder ? $"its folder differs from '{other.Spelling}' only in case"
                    : null;
            }

            _seen[folder] = (folder, Kind.ImpliedFolder);
        }

        return null;
    }
}
