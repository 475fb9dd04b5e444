using VenvBuild.Packaging;

namespace VenvBuild.Workspace;

/// <summary>What a peer says of one distribution: the version, and where. Nothing else that it says is used.</summary>
/// <param name="Name">The distribution.</param>
/// <param name="Version">The version.</param>
/// <param name="Where">The environments that it is the answer for.</param>
internal sealed record PeerPin(PackageName Name, PackageVersion Version, MarkerSet Where);
