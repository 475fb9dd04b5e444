using VenvBuild.Index;
using VenvBuild.Packaging;
using VenvBuild.Resolver;

namespace VenvBuild.Workspace;

/// <summary>Writes a resolution down as a lock: every pin with the files that a served target could use, and no others.</summary>
internal sealed class LockAssembly(Manifest manifest, Func<Uri, string> localPath, PackageIndex index)
{
    // Not the version: a newer tool that comes to the same answer must write the same bytes.
    private const string CreatedBy = "venvbuild";

    public async Task<LockDocument> AssembleAsync(Resolution resolution, CancellationToken cancellationToken)
    {
        var several = resolution.Packages.GroupBy(package => package.Name).Where(group => group.Skip(1).Any()).Select(group => group.Key).ToHashSet();
        var packages = new List<LockedPackage>(resolution.Packages.Count);
        foreach (var package in resolution.Packages)
            packages.Add(await PinAsync(package, resolution, several, cancellationToken).ConfigureAwait(false));
        var groups = manifest.Groups.Count > 0;
        return new()
        {
            CreatedBy = CreatedBy,
            RequiresPython = manifest.Python,
            Environments = Platforms(resolution, Asked()),
            Extras = groups ? [] : null,
            DependencyGroups = groups ? [.. manifest.Groups.Select(group => group.Name.Value)] : null,
            DefaultGroups = [.. manifest.DefaultGroups.Select(group => group.Value)],
            Packages = packages,
            Provenance = manifest.Requests.ToProvenance(),
        };
    }

    /// <summary>
    /// The Pythons that the manifest's minors stand for. What lies between them (pre-releases of a minor) or after the newest known one is
    /// nobody's target, so markers need not speak of it.
    /// </summary>
    private MarkerSet Asked() => MarkerSet.ForPython(
        manifest.Targets.Aggregate(VersionSet.Empty, (versions, target) => versions.Union(target.Versions)));

    /// <summary>One marker a platform, with the bounds on Python only where the platform does not serve the whole range.</summary>
    private static List<Marker> Platforms(Resolution resolution, MarkerSet wholeRange)
    {
        var platforms = new List<(string Key, MarkerSet Region)>();
        foreach (var environment in resolution.Environments)
        {
            var key = $"{environment.Representative.SysPlatform} {environment.Representative.PlatformMachine}";
            var known = platforms.FindIndex(platform => string.Equals(platform.Key, key, StringComparison.Ordinal));
            if (known < 0)
                platforms.Add((key, environment.Region));
            else
                platforms[known] = (key, platforms[known].Region.Or(environment.Region));
        }

        return [.. platforms.Select(platform => platform.Region.Restrict(wholeRange).ToMarker()!)];
    }

    private async Task<LockedPackage> PinAsync(
        ResolvedPackage package, Resolution resolution, HashSet<PackageName> several, CancellationToken cancellationToken)
    {
        if (package.Release.Direct is { } direct)
            return Direct(package, direct, several);
        var environments = package.Environments.Select(i => resolution.Environments[i]).ToList();
        var files = PinFiles.Of(package.Release, environments, manifest.Sdists.Allows(package.Name));
        var wheels = new List<LockedFile>(files.Wheels.Count);
        foreach (var file in files.Wheels)
            wheels.Add(await LockAsync(file, cancellationToken).ConfigureAwait(false));
        var sdist = files.Sdist is { } source ? await LockAsync(source, cancellationToken).ConfigureAwait(false) : null;
        return new()
        {
            Name = package.Name,
            Version = package.Version,
            Marker = package.Marker.ToMarker(),
            RequiresPython = package.RequiresPython,
            Index = package.Release.Index ?? package.Index,
            Dependencies = Dependencies(package, several),
            Wheels = wheels,
            Sdist = sdist,
        };
    }

    /// <summary>A pin of what a request names by address. A folder's version is left out: who edits its project may change it.</summary>
    private LockedPackage Direct(ResolvedPackage package, DirectReference direct, HashSet<PackageName> several)
    {
        var isLocal = direct.Location.IsFile;
        var file = direct.IsFolder ? null : package.Release.Files[0];
        return new()
        {
            Name = package.Name,
            Version = direct.IsFolder ? null : package.Version,
            Marker = package.Marker.ToMarker(),
            RequiresPython = package.RequiresPython,
            Dependencies = Dependencies(package, several),
            Directory = direct.IsFolder ? new(localPath(direct.Location)) : null,
            Archive = file is null ? null : new()
            {
                Url = isLocal ? null : file.Url,
                Path = isLocal ? localPath(file.Url) : null,
                Size = file.Size,
                Hashes = LockedHashes.OfSha256(file.Sha256!.Value.ToString()),
            },
        };
    }

    private static LockedReference[]? Dependencies(ResolvedPackage package, HashSet<PackageName> several) => package.Dependencies.Count == 0
        ? null
        : [.. package.Dependencies.Select(dependency => new LockedReference(dependency.Name, several.Contains(dependency.Name) ? dependency.Version : null))];

    private async Task<LockedFile> LockAsync(IndexFile file, CancellationToken cancellationToken)
    {
        var digest = file.Sha256
            ?? await index.DownloadAsync(file.Url, null, file.Size, Stream.Null, cancellationToken).ConfigureAwait(false);
        var isLocal = file.Url.IsFile;
        return new()
        {
            Name = file.FileName,
            Url = isLocal ? null : file.Url,
            Path = isLocal ? localPath(file.Url) : null,
            Size = file.Size,
            UploadTime = file.UploadTime,
            Hashes = LockedHashes.OfSha256(digest.ToString()),
            Wheel = file.Wheel,
        };
    }
}
