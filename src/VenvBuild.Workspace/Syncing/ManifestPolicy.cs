using VenvBuild.Remote;

namespace VenvBuild.Workspace;

/// <summary>The policy that a manifest's <c>trust</c> makes, its keys read.</summary>
internal static class ManifestPolicy
{
    /// <summary>The policy; null where the manifest names no keys.</summary>
    /// <exception cref="Packaging.DiagnosticException">A key's file cannot be read or is none, or counts twice.</exception>
    public static TrustPolicy? Of(Manifest manifest)
    {
        var trust = manifest.Trust;
        return trust.Keys.Count == 0 ? null : new(
            [.. trust.Keys.Select(key => TrustedSigner.Load(Path.Combine(manifest.Location.Folder, key), key))], trust.Threshold)
        {
            Builders = trust.Builders,
            MaximumAge = trust.MaximumAge,
        };
    }
}
