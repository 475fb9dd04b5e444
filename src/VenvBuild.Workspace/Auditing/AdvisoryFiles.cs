using System.Buffers;
using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>
/// Records of known vulnerabilities in files: one or a list of them in JSON, a zip of such files, or a folder of both. Files are opened and
/// nothing is fetched.
/// </summary>
internal sealed class AdvisoryFiles(AdvisoryReader reader)
{
    private const int MaxJson = 256 << 20, MaxZippedJson = 16 << 20, MaxFiles = 1_000_000, MaxDepth = 32;
    private const long MaxUnzipped = 8L << 30;

    private readonly List<Advisory> _advisories = [];
    private long _unzipped;

    /// <summary>How many records were read, those about others included.</summary>
    public int Records { get; private set; }

    /// <summary>Reads a file or folder, and answers what it says of the distributions.</summary>
    /// <exception cref="DiagnosticException">It cannot be read, is no record, or is too large.</exception>
    public async Task<IReadOnlyList<Advisory>> ReadAsync(string path, CancellationToken cancellationToken)
    {
        var before = _advisories.Count;
        try
        {
            if (!Directory.Exists(path))
            {
                await FileAsync(path, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                var within = new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = MaxDepth, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = false };
                var files = Directory.EnumerateFiles(path, "*", within).Where(file => Path.GetExtension(file).ToLowerInvariant() is ".json" or ".zip").Take(MaxFiles + 1).ToList();
                if (files.Count > MaxFiles)
                    throw Refuse(path, string.Create(CultureInfo.InvariantCulture, $"The folder holds more than {MaxFiles} files."));
                foreach (var file in files.Order(StringComparer.Ordinal))
                    await FileAsync(file, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw Refuse(path, $"The records cannot be read: {fault.Message}");
        }

        return _advisories[before..];
    }

    private async Task FileAsync(string path, CancellationToken cancellationToken)
    {
        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.Asynchronous);
        await using (stream.ConfigureAwait(false))
        {
            var start = new byte[4];
            var isZip = await stream.ReadAtLeastAsync(start, 4, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false) == 4 && start.AsSpan().SequenceEqual("PK\u0003\u0004"u8);
            stream.Position = 0;
            if (isZip)
                await ZipAsync(stream, path, cancellationToken).ConfigureAwait(false);
            else
                Take(await BytesAsync(stream, MaxJson, path, null, cancellationToken).ConfigureAwait(false), path, null);
        }
    }

    private async Task ZipAsync(FileStream stream, string path, CancellationToken cancellationToken)
    {
        try
        {
            var archive = await ZipArchive.CreateAsync(stream, ZipArchiveMode.Read, leaveOpen: true, entryNameEncoding: null, cancellationToken).ConfigureAwait(false);
            await using (archive.ConfigureAwait(false))
            {
                if (archive.Entries.Count > MaxFiles)
                    throw Refuse(path, string.Create(CultureInfo.InvariantCulture, $"The archive holds more than {MaxFiles} files."));
                foreach (var entry in archive.Entries.Where(entry => entry.FullName.EndsWith(".json", StringComparison.OrdinalIgnoreCase)))
                {
                    var content = await entry.OpenAsync(cancellationToken).ConfigureAwait(false);
                    await using (content.ConfigureAwait(false))
                    {
                        var bytes = await BytesAsync(content, MaxZippedJson, path, entry.FullName, cancellationToken).ConfigureAwait(false);
                        _unzipped += bytes.Length;
                        if (_unzipped > MaxUnzipped)
                            throw Refuse(path, "The archive unpacks to more than any collection of records holds.");
                        Take(bytes, path, entry.FullName);
                    }
                }
            }
        }
        catch (InvalidDataException fault)
        {
            throw Refuse(path, $"The archive is damaged: {fault.Message}");
        }
    }

    private void Take(ReadOnlyMemory<byte> utf8, string path, string? entry)
    {
        try
        {
            if (utf8.Span.StartsWith("\uFEFF"u8))
                utf8 = utf8[3..];
            using var document = JsonDocument.Parse(utf8);
            var root = document.RootElement;
            // As a file of one record, a list, or the answer of OSV's own interface.
            var isAnswer = root.ValueKind == JsonValueKind.Object && !root.TryGetProperty("id", out _) && root.TryGetProperty("vulns", out var list) && list.ValueKind == JsonValueKind.Array;
            foreach (var record in root.ValueKind == JsonValueKind.Array ? root.EnumerateArray().ToList() : isAnswer ? [.. root.GetProperty("vulns").EnumerateArray()] : [root])
            {
                Records++;
                _advisories.AddRange(reader.Read(record));
            }
        }
        catch (JsonException fault)
        {
            var place = entry is null ? new SourceLocation(path, (int)(fault.LineNumber ?? 0) + 1, (int)(fault.BytePositionInLine ?? 0) + 1) : new(path);
            throw Refuse(place, $"{Named(entry)} is no JSON.");
        }
        catch (Exception fault) when (fault is FormatException or InvalidOperationException)
        {
            // InvalidOperation is what text that is no Unicode (a lone surrogate) comes to.
            throw Refuse(path, $"{Named(entry)} is no record of OSV's format: {fault.Message}.");
        }
    }

    private static async Task<ReadOnlyMemory<byte>> BytesAsync(Stream stream, int most, string path, string? entry, CancellationToken cancellationToken)
    {
        var content = new ArrayBufferWriter<byte>(1 << 14);
        while (await stream.ReadAsync(content.GetMemory(1 << 14), cancellationToken).ConfigureAwait(false) is var count and > 0)
        {
            content.Advance(count);
            if (content.WrittenCount > most)
                throw Refuse(path, string.Create(CultureInfo.InvariantCulture, $"{Named(entry)} is larger than {most >> 20} MiB."));
        }

        return content.WrittenMemory;
    }

    private static string Named(string? entry) =>
        entry is null ? "The file" : $"'{new string([.. entry.Where(letter => !char.IsControl(letter)).Take(200)])}' in the archive";

    private static DiagnosticException Refuse(string path, string problem) => Refuse(new SourceLocation(path), problem);

    private static DiagnosticException Refuse(SourceLocation place, string problem) => new(ExitCode.Usage, Diagnostic.Error(
        WorkspaceCodes.BadAdvisory, problem, place, "Give --db a record of OSV's format in JSON, a list of them, a zip or a folder of such files."));
}
