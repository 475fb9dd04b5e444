using VenvBuild.Packaging;

namespace VenvBuild.Server;

/// <summary>A packed archive in a storage.</summary>
/// <param name="Digest">The layer's digest.</param>
/// <param name="Length">The packed length in bytes.</param>
/// <param name="Changed">When it came, by the storage's clock.</param>
internal sealed record StoredArchive(Sha256Digest Digest, long Length, DateTimeOffset Changed);
