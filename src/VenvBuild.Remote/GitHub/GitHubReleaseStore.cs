using VenvBuild.Environments;
using VenvBuild.Packaging;

namespace VenvBuild.Remote;

/// <summary>
/// Environments as assets of releases of a repository. A layer is an asset by its digest, shared by all environments and sent once; an
/// environment's description is sent last, so that what is found is whole. A new release is a draft until then. Names say what is asked
/// for, so that nothing is searched. Where the repository's releases are immutable, each publication is a release of its own.
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
    private readonly HashSet<long> _sealed = [];
    private Opened? _opened;
    private Action<TimeSpan>? _paused;

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

    /// <summary>The time, by which GitHub's limits are kept.</summary>
    internal TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <inheritdoc/>
    public async Task<EnvironmentOffer?> FindEnvironmentAsync(EnvironmentKey key, CancellationToken cancellationToken)
    {
        var opened = await OpenAsync(cancellationToken).ConfigureAwait(false);
        return (await FindAsync(opened.Shelves, opened.Assets, key, cancellationToken).ConfigureAwait(false))?.Offer;
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
            var missing = publication.Manifest.Layers.Where(layer => opened.Find(NameOf(layer.Digest)) is null).ToList();
            if (missing.Count == 0
                && await FindAsync(opened.Shelves, opened.Assets, publication.Manifest.Key, cancellationToken).ConfigureAwait(false) is { Offer: { } there }
                && PublishedState.Of(publication, there, [], Name).IsSettled)
            {
                return new(layers == 0, layers, bytes);
            }

            var done = 0;
            void Report(TimeSpan pause) => publication.Progress?.Report(new(done, missing.Count, pause));
            _paused = Report;
            var run = new GitHubPublishing(opened.Releases, opened.Assets, opened.Shelves, publication, Name)
            {
                Sent = count =>
                {
                    done = count;
                    Report(TimeSpan.Zero);
                },
            };
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

    /// <summary>
    /// What shelves have of an environment: description and signatures, or signatures that came before their description. Null when a file
    /// that was there is gone, as when somebody replaces it at this moment.
    /// </summary>
    internal static async Task<(EnvironmentOffer? Offer, IReadOnlyList<ReadOnlyMemory<byte>> Early)?> FindAsync(
        IReadOnlyList<Shelf> shelves, GitHubAssets assets, EnvironmentKey key, CancellationToken cancellationToken)
    {
        var (manifest, described) = Find(shelves, ManifestOf(key));
        // Signatures on an older shelf than the description are of one that was there before, and could not be taken away.
        var (file, _) = Find(shelves, SignaturesOf(key), described);
        ReadOnlyMemory<byte> bytes = default;
        if (manifest is not null)
        {
            if (await assets.ReadAsync(manifest, EnvironmentManifest.MaxBytes, cancellationToken).ConfigureAwait(false) is not { } read)
                return null;
            bytes = read;
        }

        ReadOnlyMemory<byte>? signatures = null;
        if (file is not null)
        {
            if (await assets.ReadAsync(file, SignatureFile.MaxBytes, cancellationToken).ConfigureAwait(false) is not { } read)
                return null;
            signatures = read;
        }

        return manifest is not null ? (new(bytes, signatures), []) : (null, signatures is { } early ? [early] : []);
    }

    private static (ShelfAsset? Asset, int Shelf) Find(IReadOnlyList<Shelf> shelves, string name, int first = 0)
    {
        for (var i = shelves.Count - 1; i >= first; i--)
        {
            if (shelves[i].Assets.GetValueOrDefault(name) is { IsWhole: true } asset)
                return (asset, i);
        }

        return (null, 0);
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
        var pace = _repository.HasLimits ? new GitHubPace(Clock, pause => _paused?.Invoke(pause)) : null;
        var releases = new GitHubReleases(_repository, token, LongestWait, pace, _sealed);
        var assets = new GitHubAssets(_repository, releases, _client, token, LongestWait, pace) { StarterAge = StarterAge, StarterPause = StarterPause };
        var shelves = new List<Shelf>();
        while (shelves.Count < MaxShelves && await releases.FindAsync(shelves.Count + 1, cancellationToken).ConfigureAwait(false) is { } shelf)
        {
            shelves.Add(shelf);
            if (!shelf.IsOpen)
                break;
        }

        // Immutable ones are many, and may begin anywhere.
        if (shelves is [] or [.., { IsOpen: false }])
            shelves = [.. await releases.ListAsync(cancellationToken).ConfigureAwait(false)];
        return new(releases, assets, new(_client, _cacheFolder), shelves);
    }

    /// <summary>The repository as it was found.</summary>
    private sealed record Opened(GitHubReleases Releases, GitHubAssets Assets, ArchiveDownloads Downloads, List<Shelf> Shelves)
    {
        public ShelfAsset? Find(string name) => GitHubReleaseStore.Find(Shelves, name).Asset;
    }
}
