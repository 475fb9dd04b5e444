using VenvBuild.Environments;
using VenvBuild.Packaging;

namespace VenvBuild.Remote;

/// <summary>Where things are in a tree of environments, in a folder as behind a URL; with <c>/</c>, relative to the tree's root.</summary>
internal static class EnvironmentTree
{
    public static string ManifestOf(EnvironmentKey key) => $"environments/{key}.json";

    public static string SignaturesOf(EnvironmentKey key) => $"environments/{key}{SignatureFile.Suffix}";

    /// <summary>Where a server that exported itself has an environment: as it answers, signatures included.</summary>
    public static string StatusOf(EnvironmentKey key) => $"v1/environments/{key}";

    /// <summary>Where such a server has a layer.</summary>
    public static string ServedLayerOf(Sha256Digest digest) => $"v1/layers/{digest}";

    public static string LayerOf(Sha256Digest digest) => $"layers/{LayerFolder.PlaceOf(digest)}";
}
