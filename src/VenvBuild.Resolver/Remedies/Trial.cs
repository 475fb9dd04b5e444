using VenvBuild.Packaging;

namespace VenvBuild.Resolver;

/// <summary>
/// Solves a request as it would be if something were otherwise. All trials of a refusal together may take so many decisions, and read so
/// much that the refused solve had not read, and no more: nobody waits for advice.
/// </summary>
internal sealed class Trial(ResolutionRequest request, IPackageSource source, PackageTable refused)
{
    private const int MaxDecisions = 8000;
    private const int MaxDecisionsOfOne = 2000;
    private const int MaxNewMetadata = 150;
    private const int MaxNewMetadataOfOne = 60;

    private readonly HashSet<(PackageName, PackageVersion)> _read = [];
    private int _decisions;
    private int _readBefore;

    /// <summary>What must be served, without remedies of its own.</summary>
    public ResolutionRequest Request { get; } = request with
    {
        Environments = [.. request.Environments.Where(environment => environment.IsRequired)],
        SeeksRemedies = false,
    };

    public IPackageSource Source { get; } = source;

    /// <summary>The answer; null where there is none, or where it is too much work to say so.</summary>
    public async Task<Resolution?> SolveAsync(ResolutionRequest changed, IPackageSource? otherSource, CancellationToken cancellationToken)
    {
        if (_decisions >= MaxDecisions || changed.Environments.Count == 0)
            return null;
        _readBefore = _read.Count;
        var counters = new SolveCounters { Limit = MaxDecisionsOfOne };
        try
        {
            return await PackageResolver.ResolveAsync(changed, new Reader(this, otherSource ?? Source), counters, cancellationToken).ConfigureAwait(false);
        }
        catch (DiagnosticException)
        {
            return null;
        }
        catch (SolveLimitException)
        {
            return null;
        }
        finally
        {
            _decisions += counters.Decisions;
        }
    }

    /// <summary>What an answer takes of a distribution: <c>urllib3 1.26.20</c>, or several versions by environment; null where it needs none.</summary>
    public static string? Taken(Resolution resolution, PackageName name)
    {
        var versions = resolution.Packages.Where(package => package.Name == name).Select(package => package.Version.ToString()).ToList();
        return versions.Count == 0 ? null : $"{name} {string.Join(" and ", versions)}";
    }

    private void CountReading(Release release)
    {
        if (!refused.HasRead(release) && _read.Add((release.Name, release.Version)) && (_read.Count > MaxNewMetadata || _read.Count - _readBefore > MaxNewMetadataOfOne))
            throw new SolveLimitException();
    }

    /// <summary>Asks on, within the limit.</summary>
    private sealed class Reader(Trial trial, IPackageSource source) : IPackageSource
    {
        public ValueTask<ReleaseList> GetReleasesAsync(PackageName name, CancellationToken cancellationToken) =>
            source.GetReleasesAsync(name, cancellationToken);

        public ValueTask<Release> GetDirectAsync(PackageName name, string address, CancellationToken cancellationToken) =>
            source.GetDirectAsync(name, address, cancellationToken);

        public ValueTask<ReleaseMetadata> GetMetadataAsync(Release release, CancellationToken cancellationToken)
        {
            trial.CountReading(release);
            return source.GetMetadataAsync(release, cancellationToken);
        }

        public void Prefetch(PackageName name, VersionSpecifiers specifiers)
        {
            // What a trial will ask for is mostly there.
        }
    }
}
