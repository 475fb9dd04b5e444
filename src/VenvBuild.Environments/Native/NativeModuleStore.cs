using System.Buffers;
using System.Text;
using System.Text.Json;
using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>
/// What the native files of layers say of themselves, read once and kept below <c>native/v1</c>, a small sealed file for each layer that has any: by
/// the digests of those files, so that it is theirs wherever the layer came from.
/// </summary>
internal sealed class NativeModuleStore(string cacheFolder)
{
    /// <summary>The part of the store that they are in.</summary>
    public const string Part = "native";

    private const int Format = 2;

    private readonly string _root = Path.Combine(Path.GetFullPath(cacheFolder), Part, "v1");

    /// <summary>The native files of a layer.</summary>
    /// <exception cref="DiagnosticException">The disk fails.</exception>
    public IReadOnlyList<NativeModule> Get(Layer layer)
    {
        List<LayerFile>? likely = null;
        foreach (var file in layer.Files)
        {
            if (NativeModule.IsLikely(file))
                (likely ??= []).Add(file);
        }

        if (likely is null)
            return [];
        try
        {
            var path = PathOf(likely);
            return Read(path) ?? Keep(path, [.. likely.Select(file => ModuleOf(layer, file)).OfType<NativeModule>()]);
        }
        catch (Exception e) when (StorageFault.IsStorage(e))
        {
            throw StorageFault.Explain(e, _root);
        }
    }

    private static NativeModule? ModuleOf(Layer layer, LayerFile file)
    {
        // What is kept is kept by the digest that the layer names, so it must be read of just these bytes.
        if (!LayerStore.IsIntact(layer, file))
            throw new DamagedLayerException(layer, file);
        try
        {
            using var handle = File.OpenHandle(layer.PathOf(file));
            var images = NativeImage.Read(handle);
            return images.Count == 0 ? null : new(file.Scheme, file.Path, images);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DamagedLayerException(layer, file);
        }
    }

    private string PathOf(List<LayerFile> files)
    {
        var text = new StringBuilder();
        foreach (var file in files)
            text.Append(Layer.FolderOf(file.Scheme)).Append('/').Append(file.Path).Append('\0').Append(file.Sha256.ToString()).Append('\n');
        var hex = Sha256Digest.Of(Encoding.UTF8.GetBytes(text.ToString())).ToString();
        return Path.Combine(_root, hex[..2], hex);
    }

    private static List<NativeModule>? Read(string path)
    {
        try
        {
            return UseStamp.ReadAndRenew(path) is { } bytes && SealedFile.Open(bytes) is { IsEmpty: false } content ? Parse(content.ToArray()) : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            return null;
        }
    }

    private static List<NativeModule> Keep(string path, List<NativeModule> modules)
    {
        var text = new ArrayBufferWriter<byte>(4 << 10);
        using (var json = new Utf8JsonWriter(text))
            Write(json, modules);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var sibling = $"{path}.{Guid.NewGuid():N}.tmp";
        SealedFile.Write(sibling, text.WrittenSpan);
        File.Move(sibling, path, overwrite: true);
        return modules;
    }

    private static void Write(Utf8JsonWriter json, List<NativeModule> modules)
    {
        json.WriteStartObject();
        json.WriteNumber("format", Format);
        json.WriteStartArray("modules");
        foreach (var module in modules)
        {
            json.WriteStartObject();
            json.WriteString("scheme", Layer.FolderOf(module.Scheme));
            json.WriteString("path", module.Path);
            json.WriteStartArray("images");
            foreach (var image in module.Images)
            {
                json.WriteStartObject();
                json.WriteString("format", image.Format.ToString());
                json.WriteString("machine", image.Machine);
                json.WriteString("name", image.Name);
                json.WriteString("macos", image.OldestMacOs?.ToString());
                WriteTexts(json, "needed", image.Needed);
                WriteTexts(json, "deferred", image.Deferred);
                WriteTexts(json, "paths", image.SearchPaths);
                json.WriteBoolean("handsDownPaths", image.HandsDownPaths);
                json.WriteBoolean("skipsDefaults", image.SkipsDefaults);
                WriteTexts(json, "versions", image.Versions.SelectMany(version => (string[])[version.Library, version.Name]));
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
            json.WriteStringValue(text);
        json.WriteEndArray();
    }

    private static List<NativeModule>? Parse(byte[] content)
    {
        using var document = JsonDocument.Parse(content);
        var root = document.RootElement;
        if (root.GetProperty("format").GetInt32() != Format)
            return null;
        return [.. root.GetProperty("modules").EnumerateArray().Select(module => new NativeModule(
            Layer.SchemeOf(module.GetProperty("scheme").GetString()) ?? throw new FormatException(),
            module.GetProperty("path").GetString()!,
            [.. module.GetProperty("images").EnumerateArray().Select(ImageOf)]))];
    }

    private static NativeImage ImageOf(JsonElement image) => new()
    {
        Format = Enum.Parse<NativeFormat>(image.GetProperty("format").GetString()!),
        Machine = image.GetProperty("machine").GetString()!,
        Name = image.GetProperty("name").GetString(),
        OldestMacOs = PlatformFloor.TryParse(image.GetProperty("macos").GetString(), out var floor) ? floor : null,
        Needed = Texts(image, "needed"),
        Deferred = Texts(image, "deferred"),
        SearchPaths = Texts(image, "paths"),
        HandsDownPaths = image.GetProperty("handsDownPaths").GetBoolean(),
        SkipsDefaults = image.GetProperty("skipsDefaults").GetBoolean(),
        Versions = [.. Texts(image, "versions").Chunk(2).Select(pair => new SymbolVersion(pair[0], pair[1]))],
    };

    private static string[] Texts(JsonElement image, string name) => [.. image.GetProperty(name).EnumerateArray().Select(text => text.GetString()!)];
}
