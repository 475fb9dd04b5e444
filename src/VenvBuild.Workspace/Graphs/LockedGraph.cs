using VenvBuild.Index;
using VenvBuild.Packaging;
using VenvBuild.Resolver;

namespace VenvBuild.Workspace;

/// <summary>A manifest with its lock, and where the metadata of the pins is read: what verbs about pins need.</summary>
internal sealed class LockedGraph : IAsyncDisposable
{
    private readonly CacheFirstSource _cached;

    private LockedGraph(WorkspaceContext context, ManifestLock manifestLock, LockDocument document)
    {
        (Manifest, Document, Path) = (manifestLock.Manifest, document, manifestLock.Path);
        var settings = ManifestIndexes.Settings(context, Manifest, DateTimeOffset.UtcNow);
        Index = new(settings);
        _cached = new(LockVerification.OfPins(settings, document, manifestLock.Path), Index);
        Solve = new(Manifest, Index, LockSolve.RelativeTo(manifestLock.Path));
    }

    public Manifest Manifest { get; }

    public LockDocument Document { get; }

    /// <summary>The lock's path, absolute.</summary>
    public string Path { get; }

    /// <summary>The indexes as they are now.</summary>
    public PackageIndex Index { get; }

    /// <summary>The cache, and the indexes for what it lacks: what a release was once said to need stays so.</summary>
    public IPackageSource Cached => _cached;

    /// <summary>What the manifest asks the solver.</summary>
    public LockSolve Solve { get; }

    /// <summary>Opens both; a lock that does not answer the manifest is taken as it is, with a warning.</summary>
    /// <exception cref="DiagnosticException">There is no lock, or one of both is in error.</exception>
    public static async Task<LockedGraph> OpenAsync(WorkspaceContext context, CancellationToken cancellationToken)
    {
        var manifestLock = await ManifestLock.OpenAsync(context, null, cancellationToken).ConfigureAwait(false);
        var document = await manifestLock.ReadAsync(cancellationToken).ConfigureAwait(false);
        var outcome = manifestLock.Judge(document);
        if (document is null)
            throw new DiagnosticException(ExitCode.CheckFailed, ManifestLock.Explain(outcome));
        if (outcome.State == LockState.Stale)
            context.Report(ManifestLock.Explain(outcome) with { Severity = DiagnosticSeverity.Warning });
        return new(context, manifestLock, document);
    }

    /// <summary>The core metadata of a pin as the manifest's own indexes have it, never the lock's word; or why there is none.</summary>
    public async Task<ReleaseMetadata> ReadAsync(LockedPackage package, CancellationToken cancellationToken)
    {
        try
        {
            var release = package.Version is { } version && package.Archive is null && package.Directory is null && package.Vcs is null
                ? (await Cached.GetReleasesAsync(package.Name, cancellationToken).ConfigureAwait(false)).Releases.FirstOrDefault(release => release.Version.Equals(version))
                : Manifest.Requirements.Concat(Manifest.Groups.SelectMany(group => group.Requirements)).Concat(Manifest.Overrides)
                    .FirstOrDefault(request => request.Requirement.Name == package.Name && request.Requirement.Url is not null) is { } direct
                    ? await Cached.GetDirectAsync(package.Name, RequirementAddress.WithoutCredentials(direct.Requirement).Url!, cancellationToken).ConfigureAwait(false)
                    : null;
            return release is null
                ? new(null, "the manifest's indexes do not offer it")
                : await Cached.GetMetadataAsync(release, cancellationToken).ConfigureAwait(false);
        }
        catch (DiagnosticException fault)
        {
            return new(null, fault.Diagnostics[0].Message.TrimEnd('.'));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _cached.DisposeAsync().ConfigureAwait(false);
        await Index.DisposeAsync().ConfigureAwait(false);
    }
}
