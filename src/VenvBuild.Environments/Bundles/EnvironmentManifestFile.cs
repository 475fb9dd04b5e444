using System.Globalization;
using System.Text.Json;
using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>Writes and reads an environment's description. What is read must be, to the byte, what would be written.</summary>
internal static class EnvironmentManifestFile
{
    private const string DigestPrefix = "sha256:";
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss'Z'";
    private const int MaxIndexes = 1000;
    private const int MaxText = 500;

    public static byte[] Write(EnvironmentManifest manifest)
    {
        var target = manifest.Target;
        var document = new EnvironmentManifestDocument(
            EnvironmentManifest.Format,
            manifest.Key.ToString(),
            new(target.Platform.RuntimeIdentifier, target.Python.ToString(), target.Implementation, target.Abi),
            new(manifest.HasBytecode),
            [.. manifest.Layers.Select(DocumentOf)],
            manifest.Interpreter is { } interpreter ? DocumentOf(interpreter) : null,
            manifest.Lock is { } digest ? DigestPrefix + digest : null,
            manifest.Provenance is { } provenance
                ? new(provenance.Builder, [.. provenance.Indexes.Select(Bare)], DocumentOf(provenance.Built), provenance.Created?.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture))
                : null);
        return [.. JsonSerializer.SerializeToUtf8Bytes(document, EnvironmentManifestJson.Default.EnvironmentManifestDocument), (byte)'\n'];
    }

    public static EnvironmentManifest Read(ReadOnlySpan<byte> utf8, string source)
    {
        if (utf8.Length > EnvironmentManifest.MaxBytes)
            throw Refuse(source, $"it has {utf8.Length} bytes, and {EnvironmentManifest.MaxBytes} are allowed");
        EnvironmentManifest manifest;
        try
        {
            // A newer format is told from a broken one before anything else is asked of it.
            if (FormatOf(utf8) is var format && format != EnvironmentManifest.Format)
                throw Refuse(source, format is null ? "it states no format" : $"its format is {format}, and this version reads {EnvironmentManifest.Format}: use a newer dotnet-pyenv");
            manifest = Of(JsonSerializer.Deserialize(utf8, EnvironmentManifestJson.Default.EnvironmentManifestDocument), source);
        }
        catch (Exception e) when (e is JsonException or FormatException or ArgumentException or InvalidOperationException)
        {
            throw Refuse(source, e is ArgumentException ? e.Message.Split(" (Parameter", 2)[0] : e.Message.TrimEnd('.'));
        }

        return Write(manifest).AsSpan().SequenceEqual(utf8) ? manifest : throw Refuse(source, "it is not written as such a description is (order, spelling or spaces)");
    }

    private static EnvironmentManifest Of(EnvironmentManifestDocument? document, string source)
    {
        if (document?.Target is not { Platform: not null, Python: not null, Abi: not null } named || document is not { Key: not null, Options: not null, Layers: not null })
            throw Refuse(source, "it lacks key, target, options or layers");
        if (document.Layers.Count > EnvironmentManifest.MaxLayers)
            throw Refuse(source, $"it has {document.Layers.Count} layers, and {EnvironmentManifest.MaxLayers} are allowed");
        if (document.Provenance is { } said && (said.Builder is not { Length: <= 200 } || said.Indexes is not { Count: <= MaxIndexes } || said.Built?.Count is 0 or > EnvironmentManifest.MaxLayers))
            throw Refuse(source, "its provenance is not one");
        var target = new Target(Platform.Parse(named.Platform), PythonMinor.Parse(named.Python), named.Abi.EndsWith('t'));
        var layers = document.Layers.Select(layer => LayerOf(layer, source)).ToArray();
        var wheels = layers.Where(layer => layer.Kind == LayerKind.Wheel)
            .Select(layer => new PlannedWheel { File = layer.Wheel, Sha256 = layer.WheelSha256 });
        var manifest = new EnvironmentManifest(new(target, wheels, document.Options.Bytecode), layers)
        {
            Interpreter = document.Interpreter is { } interpreter ? LayerOf(interpreter, source) : null,
            Lock = document.Lock is { } text ? DigestOf(text, source) : null,
            Provenance = document.Provenance is { } provenance ? new()
            {
                Builder = provenance.Builder,
                Indexes = [.. provenance.Indexes.Select(index => new Uri(index, UriKind.Absolute))],
                Built = [.. (provenance.Built ?? []).Select(built => BuiltOf(built, source))],
                Created = provenance.Created is { } created ? DateTimeOffset.ParseExact(created, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal) : null,
            } : null,
        };
        return manifest.Key.ToString() == document.Key
            ? manifest
            : throw Refuse(source, $"it says that its key is {Shown(document.Key)}, and its wheels, target and options make {manifest.Key}");
    }

    private static EnvironmentManifestDocument.LayerDocument DocumentOf(LayerReference layer) => new(
        DigestPrefix + layer.Digest, layer.Size, layer.Kind.ToString().ToLowerInvariant(), layer.Wheel.Name.Value,
        layer.Wheel.Version.ToString(), layer.Wheel.Text, layer.WheelSha256.ToString());

    private static EnvironmentManifestDocument.BuiltDocument[]? DocumentOf(IReadOnlyList<BuiltProvenance> built) => built.Count == 0
        ? null
        : [.. built.Select(wheel => new EnvironmentManifestDocument.BuiltDocument(wheel.Wheel, wheel.Source, DigestPrefix + wheel.SourceSha256, wheel.Requirements, wheel.Machine))];

    private static BuiltProvenance BuiltOf(EnvironmentManifestDocument.BuiltDocument? built, string source) =>
        built is { Wheel: { Length: <= MaxText } wheel, Source: { Length: <= MaxText } from, With.Count: <= MaxIndexes, Machine: { Length: <= MaxText } machine }
            && built.With.All(pin => pin is { Length: <= MaxText })
            ? new(wheel, from, DigestOf(built.SourceDigest, source), built.With, machine)
            : throw Refuse(source, "what it says of a wheel that was built is not that");

    private static LayerReference LayerOf(EnvironmentManifestDocument.LayerDocument? layer, string source) => layer is null ? throw Refuse(source, "a layer is null") : new()
    {
        Digest = DigestOf(layer.Digest, source),
        Size = layer.Size is >= 0 ? layer.Size : throw Refuse(source, "a layer's size is negative"),
        Kind = layer.Kind switch
        {
            "wheel" => LayerKind.Wheel,
            "bytecode" => LayerKind.Bytecode,
            "interpreter" => LayerKind.Interpreter,
            _ => throw Refuse(source, $"'{Shown(layer.Kind)}' is no kind of layer"),
        },
        Wheel = WheelFileName.Parse(layer.Wheel),
        WheelSha256 = Sha256Digest.Parse(layer.WheelSha256),
    };

    private static Sha256Digest DigestOf(string? text, string source) =>
        text is not null && text.StartsWith(DigestPrefix, StringComparison.Ordinal) && Sha256Digest.TryParse(text.AsSpan(DigestPrefix.Length), out var digest)
            ? digest
            : throw Refuse(source, $"'{Shown(text)}' is no digest (sha256: and 64 hexadecimal digits)");

    private static int? FormatOf(ReadOnlySpan<byte> utf8)
    {
        var json = new Utf8JsonReader(utf8);
        return json.Read() && json.TokenType == JsonTokenType.StartObject && json.Read() && json.TokenType == JsonTokenType.PropertyName
            && json.ValueTextEquals("format"u8) && json.Read() && json.TokenType == JsonTokenType.Number && json.TryGetInt32(out var format) ? format : null;
    }

    /// <summary>An address without what may be a secret.</summary>
    private static string Bare(Uri index) => index.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);

    private static string Shown(string? text) => string.Concat((text ?? "").Take(100).Select(c => char.IsControl(c) ? '\uFFFD' : c));

    private static DiagnosticException Refuse(string source, string why) => new(ExitCode.Integrity, Diagnostic.Error(
        EnvironmentCodes.ManifestRefused, $"The environment described in {source} is refused: {why}.",
        remedy: "Fetch it again, or make the environment here: dotnet pyenv sync."));
}
