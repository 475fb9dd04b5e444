using System.Text.Json.Serialization;

namespace VenvBuild.Remote;

// The members of in-toto Statement 1 and SLSA provenance 1, as those name them; the parameters of a build are this tool's own.
internal sealed record StatementDocument(
    [property: JsonPropertyName("_type")] string Type,
    [property: JsonPropertyName("subject")] IReadOnlyList<StatementResource> Subject,
    [property: JsonPropertyName("predicateType")] string PredicateType,
    [property: JsonPropertyName("predicate")] StatementPredicate Predicate);

internal sealed record StatementPredicate(
    [property: JsonPropertyName("buildDefinition")] StatementBuild BuildDefinition,
    [property: JsonPropertyName("runDetails")] StatementRun RunDetails);

internal sealed record StatementBuild(
    [property: JsonPropertyName("buildType")] string BuildType,
    [property: JsonPropertyName("externalParameters")] StatementParameters ExternalParameters,
    [property: JsonPropertyName("resolvedDependencies")] IReadOnlyList<StatementResource> ResolvedDependencies);

internal sealed record StatementParameters(
    [property: JsonPropertyName("key")] string Key,
    [property: JsonPropertyName("platform")] string Platform,
    [property: JsonPropertyName("python")] string Python,
    [property: JsonPropertyName("abi")] string Abi,
    [property: JsonPropertyName("indexes")] IReadOnlyList<string> Indexes);

internal sealed record StatementRun(
    [property: JsonPropertyName("builder")] StatementBuilder Builder,
    [property: JsonPropertyName("metadata")] StatementMetadata Metadata);

internal sealed record StatementBuilder([property: JsonPropertyName("id")] string Id);

internal sealed record StatementMetadata([property: JsonPropertyName("finishedOn")] string FinishedOn);

internal sealed record StatementResource(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("digest")] StatementDigest Digest,
    [property: JsonPropertyName("annotations"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] StatementAnnotations? Annotations = null);

internal sealed record StatementAnnotations([property: JsonPropertyName("publisher")] string Publisher);

internal sealed record StatementDigest([property: JsonPropertyName("sha256")] string Sha256);

/// <summary>Nothing that is unknown, missing, null or there twice.</summary>
[JsonSourceGenerationOptions(
    AllowDuplicateProperties = false, MaxDepth = 8, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(StatementDocument))]
internal sealed partial class StatementJson : JsonSerializerContext;
