using System.Security.Cryptography;
using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>Unpacks one wheel into a folder as a layer. Every byte is held against the archive and RECORD on its way.</summary>
internal sealed class LayerUnpacker(WheelArchive wheel, Sha256Digest digest, string folder)
{
    /// <summary>
    /// The time that every file of every layer bears: layers compare equal wherever they were made, and an edit through a hard link
    /// shows by its time. Not the zip format's 1980, which is before its own beginning west of Greenwich.
    /// </summary>
    public static readonly DateTime Timestamp = new(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    internal const string Installer = "venvbuild";

    private readonly HashSet<string> _folders = new(StringComparer.Ordinal);
    private readonly EntryNames _places = new(wheel.Entries.Length);
    private readonly List<LayerFile> _files = new(wheel.Entries.Length);

    public Layer Unpack(CancellationToken cancellationToken)
    {
        foreach (var entry in wheel.Entries)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!entry.IsDirectory && Place(entry) is var (scheme, path) && path.Length > 0)
                Unpack(entry, scheme, path, cancellationToken);
        }

        WriteInstaller();
        _files.Sort(static (a, b) => a.Scheme != b.Scheme ? a.Scheme.CompareTo(b.Scheme) : string.CompareOrdinal(a.Path, b.Path));
        var layer = new Layer
        {
            Digest = digest,
            FileName = wheel.FileName,
            Name = wheel.Name,
            Version = wheel.Version,
            Root = Root,
            DistInfo = wheel.DistInfo,
            EntryPoints = wheel.EntryPoints,
            Files = _files,
            Folder = folder,
        };
        LayerManifest.Write(layer, folder);
        return layer;
    }

    private InstallScheme Root => wheel.IsPurelib ? InstallScheme.Purelib : InstallScheme.Platlib;

    /// <summary>Where the entry goes; an empty path for what an installer writes anew (RECORD, INSTALLER, REQUESTED, direct_url.json).</summary>
    private (InstallScheme Scheme, string Path) Place(ZipEntry entry)
    {
        var slash = entry.Name.IndexOf('/', StringComparison.Ordinal);
        var top = slash < 0 ? [] : entry.Name.AsSpan(0, slash);
        if (slash > 0 && top.SequenceEqual(wheel.DistInfo) && IsWrittenAnew(entry.Name.AsSpan(slash + 1)))
            return (Root, "");

        if (!top.EndsWith(".data", StringComparison.OrdinalIgnoreCase) || !IsOwnData(top))
            return (Root, entry.Name);
        var rest = entry.Name.AsSpan(slash + 1);
        var next = rest.IndexOf('/');
        var scheme = next < 0 ? null : Layer.SchemeOf(rest[..next]);
        if (scheme is null)
            throw Refuse(EnvironmentCodes.SchemeUnknown, entry, "purelib, platlib, headers, scripts and data are what .data may hold");
        var path = rest[(next + 1)..];
        var objection = scheme switch
        {
            InstallScheme.Scripts => ScriptName.Objection(path),
            InstallScheme.Data => DataObjection(path),
            _ => null,
        };
        if (path.IsEmpty)
            throw Refuse(EnvironmentCodes.SchemeUnknown, entry, "a scheme is a folder");
        return objection is null ? (scheme.Value, path.ToString()) : throw Refuse(EnvironmentCodes.ScriptRefused, entry, objection);
    }

    /// <summary>Whether a file of <c>.dist-info</c> is one that every installer writes for itself.</summary>
    internal static bool IsWrittenAnew(ReadOnlySpan<char> name) => name is "RECORD" or "RECORD.jws" or "RECORD.p7s" or "INSTALLER" or "REQUESTED" or "direct_url.json";

    /// <summary>Whether the folder is <c>{name}-{version}.data</c> of this very wheel.</summary>
    private bool IsOwnData(ReadOnlySpan<char> top)
    {
        var stem = top[..^".data".Length];
        var dash = stem.IndexOf('-');
        return dash > 0 && PackageName.TryParse(stem[..dash], out var name) && name == wheel.Name
            && PackageVersion.TryParse(stem[(dash + 1)..], out var version) && version.Equals(wheel.Version);
    }

    /// <summary>Data files may go anywhere below the environment, but not over the environment's own files.</summary>
    internal static string? DataObjection(ReadOnlySpan<char> path)
    {
        var slash = path.IndexOf('/');
        if (path.StartsWith(EnvironmentRecord.Prefix, StringComparison.OrdinalIgnoreCase))
            return "it would take the place of what the environment remembers of itself";
        if (slash < 0)
        {
            foreach (var own in (ReadOnlySpan<string>)["pyvenv.cfg", ".gitignore", "bin", "lib", "lib64", "Scripts", "include"])
            {
                if (path.Equals(own, StringComparison.OrdinalIgnoreCase))
                    return "it would take the place of a file or folder of the environment itself";
            }

            return null;
        }

        var rest = path[(slash + 1)..];
        var isScripts = path[..slash].Equals("bin", StringComparison.OrdinalIgnoreCase) || path[..slash].Equals("Scripts", StringComparison.OrdinalIgnoreCase);
        var next = rest.IndexOf('/');
        return isScripts ? ScriptName.Objection(next < 0 ? rest : rest[..next]) : null;
    }

    private void Unpack(ZipEntry entry, InstallScheme scheme, string path, CancellationToken cancellationToken)
    {
        // The root and .data may name one place twice: purelib and platlib are one folder in an environment.
        var place = $"{(scheme is InstallScheme.Purelib or InstallScheme.Platlib ? "lib" : Layer.FolderOf(scheme))}/{path}";
        if (_places.Objection(place) is { } objection)
            throw Refuse(EnvironmentCodes.NamesCollide, entry, $"at the place where it is installed, {objection}");
        var isScript = scheme == InstallScheme.Scripts;
        var isExecutable = entry.IsExecutable || isScript;
        var target = MakeFolder(scheme, path);
        byte[] sha256;
        using (var file = Create(target, isExecutable, entry.Size))
        {
            sha256 = wheel.CopyTo(entry, file.SafeFileHandle, cancellationToken);
            File.SetLastWriteTimeUtc(file.SafeFileHandle, Timestamp);
        }

        _files.Add(new(scheme, path, entry.Size, Sha256Digest.FromBytes(sha256), isExecutable, isScript && StartsWithPython(target)));
    }

    private void WriteInstaller()
    {
        var bytes = System.Text.Encoding.ASCII.GetBytes(Installer + "\n");
        var path = wheel.DistInfo + "/INSTALLER";
        using (var file = Create(MakeFolder(Root, path), isExecutable: false, bytes.Length))
        {
            file.Write(bytes);
            File.SetLastWriteTimeUtc(file.SafeFileHandle, Timestamp);
        }

        _files.Add(new(Root, path, bytes.Length, Sha256Digest.FromBytes(SHA256.HashData(bytes)), IsExecutable: false));
    }

    private string MakeFolder(InstallScheme scheme, string path)
    {
        var target = $"{folder}/{Layer.FolderOf(scheme)}/{path}";
        var parent = Path.GetDirectoryName(target)!;
        if (_folders.Add(parent))
            Directory.CreateDirectory(parent);
        return target;
    }

    /// <summary>
    /// Files of the store are read-only from the start: an environment may hold hard links to them, and an editor that writes
    /// through one is stopped instead of changing every environment at once. (Root is not stopped; the time and size tell then.)
    /// </summary>
    internal static FileStream Create(string path, bool isExecutable, long size)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Share = FileShare.None,
            BufferSize = 0,
            PreallocationSize = size > 1 << 20 ? size : 0,
        };
        if (OperatingSystem.IsWindows())
            return new FileStream(path, options);
        options.UnixCreateMode = Layer.ModeOf(isExecutable);
        var file = new FileStream(path, options);
        // The umask had its say at creation; a layer has the same modes whoever makes it.
        File.SetUnixFileMode(file.SafeFileHandle, Layer.ModeOf(isExecutable));
        return file;
    }

    private static bool StartsWithPython(string path)
    {
        using var file = File.OpenHandle(path);
        Span<byte> head = stackalloc byte[8];
        return RandomAccess.Read(file, head, 0) == head.Length && head.SequenceEqual("#!python"u8);
    }

    private DiagnosticException Refuse(string code, ZipEntry entry, string why) => WheelRefusal.Of(code, wheel.FileName, entry.Name, why);
}
