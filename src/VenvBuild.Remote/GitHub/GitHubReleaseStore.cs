using VenvBuild.Environments;
using VenvBuild.Packaging;

namespace VenvBuild.Remote;

/// <summary>
/// Environments as assets of releases of a repository. A layer is an asset by its digest, shared by all environments and sent once; an
/// environment's description is sent last, so that what is found is whole. A new release is a draft until then. Names say what is asked
/// for, so that nothing is searched.
/// </summary>
public sealed class GitHubReleaseStore : IEnvironmentStore, IDisposable
{
    private const int Uploads = 4;
    private const int MaxShelves = 1000;
    private const int Rounds = 5;

    private readonly GitHubRepository _repository;
    private readonly string _cacheFolder;
    private readonly Func<string, string?> _environment;
    private readonly PlaceClient _client = new();
    private readonly SemaphoreSlim _opening = new(1);
    private Opened? _opened;

    /// <summary>Uses a repository. Nothing is asked before it is needed.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="cacheFolder">The cache, where parts of archives are kept.</param>
    /// <param name="environment">The environment's variables, in which a token may be.</param>
    public GitHubReleaseStore(GitHubRepository repository, string cacheFolder, Func<string, string?> environment) =>
        (_repository, _cacheFolder, _environment) = (repository, cacheFolder, environment);

    /// <inheritdoc/>
    public string Name => $"the releases of {_repository}";

    /// <inheritdoc/>
    public bool IsRemote => true;

    /// <summary>How long a limit is waited for.</summary>
    internal TimeSpan LongestWait { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>How long an unfinished upload may be somebody's at work.</summary>
    internal TimeSpan StarterAge { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long is waited before an upload of somebody else is looked at again.</summary>
    internal TimeSpan StarterPause { get; init; } = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public async Task<EnvironmentOffer?> FindEnvironmentAsync(EnvironmentKey key, CancellationToken cancellationToken)
    {
        var opened = await OpenAsync(cancellationToken).ConfigureAwait(false);
        return await FindAsync(opened, key, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlySet<Sha256Digest>> FindAsync(IReadOnlyCollection<LayerReference> layers, CancellationToken cancellationToken)
    {
        var opened = await OpenAsync(cancellationToken).ConfigureAwait(false);
        return layers.Select(layer => layer.Digest).Where(digest => opened.Find(NameOf(digest)) is not null).ToHashSet();
    }

    /// <inheritdoc/>
    public async Task<LayerContent?> OpenAsync(LayerReference layer, CancellationToken cancellationToken)
    {
        var opened = await OpenAsync(cancellationToken).ConfigureAwait(false);
        return opened.Find(NameOf(layer.Digest)) is { } asset
            ? await opened.Downloads.OpenAsync(layer, () => opened.Assets.Request(asset), cancellationToken).ConfigureAwait(false)
            : null;
    }

    /// <inheritdoc/>
    public async Task<PublishOutcome> PublishAsync(Publication publication, CancellationToken cancellationToken)
    {
        var (layers, bytes) = (0, 0L);
        for (var round = 1; ; round++)
        {
            var opened = await OpenAsync(cancellationToken).ConfigureAwait(false);
            var there = await FindAsync(opened, publication.Manifest.Key, cancellationToken).ConfigureAwait(false);
            var state = PublishedState.Of(publication, there, Name);
            var missing = publication.Manifest.Layers.Where(layer => opened.Find(NameOf(layer.Digest)) is null).ToList();
            if (missing.Count == 0 && !state.IsManifestNew && !state.AreSignaturesNew)
                return new(layers == 0, layers, bytes);
            var run = new GitHubPublishing(opened.Releases, opened.Assets, opened.Shelves, publication, state);
            var isPublished = false;
            try
            {
                isPublished = await run.RunAsync(missing, Uploads, cancellationToken).ConfigureAwait(false);
            }
            catch (ShelfGoneException)
            {
                // Another was quicker, and took away the draft that both were filling.
            }

            layers += run.LayersSent;
            bytes += run.BytesSent;
            if (isPublished)
                return new(false, layers, bytes);
            if (round == Rounds)
                throw GitHubFault.NotKept(_repository, "the release", "others publish one after another");
            // Another was quicker with a release of that name: what it has need not be sent again.
            _opened = null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _client.Dispose();
        _opening.Dispose();
    }

    internal static string NameOf(Sha256Digest layer) => layer + LayerArchive.FileSuffix;

    internal static string ManifestOf(EnvironmentKey key) => $"{key}.json";

    internal static string SignaturesOf(EnvironmentKey key) => key + SignatureFile.Suffix;

    private static async Task<EnvironmentOffer?> FindAsync(Opened opened, EnvironmentKey key, CancellationToken cancellationToken)
    {
        if (opened.Find(ManifestOf(key)) is not { } asset
            || await opened.Assets.ReadAsync(asset, EnvironmentManifest.MaxBytes, cancellationToken).ConfigureAwait(false) is not { } manifest)
        {
            return null;
        }

        var signatures = opened.Find(SignaturesOf(key)) is { } file
            ? await opened.Assets.ReadAsync(file, SignatureFile.MaxBytes, cancellationToken).ConfigureAwait(false)
            : null;
        return new(manifest, signatures is null ? null : new ReadOnlyMemory<byte>(signatures));
    }

    private async Task<Opened> OpenAsync(CancellationToken cancellationToken)
    {
        if (_opened is { } known)
            return known;
        await _opening.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return _opened ??= await LookAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _opening.Release();
        }
    }

    private async Task<Opened> LookAsync(CancellationToken cancellationToken)
    {
        var token = await GitHubToken.FindAsync(_repository.Host, _environment, cancellationToken).ConfigureAwait(false);
        var releases = new GitHubReleases(_repository, token, LongestWait);
        var assets = new GitHubAssets(_repository, releases, _client, token, LongestWait) { StarterAge = StarterAge, StarterPause = StarterPause };
        var shelves = new List<Shelf>();
        while (shelves.Count < MaxShelves && await releases.FindAsync(shelves.Count + 1, cancellationToken).ConfigureAwait(false) is { } shelf)
            shelves.Add(shelf);
        return new(releases, assets, new(_client, _cacheFolder), shelves);
    }

    /// <summary>The repository as it was found.</summary>
    private sealed record Opened(GitHubReleases Releases, GitHubAssets Assets, ArchiveDownloads Downloads, List<Shelf> Shelves)
    {
        public ShelfAsset? Find(string name) =>
            Shelves.Select(shelf => shelf.Assets.GetValueOrDefault(name)).LastOrDefault(asset => asset is { IsWhole: true });
    }
}
