using System.Buffers;
using System.Text.Json;
using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>
/// A layer's list of what is in it, as the sealed file <c>layer.json</c>. It is written last: a layer without it is none.
/// </summary>
internal static class LayerManifest
{
    public const string FileName = "layer.json";

    private const int Format = 2;
    private const int Executable = 1;
    private const int PythonScript = 2;

    /// <summary>Writes the manifest of a layer into the folder that it is made in.</summary>
    public static void Write(Layer layer, string folder)
    {
        using var file = new FileStream(Path.Combine(folder, FileName), FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        file.Write(ToBytes(layer));
    }

    /// <summary>The manifest's bytes, seal and all: the same for the same layer on every machine.</summary>
    public static byte[] ToBytes(Layer layer)
    {
        var text = new ArrayBufferWriter<byte>(16 << 10);
        using (var json = new Utf8JsonWriter(text, new JsonWriterOptions { SkipValidation = true }))
            Write(layer, json);
        return SealedFile.ToBytes(text.WrittenSpan);
    }

    private static void Write(Layer layer, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("format", Format);
        json.WriteString("wheel", layer.FileName);
        json.WriteString("sha256", layer.Digest.ToString());
        json.WriteString("name", layer.Name.Value);
        json.WriteString("version", layer.Version.ToString());
        json.WriteString("root", Layer.FolderOf(layer.Root));
        json.WriteString("dist-info", layer.DistInfo);
        if (layer.Bytecode is { } bytecode)
        {
            json.WriteString("cache-tag", bytecode.CacheTag);
            json.WriteString("magic", bytecode.Magic);
        }

        if (layer.IsInterpreter)
            json.WriteString("kind", "interpreter");
        json.WriteStartArray("entry-points");
        foreach (var point in layer.EntryPoints)
        {
            json.WriteStartArray();
            json.WriteStringValue(point.IsGui ? "gui" : "console");
            json.WriteStringValue(point.Name);
            json.WriteStringValue(point.Module);
            json.WriteStringValue(point.Attribute);
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteStartArray("files");
        foreach (var file in layer.Files)
        {
            json.WriteStartArray();
            json.WriteStringValue(Layer.FolderOf(file.Scheme));
            json.WriteStringValue(file.Path);
            json.WriteNumberValue(file.Size);
            json.WriteStringValue(file.Sha256.ToString());
            json.WriteNumberValue((file.IsExecutable ? Executable : 0) | (file.IsPythonScript ? PythonScript : 0));
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Reads a manifest; null when it is not one of this format, or damaged.</summary>
    public static Layer? Read(ReadOnlySpan<byte> bytes, string folder)
    {
        try
        {
            return SealedFile.Open(bytes) is { IsEmpty: false } content ? ReadDocument(content, folder) : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    private static Layer? ReadDocument(ReadOnlySpan<byte> bytes, string folder)
    {
        var json = new Utf8JsonReader(bytes);
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        var points = new List<EntryPoint>();
        var files = new List<LayerFile>(64);
        json.Read();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var isPoints = json.ValueTextEquals("entry-points"u8);
            var isFiles = json.ValueTextEquals("files"u8);
            var key = isPoints || isFiles ? "" : json.GetString()!;
            json.Read();
            if (isPoints)
            {
                while (json.Read() && json.TokenType == JsonTokenType.StartArray)
                    points.Add(ReadPoint(ref json));
            }
            else if (isFiles)
            {
                while (json.Read() && json.TokenType == JsonTokenType.StartArray)
                    files.Add(ReadFile(ref json));
            }
            else if (json.TokenType == JsonTokenType.Number)
            {
                if (json.GetInt32() != Format)
                    return null;
            }
            else
            {
                texts[key] = json.GetString()!;
            }
        }

        return new Layer
        {
            Digest = Sha256Digest.Parse(Text("sha256")),
            FileName = Text("wheel"),
            Name = PackageName.Parse(Text("name")),
            Version = PackageVersion.Parse(Text("version")),
            Root = Layer.SchemeOf(Text("root")) ?? throw new FormatException(),
            DistInfo = Text("dist-info"),
            EntryPoints = points,
            Files = files,
            Folder = folder,
            IsInterpreter = texts.GetValueOrDefault("kind") == "interpreter",
            Bytecode = texts.TryGetValue("cache-tag", out var tag) ? new(tag, Text("magic")) : null,
        };

        string Text(string key) => texts.GetValueOrDefault(key) ?? throw new FormatException(key);
    }

    private static EntryPoint ReadPoint(ref Utf8JsonReader json)
    {
        var isGui = json.Read() && json.ValueTextEquals("gui"u8);
        var point = new EntryPoint(NextText(ref json), NextText(ref json), NextText(ref json), isGui);
        json.Read();
        return point;
    }

    private static LayerFile ReadFile(ref Utf8JsonReader json)
    {
        json.Read();
        var scheme = json.ValueTextEquals("purelib"u8) ? InstallScheme.Purelib
            : json.ValueTextEquals("platlib"u8) ? InstallScheme.Platlib
            : Layer.SchemeOf(json.GetString()) ?? throw new FormatException();
        var path = NextText(ref json);
        json.Read();
        var size = json.GetInt64();
        json.Read();
        if (!Sha256Digest.TryParse(json.ValueSpan, out var digest))
            throw new FormatException();
        json.Read();
        var bits = json.GetInt32();
        json.Read();
        return new(scheme, path, size, digest, (bits & Executable) != 0, (bits & PythonScript) != 0);
    }

    private static string NextText(ref Utf8JsonReader json)
    {
        json.Read();
        return json.GetString() ?? throw new FormatException();
    }
}
