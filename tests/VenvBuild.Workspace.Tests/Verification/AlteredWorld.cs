using VenvBuild.Packaging;
using VenvBuild.Resolver;

namespace VenvBuild.Workspace.Tests;

/// <summary>A world in which one release is not what it was when the lock was made.</summary>
internal sealed class AlteredWorld(ProofWorld world) : IPackageSource
{
    public required PackageName Name { get; init; }

    public required PackageVersion? Version { get; init; }

    /// <summary>What the release asks for now.</summary>
    public Func<CoreMetadata, IReadOnlyList<Requirement>>? Change { get; init; }

    /// <summary>Whether it was yanked.</summary>
    public bool Yanks { get; init; }

    /// <summary>Whether its files have other digests.</summary>
    public bool Exchanges { get; init; }

    public async ValueTask<ReleaseList> GetReleasesAsync(PackageName name, CancellationToken cancellationToken)
    {
        var list = await world.GetReleasesAsync(name, cancellationToken);
        return name != Name ? list : list with { Releases = [.. list.Releases.Select(release => release.Version.Equals(Version) ? Altered(release) : release)] };
    }

    public async ValueTask<ReleaseMetadata> GetMetadataAsync(Release release, CancellationToken cancellationToken)
    {
        var answer = await world.GetMetadataAsync(release, cancellationToken);
        if (Change is null || release.Name != Name || !release.Version.Equals(Version))
            return answer;
        var known = answer.Metadata!;
        return new(new()
        {
            MetadataVersion = known.MetadataVersion,
            Name = known.Name,
            Version = known.Version,
            RequiresDist = Change(known),
            RequiresPython = known.RequiresPython,
            ProvidesExtra = known.ProvidesExtra,
        });
    }

    public ValueTask<Release> GetDirectAsync(PackageName name, string address, CancellationToken cancellationToken) =>
        throw new NotSupportedException("Nothing in these worlds is asked for by address.");

    public void Prefetch(PackageName name, VersionSpecifiers specifiers)
    {
    }

    private Release Altered(Release release) => release with
    {
        Files = [.. release.Files.Select(file => new IndexFile
        {
            FileName = file.FileName,
            Url = file.Url,
            Wheel = file.Wheel,
            Sdist = file.Sdist,
            RequiresPython = file.RequiresPython,
            IsYanked = Yanks || file.IsYanked,
            Sha256 = Exchanges ? Sha256Digest.Of("other"u8) : file.Sha256,
            Size = file.Size,
            UploadTime = file.UploadTime,
        })],
    };
}
