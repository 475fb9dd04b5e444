using VenvBuild.Remote;

namespace VenvBuild.Workspace;

/// <summary>The policy that a manifest's <c>trust</c> makes, or keys that a person names in its place, with the keys read.</summary>
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

    /// <summary>The policy of keys that are named in files, one of which must have signed; null where none is named.</summary>
    /// <exception cref="Packaging.DiagnosticException">A key's file cannot be read or is none, or counts twice.</exception>
    public static TrustPolicy? Of(IReadOnlyList<string> keys, WorkspaceContext context) =>
        keys.Count == 0 ? null : new([.. keys.Select(key => TrustedSigner.Load(Path.GetFullPath(key, context.WorkingDirectory), key))]);
}
