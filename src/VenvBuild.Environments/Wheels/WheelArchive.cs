using System.Buffers;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Win32.SafeHandles;
using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>
/// A wheel opened with suspicion (PEP 427, binary distribution format). Opening reads the archive's directory, every local
/// header, WHEEL, METADATA and RECORD, and refuses whatever two readers could understand differently; a file's bytes are held
/// against RECORD whenever they are read. Memory does not grow with the size of the files. Safe for concurrent reads.
/// </summary>
public sealed class WheelArchive : IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly WheelLimits _limits;
    private readonly Dictionary<string, RecordRow> _record;

    private WheelArchive(SafeFileHandle file, string fileName, WheelLimits limits)
    {
        _file = file;
        _limits = limits;
        FileName = fileName;
        Entries = ZipDirectory.Read(file, limits, fileName);
        DistInfo = FindDistInfo();
        var record = Find("RECORD") ?? throw Refuse(EnvironmentCodes.RecordUnreadable, $"{DistInfo}/RECORD", "it is missing");
        _record = RecordFile.Read(ReadAll(record), fileName, record.Name);
        CheckRecordIsWhole();
        ReadWheelFile(out var isPurelib, out var tags);
        IsPurelib = isPurelib;
        Tags = tags;
        CheckMetadata();
        EntryPoints = Find("entry_points.txt") is { } points ? EntryPointsFile.Read(ReadAll(points), fileName, points.Name) : [];
    }

    /// <summary>The wheel's file name.</summary>
    public string FileName { get; }

    /// <summary>The distribution, as the file name and the metadata agree on it.</summary>
    public PackageName Name { get; private set; }

    /// <summary>The version, as the file name and the metadata agree on it.</summary>
    public PackageVersion Version { get; private set; } = null!;

    /// <summary>Whether the wheel's root goes to purelib; otherwise to platlib.</summary>
    public bool IsPurelib { get; }

    /// <summary>The tags that WHEEL lists.</summary>
    public IReadOnlyList<string> Tags { get; }

    /// <summary>The commands that the wheel offers.</summary>
    public IReadOnlyList<EntryPoint> EntryPoints { get; }

    /// <summary>The name of the <c>.dist-info</c> folder.</summary>
    internal string DistInfo { get; }

    /// <summary>Files and folders in the order of their bytes.</summary>
    internal ZipEntry[] Entries { get; }

    /// <summary>Opens a wheel.</summary>
    /// <param name="path">The file.</param>
    /// <param name="fileName">The wheel's name, when the file does not bear it.</param>
    /// <param name="limits">What the wheel may ask for; by default <see cref="WheelLimits.Default"/>.</param>
    /// <exception cref="DiagnosticException">The wheel is refused (PYENV16xx).</exception>
    public static WheelArchive Open(string path, string? fileName = null, WheelLimits? limits = null)
    {
        var file = File.OpenHandle(path);
        try
        {
            return new WheelArchive(file, fileName ?? Path.GetFileName(path), limits ?? WheelLimits.Default);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Reads every file and holds it against RECORD, writing nothing.</summary>
    /// <exception cref="DiagnosticException">A file is not what RECORD promises.</exception>
    public void Verify(CancellationToken cancellationToken = default)
    {
        foreach (var entry in Entries)
            CopyTo(entry, destination: null, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    /// <summary>Unpacks one entry and answers the SHA-256 of its bytes, after they were held against archive and RECORD.</summary>
    internal byte[] CopyTo(ZipEntry entry, SafeFileHandle? destination, CancellationToken cancellationToken)
    {
        var row = _record.GetValueOrDefault(entry.Name, default);
        var capacity = (int)Math.Clamp(entry.Size + 1, 4096, 256 * 1024);
        var buffer = ArrayPool<byte>.Shared.Rent(capacity);
        try
        {
            using var sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            using var other = row.IsPromise && row.Algorithm != HashAlgorithmName.SHA256 ? IncrementalHash.CreateHash(row.Algorithm) : null;
            using var window = new EntryWindow(_file, entry.DataOffset, entry.CompressedSize);
            using var unpacked = Unpack(entry, window);
            long size = 0;
            var crc = 0u;
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var read = Fill(entry, unpacked, buffer);
                if (read == 0)
                    break;
                var chunk = buffer.AsSpan(0, read);
                if (size + read > entry.Size)
                    throw Refuse(EnvironmentCodes.EntryDamaged, entry.Name, $"it unpacks to more than the {entry.Size} bytes that the archive states");
                crc = Crc32.Append(crc, chunk);
                sha256.AppendData(chunk);
                other?.AppendData(chunk);
                if (destination is not null)
                    RandomAccess.Write(destination, chunk, size);
                size += read;
            }

            if (size != entry.Size || crc != entry.Crc)
                throw Refuse(EnvironmentCodes.EntryDamaged, entry.Name, size != entry.Size ? $"it unpacks to {size} bytes, not the {entry.Size} that the archive states" : "its checksum is wrong");
            if (window.Position != entry.CompressedSize)
                throw Refuse(EnvironmentCodes.EntryDamaged, entry.Name, "packed bytes are left over after its end");
            var digest = sha256.GetHashAndReset();
            Check(entry, row, size, other?.GetHashAndReset() ?? digest);
            return digest;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>The bytes of a file of the .dist-info folder, unchecked against RECORD, or null when there is none.</summary>
    internal byte[]? ReadMetadata(string name) => Find(name) is { } entry ? ReadAll(entry) : null;

    private static Stream Unpack(ZipEntry entry, EntryWindow window) => entry.Method switch
    {
        ZipMethod.Stored => window,
        ZipMethod.Deflate => new DeflateStream(window, CompressionMode.Decompress, leaveOpen: true),
        _ => new ZstdSharp.DecompressionStream(window, leaveOpen: true),
    };

    private int Fill(ZipEntry entry, Stream stream, byte[] buffer)
    {
        try
        {
            return stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        }
        catch (Exception e) when (e is InvalidDataException or ZstdSharp.ZstdException or EndOfStreamException)
        {
            throw Refuse(EnvironmentCodes.EntryDamaged, entry.Name, "its packed bytes are damaged");
        }
    }

    private void Check(ZipEntry entry, RecordRow row, long size, byte[] digest)
    {
        if (entry.IsDirectory || !row.IsPromise)
            return;
        if (row.Size is { } promised && promised != size)
            throw Refuse(EnvironmentCodes.RecordMismatch, entry.Name, $"it has {size} bytes where RECORD promises {promised}");
        if (!CryptographicOperations.FixedTimeEquals(row.Digest, digest))
            throw Refuse(EnvironmentCodes.RecordMismatch, entry.Name, $"its {row.Algorithm.Name} is not the one in RECORD, so it was changed after the wheel was built");
    }

    private string FindDistInfo()
    {
        string? found = null;
        foreach (var entry in Entries)
        {
            var slash = entry.Name.IndexOf('/', StringComparison.Ordinal);
            if (slash < 0 || !entry.Name.AsSpan(0, slash).EndsWith(".dist-info", StringComparison.OrdinalIgnoreCase))
                continue;
            var folder = entry.Name[..slash];
            if (found is not null && found != folder)
                throw Refuse(EnvironmentCodes.WheelMetadata, null, $"it has two .dist-info folders, '{found}' and '{folder}'");
            found = folder;
        }

        if (found is null)
            throw Refuse(EnvironmentCodes.WheelMetadata, null, "it has no .dist-info folder, so it is no wheel");
        var parts = Path.GetFileNameWithoutExtension(FileName).Split('-');
        var stem = found[..^".dist-info".Length];
        var dash = stem.IndexOf('-', StringComparison.Ordinal);
        if (parts.Length is not (5 or 6) || !PackageName.TryParse(parts[0], out var name) || !PackageVersion.TryParse(parts[1], out var version))
            throw Refuse(EnvironmentCodes.WheelMetadata, null, "its file name is no wheel's name");
        if (dash < 0 || !PackageName.TryParse(stem.AsSpan(0, dash), out var innerName) || innerName != name
            || !PackageVersion.TryParse(stem.AsSpan(dash + 1), out var innerVersion) || !innerVersion.Equals(version))
        {
            throw Refuse(EnvironmentCodes.WheelMetadata, found, "the folder is that of another distribution or version than the file name's");
        }

        Name = name;
        Version = version;
        return found;
    }

    private void CheckRecordIsWhole()
    {
        var files = new HashSet<string>(Entries.Length, StringComparer.Ordinal);
        foreach (var entry in Entries)
        {
            if (entry.IsDirectory)
                continue;
            files.Add(entry.Name);
            if (IsExempt(entry.Name))
                continue;
            if (!_record.TryGetValue(entry.Name, out var row))
                throw Refuse(EnvironmentCodes.RecordIncomplete, entry.Name, "RECORD does not list it");
            if (!row.IsPromise)
                throw Refuse(EnvironmentCodes.RecordIncomplete, entry.Name, "RECORD lists it without a digest");
        }

        foreach (var path in _record.Keys)
        {
            if (!files.Contains(path) && !IsExempt(path))
                throw Refuse(EnvironmentCodes.RecordIncomplete, path, "RECORD lists it and the archive does not hold it");
        }
    }

    /// <summary>RECORD cannot hold its own digest, and the signatures are made over RECORD.</summary>
    private bool IsExempt(string path) =>
        path.StartsWith(DistInfo, StringComparison.Ordinal) && path.AsSpan(DistInfo.Length) is "/RECORD" or "/RECORD.jws" or "/RECORD.p7s";

    private void ReadWheelFile(out bool isPurelib, out IReadOnlyList<string> tags)
    {
        var entry = Find("WHEEL") ?? throw Refuse(EnvironmentCodes.WheelMetadata, $"{DistInfo}/WHEEL", "it is missing");
        var headers = Headers(ReadAll(entry));
        var version = headers.FirstOrDefault(h => h.Key.Equals("Wheel-Version", StringComparison.OrdinalIgnoreCase)).Value;
        var root = headers.FirstOrDefault(h => h.Key.Equals("Root-Is-Purelib", StringComparison.OrdinalIgnoreCase)).Value;
        if (version is null || !version.StartsWith("1.", StringComparison.Ordinal))
        {
            throw Refuse(EnvironmentCodes.WheelMetadata, entry.Name, version is null
                ? "it does not say the version of its format"
                : $"it has the format version '{version}'; this tool knows 1.x");
        }

        isPurelib = root?.ToLowerInvariant() switch
        {
            "true" => true,
            "false" => false,
            _ => throw Refuse(EnvironmentCodes.WheelMetadata, entry.Name, "Root-Is-Purelib is neither true nor false"),
        };
        tags = [.. headers.Where(h => h.Key.Equals("Tag", StringComparison.OrdinalIgnoreCase)).Select(h => h.Value)];
    }

    private void CheckMetadata()
    {
        var entry = Find("METADATA") ?? throw Refuse(EnvironmentCodes.WheelMetadata, $"{DistInfo}/METADATA", "it is missing");
        var headers = Headers(ReadAll(entry));
        var name = headers.FirstOrDefault(h => h.Key.Equals("Name", StringComparison.OrdinalIgnoreCase)).Value;
        var version = headers.FirstOrDefault(h => h.Key.Equals("Version", StringComparison.OrdinalIgnoreCase)).Value;
        if (!PackageName.TryParse(name, out var innerName) || innerName != Name || !PackageVersion.TryParse(version, out var innerVersion) || !innerVersion.Equals(Version))
            throw Refuse(EnvironmentCodes.WheelMetadata, entry.Name, $"it describes '{name} {version}', not {Name} {Version}");
    }

    /// <summary>The fields before the first empty line. Continuation lines are not needed here.</summary>
    private static List<KeyValuePair<string, string>> Headers(byte[] bytes)
    {
        var headers = new List<KeyValuePair<string, string>>();
        foreach (var line in Encoding.UTF8.GetString(bytes).AsSpan().TrimStart('\uFEFF').EnumerateLines())
        {
            if (line.IsEmpty)
                break;
            var colon = line.IndexOf(':');
            if (colon > 0 && line[0] is not (' ' or '\t'))
                headers.Add(new(line[..colon].Trim().ToString(), line[(colon + 1)..].Trim().ToString()));
        }

        return headers;
    }

    private ZipEntry? Find(string name)
    {
        foreach (var entry in Entries)
        {
            if (entry.Name.Length == DistInfo.Length + 1 + name.Length && entry.Name.StartsWith(DistInfo, StringComparison.Ordinal)
                && entry.Name.EndsWith(name, StringComparison.Ordinal) && entry.Name[DistInfo.Length] == '/')
            {
                return entry;
            }
        }

        return null;
    }

    private byte[] ReadAll(ZipEntry entry)
    {
        if (entry.Size > _limits.MaxMetadataBytes)
            throw Refuse(EnvironmentCodes.BoundExceeded, entry.Name, $"it takes {entry.Size} bytes; at most {_limits.MaxMetadataBytes} are allowed");
        var bytes = new byte[entry.Size];
        using var window = new EntryWindow(_file, entry.DataOffset, entry.CompressedSize);
        using var unpacked = Unpack(entry, window);
        var read = Fill(entry, unpacked, bytes);
        return read == bytes.Length && Crc32.Append(0, bytes) == entry.Crc
            ? bytes
            : throw Refuse(EnvironmentCodes.EntryDamaged, entry.Name, "its size or checksum is wrong");
    }

    private DiagnosticException Refuse(string code, string? entry, string why) => WheelRefusal.Of(code, FileName, entry, why);
}
