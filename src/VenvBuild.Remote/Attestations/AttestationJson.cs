using System.Text.Json.Serialization;

namespace VenvBuild.Remote;

// The members of a provenance object and its attestations that are looked at, as PEP 740 and the log's own records name them; others are passed over.
internal sealed record ProvenanceDocument(
    [property: JsonPropertyName("version")] int Version,
    [property: JsonPropertyName("attestation_bundles")] IReadOnlyList<AttestationBundle> Bundles);

internal sealed record AttestationBundle(
    [property: JsonPropertyName("publisher")] BundlePublisher Publisher,
    [property: JsonPropertyName("attestations")] IReadOnlyList<AttestationDocument> Attestations);

internal sealed record BundlePublisher(
    [property: JsonPropertyName("kind")] string? Kind = null,
    [property: JsonPropertyName("repository")] string? Repository = null,
    [property: JsonPropertyName("workflow")] string? Workflow = null,
    [property: JsonPropertyName("workflow_filepath")] string? WorkflowPath = null);

internal sealed record AttestationDocument(
    [property: JsonPropertyName("version")] int Version,
    [property: JsonPropertyName("verification_material")] VerificationMaterial Material,
    [property: JsonPropertyName("envelope")] AttestationEnvelope Envelope);

internal sealed record VerificationMaterial(
    [property: JsonPropertyName("certificate")] byte[] Certificate,
    [property: JsonPropertyName("transparency_entries")] IReadOnlyList<LogEntry> Entries);

internal sealed record AttestationEnvelope(
    [property: JsonPropertyName("statement")] byte[] Statement,
    [property: JsonPropertyName("signature")] byte[] Signature);

internal sealed record LogEntry(
    [property: JsonPropertyName("logIndex"), JsonNumberHandling(JsonNumberHandling.AllowReadingFromString)] long LogIndex,
    [property: JsonPropertyName("logId")] LogId LogId,
    [property: JsonPropertyName("integratedTime"), JsonNumberHandling(JsonNumberHandling.AllowReadingFromString)] long IntegratedTime,
    [property: JsonPropertyName("canonicalizedBody")] byte[] Body,
    [property: JsonPropertyName("inclusionPromise")] InclusionPromise? Promise = null,
    [property: JsonPropertyName("inclusionProof")] InclusionProof? Proof = null);

internal sealed record LogId([property: JsonPropertyName("keyId")] byte[] KeyId);

internal sealed record InclusionPromise([property: JsonPropertyName("signedEntryTimestamp")] byte[] SignedEntryTimestamp);

internal sealed record InclusionProof(
    [property: JsonPropertyName("logIndex"), JsonNumberHandling(JsonNumberHandling.AllowReadingFromString)] long LogIndex,
    [property: JsonPropertyName("rootHash")] byte[] RootHash,
    [property: JsonPropertyName("treeSize"), JsonNumberHandling(JsonNumberHandling.AllowReadingFromString)] long TreeSize,
    [property: JsonPropertyName("hashes")] IReadOnlyList<byte[]> Hashes,
    [property: JsonPropertyName("checkpoint")] Checkpoint Checkpoint);

internal sealed record Checkpoint([property: JsonPropertyName("envelope")] string Envelope);

/// <summary>What the log keeps of an attestation: the kind <c>dsse</c>, version 0.0.1.</summary>
internal sealed record LoggedEntry(
    [property: JsonPropertyName("apiVersion")] string ApiVersion,
    [property: JsonPropertyName("kind")] string Kind,
    [property: JsonPropertyName("spec")] LoggedSpec Spec);

internal sealed record LoggedSpec(
    [property: JsonPropertyName("payloadHash")] LoggedHash PayloadHash,
    [property: JsonPropertyName("signatures")] IReadOnlyList<LoggedSignature> Signatures);

internal sealed record LoggedHash(
    [property: JsonPropertyName("algorithm")] string Algorithm,
    [property: JsonPropertyName("value")] string Value);

internal sealed record LoggedSignature(
    [property: JsonPropertyName("signature")] byte[] Signature,
    [property: JsonPropertyName("verifier")] byte[] Verifier);

internal sealed record AttestedStatement(
    [property: JsonPropertyName("_type")] string Type,
    [property: JsonPropertyName("subject")] IReadOnlyList<StatementResource> Subject,
    [property: JsonPropertyName("predicateType")] string PredicateType);

/// <summary>Nothing that is looked at may be missing, null or there twice.</summary>
[JsonSourceGenerationOptions(AllowDuplicateProperties = false, MaxDepth = 32, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ProvenanceDocument))]
[JsonSerializable(typeof(LoggedEntry))]
[JsonSerializable(typeof(AttestedStatement))]
internal sealed partial class AttestationJson : JsonSerializerContext;
