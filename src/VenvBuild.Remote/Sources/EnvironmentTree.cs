using VenvBuild.Environments;
using VenvBuild.Packaging;

namespace VenvBuild.Remote;

/// <summary>Where things are in a tree of environments, in a folder as behind a URL; with <c>/</c>, relative to the tree's root.</summary>
internal static class EnvironmentTree
{
    public static string ManifestOf(EnvironmentKey key) => $"environments/{key}.json";

    public static string SignaturesOf(EnvironmentKey key) => $"environments/{key}{SignatureFile.Suffix}";

    public static string LayerOf(Sha256Digest digest) => $"layers/{LayerFolder.PlaceOf(digest)}";
}
