using System.Text.Json.Serialization;

namespace VenvBuild.Remote;

/// <summary>An envelope's JSON, member by member as DSSE 1.0 names them.</summary>
internal sealed record EnvelopeDocument(
    [property: JsonPropertyName("payload")] byte[] Payload,
    [property: JsonPropertyName("payloadType")] string PayloadType,
    [property: JsonPropertyName("signatures")] IReadOnlyList<EnvelopeSignature> Signatures);

/// <summary>One signature in an envelope's JSON.</summary>
internal sealed record EnvelopeSignature(
    [property: JsonPropertyName("keyid")] string KeyId,
    [property: JsonPropertyName("sig")] byte[] Sig);

/// <summary>Nothing that is unknown, missing, null or there twice.</summary>
[JsonSourceGenerationOptions(
    AllowDuplicateProperties = false, MaxDepth = 4, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(EnvelopeDocument))]
internal sealed partial class EnvelopeJson : JsonSerializerContext;
