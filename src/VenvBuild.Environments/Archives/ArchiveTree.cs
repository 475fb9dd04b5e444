using System.Buffers;
using System.Security.Cryptography;
using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>
/// The tree of an archive on its way into a folder (PEP 721 says what data may bring). Files and folders are written first and links last,
/// so that nothing is ever written through a link; whatever is or leads outside the archive's one folder is refused, and nothing is mended.
/// </summary>
internal sealed class ArchiveTree(string folder, ArchiveTreeRules rules)
{
    private readonly Dictionary<string, (long Size, Sha256Digest Sha256)> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _links = new(StringComparer.Ordinal);
    private readonly HashSet<string> _folders = new(StringComparer.Ordinal);
    private string? _root = rules.Root;
    private int _entries;
    private long _bytes;

    /// <summary>The files in order of their paths, below the archive's one folder.</summary>
    public IReadOnlyList<(string Path, long Size, Sha256Digest Sha256)> Files =>
        [.. _files.Select(file => (file.Key, file.Value.Size, file.Value.Sha256)).OrderBy(file => file.Key, StringComparer.Ordinal)];

    /// <summary>The path below the archive's one folder; empty for that itself.</summary>
    public string PathOf(string name)
    {
        if (++_entries > ArchiveTreeRules.MaxEntries)
            throw rules.Refuse(name, $"there are more than {ArchiveTreeRules.MaxEntries} entries");
        var path = (name.StartsWith("./", StringComparison.Ordinal) ? name[2..] : name).TrimEnd('/');
        _root ??= RootOf(name, path);
        if (path == _root)
            return "";
        if (!path.StartsWith(_root, StringComparison.Ordinal) || path[_root.Length] != '/')
            throw rules.Refuse(name, $"it is outside the folder '{_root}'");
        path = path[(_root.Length + 1)..];
        var parts = path.Split('/');
        if (parts.Length > ArchiveTreeRules.MaxDepth)
            throw rules.Refuse(name, "the path is too deep");
        foreach (var part in parts)
        {
            if (PartObjection(part) is { } objection)
                throw rules.Refuse(name, objection);
        }

        return path;
    }

    public void MakeFolder(string path)
    {
        if (path.Length == 0 || !_folders.Add(path))
            return;
        if (_files.ContainsKey(path) || _links.ContainsKey(path))
            throw rules.Refuse(path, "it is both a folder and a file");
        MakeFolder(ParentOf(path));
        Directory.CreateDirectory(Path.Combine(folder, path));
    }

    public void MakeFile(string path, bool isExecutable, Stream content, long size, CancellationToken cancellationToken)
    {
        _bytes += size;
        if (_bytes > rules.MaxBytes)
            throw rules.Refuse(path, $"the files take over {rules.MaxBytes} bytes");
        if (path.Length == 0 || _links.ContainsKey(path) || _folders.Contains(path) || _files.ContainsKey(path))
            throw rules.Refuse(path, "it occurs twice");
        MakeFolder(ParentOf(path));
        using var file = Create(path, isExecutable);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var piece = ArrayPool<byte>.Shared.Rent(128 << 10);
        try
        {
            while (content.Read(piece) is var read and > 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (file.Length + read > size)
                    throw rules.Refuse(path, "it is longer than the archive says");
                hash.AppendData(piece, 0, read);
                file.Write(piece, 0, read);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }

        if (file.Length != size)
            throw rules.Refuse(path, "it is shorter than the archive says");
        _files.Add(path, (size, Sha256Digest.FromBytes(hash.GetHashAndReset())));
    }

    /// <summary>A second name of a file that came before: a copy here, so that no edit of one reaches the other.</summary>
    public void MakeCopy(string path, string source, bool isExecutable, CancellationToken cancellationToken)
    {
        if (!_files.TryGetValue(source, out var known))
            throw rules.Refuse(path, "it is a hard link to a file that did not come before it");
        using var content = File.OpenRead(Path.Combine(folder, source));
        MakeFile(path, isExecutable, content, known.Size, cancellationToken);
    }

    /// <summary>Takes a link in, which is made when all else is there.</summary>
    public void AddLink(string path, string target)
    {
        if (LinkObjection(path, target) is { } objection)
            throw rules.Refuse(path, objection);
        if (_files.ContainsKey(path) || !_links.TryAdd(path, target))
            throw rules.Refuse(path, "it occurs twice");
    }

    /// <summary>Makes the links, the last thing to be done.</summary>
    public void MakeLinks()
    {
        foreach (var (path, target) in _links)
        {
            for (var parent = ParentOf(path); parent.Length > 0; parent = ParentOf(parent))
            {
                if (_links.ContainsKey(parent) || _files.ContainsKey(parent))
                    throw rules.Refuse(path, "it is below a link or a file");
            }

            if (_folders.Contains(path))
                throw rules.Refuse(path, "it is both a folder and a link");
            Directory.CreateDirectory(Path.Combine(folder, ParentOf(path)));
            File.CreateSymbolicLink(Path.Combine(folder, path), target);
        }
    }

    private string RootOf(string name, string path)
    {
        var root = path.IndexOf('/') is var slash and >= 0 ? path[..slash] : path;
        return PartObjection(root) is { } objection ? throw rules.Refuse(name, objection) : root;
    }

    private FileStream Create(string path, bool isExecutable)
    {
        var full = Path.Combine(folder, path);
        if (rules.IsSealed)
            return LayerUnpacker.Create(full, isExecutable, size: 0);
        var file = new FileStream(full, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 });
        // Neither the umask nor the archive has a say: what is built from the files must not depend on who unpacked them.
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(file.SafeFileHandle, UnixFileMode.UserWrite | Layer.ModeOf(isExecutable));
        return file;
    }

    /// <summary>Names that only Windows forbids are in archives for other systems (terminals' descriptions), and are none of its.</summary>
    private static string? PartObjection(string part) => OperatingSystem.IsWindows() ? EntryName.PartObjection(part)
        : part is "" or "." or ".." ? "the path climbs or has an empty part"
        : part.Any(char.IsControl) || part.Contains('\\', StringComparison.Ordinal) || part.Length > 255 ? "the name has characters or a length that names may not have"
        : null;

    /// <summary>
    /// Targets climb only at their beginning, and no further than the archive's folder: with that, and with no link above another, no chain of
    /// links leads outside.
    /// </summary>
    private static string? LinkObjection(string path, string target)
    {
        if (path.Length == 0 || target.Length == 0 || target[0] == '/' || target.Contains('\\', StringComparison.Ordinal) || target.Contains('\0', StringComparison.Ordinal) || target.Contains(':', StringComparison.Ordinal))
            return "its target is absolute or no path";
        var room = path.Count(c => c == '/');
        var climbs = true;
        foreach (var part in target.Split('/'))
        {
            if (part == ".." && climbs && room-- > 0)
                continue;
            climbs = false;
            if (part is ".." or "" or ".")
                return "its target leads outside";
        }

        return null;
    }

    private static string ParentOf(string path) => path.LastIndexOf('/') is var slash and > 0 ? path[..slash] : "";
}
