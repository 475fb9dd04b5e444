using System.Text.Json.Serialization;

namespace VenvBuild.Environments;

/// <summary>The JSON of an environment's description; members are written in the order of their declaration.</summary>
internal sealed record EnvironmentManifestDocument(
    int Format,
    string Key,
    EnvironmentManifestDocument.TargetDocument Target,
    EnvironmentManifestDocument.OptionsDocument Options,
    IReadOnlyList<EnvironmentManifestDocument.LayerDocument> Layers,
    EnvironmentManifestDocument.LayerDocument? Interpreter,
    string? Lock,
    EnvironmentManifestDocument.ProvenanceDocument? Provenance)
{
    internal sealed record TargetDocument(string Platform, string Python, string Implementation, string Abi);

    internal sealed record OptionsDocument(bool Bytecode);

    internal sealed record LayerDocument(string Digest, long Size, string Kind, string Name, string Version, string Wheel, string WheelSha256);

    internal sealed record ProvenanceDocument(string Builder, IReadOnlyList<string> Indexes, IReadOnlyList<BuiltDocument>? Built, string? Created);

    internal sealed record BuiltDocument(string Wheel, string Source, string SourceDigest, IReadOnlyList<string> With, string Machine);
}

/// <summary>How it is written and read, without reflection.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true, NewLine = "\n", IndentCharacter = ' ', IndentSize = 2, PropertyNamingPolicy = JsonKnownNamingPolicy.KebabCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = false, MaxDepth = 8)]
[JsonSerializable(typeof(EnvironmentManifestDocument))]
internal sealed partial class EnvironmentManifestJson : JsonSerializerContext;
