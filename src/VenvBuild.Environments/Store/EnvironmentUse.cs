using System.Text.Json;
using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>What an environment uses of the store, as the environment itself tells.</summary>
/// <param name="Path">The environment's folder.</param>
/// <param name="Executable">The interpreter that it links to.</param>
/// <param name="Link">How its files came from the store; an environment of symbolic links cannot be without it.</param>
/// <param name="Layers">The digests of its wheels.</param>
internal sealed record EnvironmentUse(string Path, string Executable, LinkMode Link, IReadOnlySet<Sha256Digest> Layers)
{
    /// <summary>Reads it; null when there is no environment of ours.</summary>
    public static EnvironmentUse? Of(string environment)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(System.IO.Path.Combine(environment, EnvironmentState.FileName)));
            var root = document.RootElement;
            var layers = root.GetProperty("layers").EnumerateArray().Select(layer => Sha256Digest.Parse(layer.GetProperty("sha256").GetString()!));
            // An environment of an earlier version does not say how it was linked: nothing of it may be taken away then.
            var link = root.TryGetProperty("link", out var word) && Enum.TryParse<LinkMode>(word.GetString(), ignoreCase: true, out var mode) ? mode : LinkMode.Symlink;
            return new(environment, root.GetProperty("executable").GetString()!, link, layers.ToHashSet());
        }
        catch (Exception e) when (StorageFault.IsStorage(e) || e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or ArgumentNullException)
        {
            return null;
        }
    }
}
