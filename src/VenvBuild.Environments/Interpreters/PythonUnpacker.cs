using System.Buffers;
using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>
/// Unpacks an interpreter's archive into a folder. Files and folders are written first and links last, so that nothing is ever written through a
/// link; whatever is or leads outside the archive's one folder is refused.
/// </summary>
internal sealed class PythonUnpacker(PythonArchive archive, string folder)
{
    private const string Root = "python/";
    private const int MaxEntries = 100_000;
    private const long MaxBytes = 2L << 30;
    private const int MaxDepth = 32;

    private readonly Dictionary<string, (long Size, Sha256Digest Sha256)> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _links = new(StringComparer.Ordinal);
    private readonly HashSet<string> _folders = new(StringComparer.Ordinal);
    private long _bytes;

    /// <summary>Unpacks, and answers the files in order of their paths, below the archive's one folder.</summary>
    /// <exception cref="DiagnosticException">The archive is refused.</exception>
    public IReadOnlyList<(string Path, long Size, Sha256Digest Sha256)> Unpack(Stream packed, CancellationToken cancellationToken)
    {
        try
        {
            using var unpacked = new GZipStream(packed, CompressionMode.Decompress, leaveOpen: true);
            using var tar = new TarReader(unpacked, leaveOpen: true);
            var entries = 0;
            while (tar.GetNextEntry() is { } entry)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (++entries > MaxEntries)
                    throw Refuse(entry.Name, $"there are more than {MaxEntries} entries");
                Take(entry, cancellationToken);
            }
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or FormatException or ArgumentException)
        {
            throw Refuse(null, $"it is damaged ({e.Message})");
        }

        foreach (var (path, target) in _links)
            MakeLink(path, target);
        return [.. _files.Select(file => (file.Key, file.Value.Size, file.Value.Sha256)).OrderBy(file => file.Key, StringComparer.Ordinal)];
    }

    private void Take(TarEntry entry, CancellationToken cancellationToken)
    {
        if (entry.EntryType is TarEntryType.GlobalExtendedAttributes)
            return;
        var path = PathOf(entry.Name);
        switch (entry.EntryType)
        {
            case TarEntryType.Directory:
                MakeFolder(path);
                break;
            case TarEntryType.RegularFile or TarEntryType.V7RegularFile:
                MakeFile(path, entry.Mode, entry.DataStream ?? Stream.Null, entry.Length, cancellationToken);
                break;
            case TarEntryType.SymbolicLink:
                if (LinkObjection(path, entry.LinkName) is { } objection)
                    throw Refuse(entry.Name, objection);
                if (_files.ContainsKey(path) || !_links.TryAdd(path, entry.LinkName))
                    throw Refuse(entry.Name, "it occurs twice");
                break;
            case TarEntryType.HardLink:
                var source = PathOf(entry.LinkName);
                if (!_files.TryGetValue(source, out var known))
                    throw Refuse(entry.Name, "it is a hard link to a file that did not come before it");
                using (var content = File.OpenRead(Path.Combine(folder, source)))
                    MakeFile(path, entry.Mode, content, known.Size, cancellationToken);
                break;
            default:
                throw Refuse(entry.Name, $"it is neither a file, a folder nor a link ({entry.EntryType})");
        }
    }

    /// <summary>The path below the archive's one folder; empty for that itself.</summary>
    private string PathOf(string name)
    {
        var path = name.StartsWith("./", StringComparison.Ordinal) ? name[2..] : name;
        path = path.TrimEnd('/');
        if (path + "/" == Root)
            return "";
        if (!path.StartsWith(Root, StringComparison.Ordinal))
            throw Refuse(name, "it is outside the folder 'python'");
        path = path[Root.Length..];
        var parts = path.Split('/');
        if (parts.Length > MaxDepth)
            throw Refuse(name, "the path is too deep");
        foreach (var part in parts)
        {
            // Names that only Windows forbids are in archives for other systems (terminals' descriptions), and are none of its.
            var objection = OperatingSystem.IsWindows() ? EntryName.PartObjection(part)
                : part is "" or "." or ".." ? "the path climbs or has an empty part"
                : part.Any(char.IsControl) || part.Contains('\\', StringComparison.Ordinal) || part.Length > 255 ? "the name has characters or a length that names may not have"
                : null;
            if (objection is not null)
                throw Refuse(name, objection);
        }

        return path;
    }

    private void MakeFolder(string path)
    {
        if (path.Length == 0 || !_folders.Add(path))
            return;
        if (_files.ContainsKey(path) || _links.ContainsKey(path))
            throw Refuse(path, "it is both a folder and a file");
        MakeFolder(ParentOf(path));
        Directory.CreateDirectory(Path.Combine(folder, path));
    }

    private void MakeFile(string path, UnixFileMode mode, Stream content, long size, CancellationToken cancellationToken)
    {
        _bytes += size;
        if (_bytes > MaxBytes)
            throw Refuse(path, $"the files take over {MaxBytes} bytes");
        if (path.Length == 0 || _links.ContainsKey(path) || _folders.Contains(path) || _files.ContainsKey(path))
            throw Refuse(path, "it occurs twice");
        MakeFolder(ParentOf(path));
        var isExecutable = (mode & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0;
        using var file = LayerUnpacker.Create(Path.Combine(folder, path), isExecutable, size: 0);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var piece = ArrayPool<byte>.Shared.Rent(128 << 10);
        try
        {
            while (content.Read(piece) is var read and > 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                hash.AppendData(piece, 0, read);
                file.Write(piece, 0, read);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }

        if (file.Length != size)
            throw Refuse(path, "it is shorter than the archive says");
        _files.Add(path, (size, Sha256Digest.FromBytes(hash.GetHashAndReset())));
    }

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

    private void MakeLink(string path, string target)
    {
        for (var parent = ParentOf(path); parent.Length > 0; parent = ParentOf(parent))
        {
            if (_links.ContainsKey(parent) || _files.ContainsKey(parent))
                throw Refuse(path, "it is below a link or a file");
        }

        if (_folders.Contains(path))
            throw Refuse(path, "it is both a folder and a link");
        Directory.CreateDirectory(Path.Combine(folder, ParentOf(path)));
        File.CreateSymbolicLink(Path.Combine(folder, path), target);
    }

    private static string ParentOf(string path) => path.LastIndexOf('/') is var slash and > 0 ? path[..slash] : "";

    private DiagnosticException Refuse(string? entry, string why) => new(ExitCode.Integrity, Diagnostic.Error(
        InterpreterCodes.ArchiveRefused,
        $"The interpreter {archive.Name} is refused{(entry is null ? "" : $" at '{string.Concat(entry.Take(200).Select(c => char.IsControl(c) ? '\uFFFD' : c))}'")}: {why}.",
        remedy: "Do not use it: tell whoever runs the mirror, or name another in VENVBUILD_PYTHON_MIRROR."));
}
