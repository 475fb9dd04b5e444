using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace VenvBuild.Server;

/// <summary>The stylesheet, the script and the icon, inside the assembly. Their addresses hold their digests, so that they can be kept for ever.</summary>
internal static class Assets
{
    private static readonly Dictionary<string, Asset> All = new[]
    {
        Read("site.css", "text/css; charset=utf-8"),
        Read("site.js", "text/javascript; charset=utf-8"),
        Read("icon.svg", "image/svg+xml"),
    }.ToDictionary(asset => asset.Name, StringComparer.Ordinal);

    /// <summary>The address of one.</summary>
    public static string Url(string name) => $"/assets/{All[name].Digest}/{name}";

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/assets/{digest}/{name}", (string digest, string name, HttpContext context) =>
    {
        if (!All.TryGetValue(name, out var asset) || asset.Digest != digest)
            return Results.StatusCode(StatusCodes.Status404NotFound);
        context.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return Results.Bytes(asset.Content, asset.Type, entityTag: new EntityTagHeaderValue($"\"{asset.Digest}\""));
    }).ExcludeFromDescription();

    private static Asset Read(string name, string type)
    {
        using var stream = typeof(Assets).Assembly.GetManifestResourceStream($"Assets.{name}")!;
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return new(name, type, content, Convert.ToHexStringLower(SHA256.HashData(content))[..16]);
    }

    private sealed record Asset(string Name, string Type, byte[] Content, string Digest);
}
