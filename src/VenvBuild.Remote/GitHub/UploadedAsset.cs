using System.Text.Json.Serialization;

namespace VenvBuild.Remote;

/// <summary>What the API says of an asset that it took; Octokit's record of it lacks the digest.</summary>
internal sealed record UploadedAsset(
    [property: JsonPropertyName("id")] long Id,
    [property: JsonPropertyName("name")] string? Name,
    [property: JsonPropertyName("state")] string? State,
    [property: JsonPropertyName("size")] long Size,
    [property: JsonPropertyName("digest")] string? Digest,
    [property: JsonPropertyName("url")] string? Url,
    [property: JsonPropertyName("browser_download_url")] string? BrowserDownloadUrl);

[JsonSourceGenerationOptions(MaxDepth = 16)]
[JsonSerializable(typeof(UploadedAsset))]
internal sealed partial class UploadedAssetJson : JsonSerializerContext;
