namespace VenvBuild.Remote;

/// <summary>A layer of an environment at a server.</summary>
/// <param name="Digest"><c>sha256:</c> and the digest of the uncompressed archive.</param>
/// <param name="Size">The size of the uncompressed archive in bytes.</param>
/// <param name="Name">The distribution.</param>
/// <param name="Version">Its version.</param>
public sealed record EnvironmentStatusLayer(string Digest, long Size, string Name, string Version);
