using VenvBuild.Index;
using VenvBuild.Packaging;
using VenvBuild.Resolver;

namespace VenvBuild.Workspace;

/// <summary>
/// What pins say about themselves for people: licence and summary, from the core metadata of one of their files as the manifest's indexes
/// have it, found by name and digest. What was read once is read from the cache.
/// </summary>
internal sealed class PinDescriptions : IAsyncDisposable
{
    private readonly WorkspaceContext _context;
    private readonly Manifest _manifest;
    private readonly PackageIndex _cache;
    private readonly PackageIndex _live;

    public PinDescriptions(WorkspaceContext context, Manifest manifest)
    {
        (_context, _manifest) = (context, manifest);
        var settings = ManifestIndexes.Settings(context, manifest, DateTimeOffset.UtcNow);
        _cache = new(settings with { Offline = true, Report = null });
        _live = new(settings);
    }

    /// <summary>The metadata of each pin; null, with a warning, where it cannot be read.</summary>
    public async Task<IReadOnlyDictionary<LockedPackage, CoreMetadata?>> ReadAsync(IReadOnlyList<LockedPackage> packages, CancellationToken cancellationToken)
    {
        var answers = await Task.WhenAll(packages.Select(package => ReadAsync(package, cancellationToken))).ConfigureAwait(false);
        var found = new Dictionary<LockedPackage, CoreMetadata?>(ReferenceEqualityComparer.Instance);
        for (var i = 0; i < packages.Count; i++)
        {
            found.Add(packages[i], answers[i].Metadata);
            if (answers[i].Metadata is null)
            {
                _context.Report(Diagnostic.Warning(
                    WorkspaceCodes.CannotExport, $"What {packages[i].Name} {packages[i].Version} says about its licence could not be read: {answers[i].Problem}.", packages[i].Location));
            }
        }

        return found;
    }

    public async ValueTask DisposeAsync()
    {
        await _cache.DisposeAsync().ConfigureAwait(false);
        await _live.DisposeAsync().ConfigureAwait(false);
    }

    private async Task<ReleaseMetadata> ReadAsync(LockedPackage package, CancellationToken cancellationToken)
    {
        try
        {
            try
            {
                return await ReadAsync(_cache, package, cancellationToken).ConfigureAwait(false);
            }
            catch (DiagnosticException failure) when (PackageIndex.IsNotCached(failure) && !_context.IsOffline)
            {
                return await ReadAsync(_live, package, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (DiagnosticException failure)
        {
            return new(null, failure.Diagnostics[0].Message.TrimEnd('.'));
        }
    }

    private async Task<ReleaseMetadata> ReadAsync(PackageIndex index, LockedPackage package, CancellationToken cancellationToken)
    {
        if (package.Vcs is not null || package.Directory is not null)
            return new(null, "it is a source tree");
        if (package.Archive is not null)
            return await OfDirectAsync(index, package, cancellationToken).ConfigureAwait(false);
        // A wheel's metadata is its own; an sdist's is only a draft of what a build makes of it.
        foreach (var file in package.Wheels.Append(package.Sdist).OfType<LockedFile>())
        {
            if (file.Hashes.Sha256 is { } hex && Sha256Digest.TryParse(hex, out var digest)
                && await index.FindFileAsync(package.Name, file.Name, digest, cancellationToken).ConfigureAwait(false) is { } listed)
            {
                return await index.DescribeAsync(listed, cancellationToken).ConfigureAwait(false);
            }
        }

        return new(null, "the manifest's indexes do not offer its files");
    }

    /// <summary>What lies at the address by which the manifest asks for a name; the lock's is never asked.</summary>
    private async Task<ReleaseMetadata> OfDirectAsync(PackageIndex index, LockedPackage package, CancellationToken cancellationToken)
    {
        var request = _manifest.Requirements.Concat(_manifest.Groups.SelectMany(group => group.Requirements)).Concat(_manifest.Overrides)
            .FirstOrDefault(request => request.Requirement.Name == package.Name && request.Requirement.Url is not null);
        if (request is null)
            return new(null, "the manifest does not ask for it by address");
        var release = await index.GetDirectAsync(package.Name, RequirementAddress.WithoutCredentials(request.Requirement).Url!, cancellationToken).ConfigureAwait(false);
        return release.Files is [var file, ..] ? await index.DescribeAsync(file, cancellationToken).ConfigureAwait(false) : new(null, "it is a source tree");
    }
}
