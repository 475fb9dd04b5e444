using System.Buffers;
using System.Text.Json;
using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>An interpreter that was installed into the store, with the list of its files.</summary>
/// <param name="Name">The archive's name without its suffix, which also names the folder.</param>
/// <param name="Digest">The SHA-256 of the archive.</param>
/// <param name="Folder">The folder in the store.</param>
/// <param name="Files">Its files by path, with <c>/</c>.</param>
internal sealed record ManagedPython(string Name, Sha256Digest Digest, string Folder, IReadOnlyList<(string Path, long Size, Sha256Digest Sha256)> Files)
{
    public const string ManifestName = "python.json";

    private const int Format = 1;

    /// <summary>The list, which is written last: a folder without it is no interpreter.</summary>
    public string ManifestPath => Path.Combine(Folder, ManifestName);

    /// <summary>Writes the list into the folder that the interpreter is made in.</summary>
    public void Write(string folder)
    {
        var text = new ArrayBufferWriter<byte>(64 << 10);
        using (var json = new Utf8JsonWriter(text))
        {
            json.WriteStartObject();
            json.WriteNumber("format", Format);
            json.WriteString("name", Name);
            json.WriteString("sha256", Digest.ToString());
            json.WriteStartArray("files");
            foreach (var (path, size, sha256) in Files)
            {
                json.WriteStartArray();
                json.WriteStringValue(path);
                json.WriteNumberValue(size);
                json.WriteStringValue(sha256.ToString());
                json.WriteEndArray();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        SealedFile.Write(Path.Combine(folder, ManifestName), text.WrittenSpan);
    }

    /// <summary>Reads the list of a folder; null when there is none that can be trusted.</summary>
    public static ManagedPython? Read(string folder)
    {
        try
        {
            var content = SealedFile.Open(File.ReadAllBytes(Path.Combine(folder, ManifestName)));
            if (content.IsEmpty)
                return null;
            using var document = JsonDocument.Parse(content.ToArray());
            var root = document.RootElement;
            return root.GetProperty("format").GetInt32() != Format ? null : new(
                root.GetProperty("name").GetString()!,
                Sha256Digest.Parse(root.GetProperty("sha256").GetString()!),
                folder,
                [.. root.GetProperty("files").EnumerateArray().Select(file => (file[0].GetString()!, file[1].GetInt64(), Sha256Digest.Parse(file[2].GetString()!)))]);
        }
        catch (Exception e) when (StorageFault.IsStorage(e) || e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            return null;
        }
    }

    /// <summary>The files that are not as they were unpacked. What Python compiled by itself since then is none of them.</summary>
    public IEnumerable<(string Path, string Why)> Faults(CancellationToken cancellationToken)
    {
        foreach (var (relative, size, sha256) in Files)
        {
            var path = Path.Combine(Folder, relative);
            if (!File.Exists(path))
                yield return (path, "it is missing");
            else if (new FileInfo(path).Length != size || FileDigest.Of(path, cancellationToken) != sha256)
                yield return (path, "its bytes were changed: its SHA-256 is another");
        }
    }
}
