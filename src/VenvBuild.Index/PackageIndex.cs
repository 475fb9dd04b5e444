using VenvBuild.Packaging;
using VenvBuild.Resolver;

namespace VenvBuild.Index;

/// <summary>
/// Where packages come from in one run: indexes, folders and pages in order, over a cache that all processes share. What it has answered
/// it answers again, so that a run sees one state of the world. Safe for use by many threads.
/// </summary>
public sealed class PackageIndex : IPackageSource, IWithheldReleases, IAsyncDisposable
{
    private readonly Fetcher _fetcher;
    private readonly PinnedEntries _pinned;
    private readonly PageSource _pages;
    private readonly ReleaseSource _releaseSource;
    private readonly MetadataSource _metadataSource;
    private readonly DirectSource _directSource;
    private readonly ProvenanceSource _provenanceSource;
    private readonly Downloader _downloader;
    private readonly BackgroundWork _background = new();
    private readonly Prefetcher _prefetcher;
    private readonly SingleFlight<PackageName, ReleaseList> _releases = new();
    private readonly SingleFlight<(PackageName, string), Release> _direct = new();
    private readonly SingleFlight<(string Url, Sha256Digest? Digest, MetadataDetail Detail), ReleaseMetadata> _metadata = new();
    private readonly SingleFlight<(PackageName, string, Sha256Digest), IndexFile?> _finds = new();
    private bool _isDisposed;

    /// <summary>Makes ready; nothing is asked for yet.</summary>
    public PackageIndex(IndexOptions options)
    {
        Options = options;
        var cache = new CacheWriter(options.Cache, options.Report);
        var askers = new AskerList(options);
        _fetcher = new(options);
        _pinned = new(options, cache);
        _pages = new(options, _fetcher, cache, _pinned);
        _releaseSource = new(options, _pages, [.. options.FindLinks.Select(links => new LinkSource(links, options, _fetcher, cache))]);
        _downloader = new(options, _fetcher, askers);
        _metadataSource = new(options, _fetcher, _downloader, cache, _pinned, askers);
        _directSource = new(options, _fetcher, cache, askers);
        _provenanceSource = new(options, _fetcher, cache, askers);
        _prefetcher = new(this, _background);
    }

    /// <summary>Whether a failure means only that nothing may be fetched and the cache does not have it.</summary>
    public static bool IsNotCached(DiagnosticException failure) => failure.Diagnostics[0].Code == IndexCodes.OfflineNotCached;

    /// <summary>What it was made with.</summary>
    public IndexOptions Options { get; }

    /// <inheritdoc/>
    public ValueTask<ReleaseList> GetReleasesAsync(PackageName name, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return _releases.GetAsync(name, asked => _releaseSource.GetAsync(asked, _background.Stopping), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<Release> GetDirectAsync(PackageName name, string address, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return _direct.GetAsync((name, address), _ => ReadDirectAsync(name, address), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<ReleaseMetadata> GetMetadataAsync(Release release, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (release.Direct is { IsFolder: true } folder)
            return new(_directSource.MetadataOf(folder));
        var files = MetadataChoice.Of(release.Files);
        return files.Count == 1 ? GetMetadataAsync(files[0], cancellationToken) : FirstUsableAsync(files, cancellationToken);
    }

    /// <summary>
    /// The core metadata of one file: from the cache where it was read before from the same address with the same digest, else fetched. A
    /// wheel's is that of its metadata file (PEP 658) or of the wheel itself; an sdist's is given only where no build can change it.
    /// </summary>
    /// <exception cref="DiagnosticException">The index failed, or answered what cannot be trusted.</exception>
    public ValueTask<ReleaseMetadata> GetMetadataAsync(IndexFile file, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return ReadMetadataAsync(file, MetadataDetail.Resolving, cancellationToken);
    }

    /// <summary>As <see cref="GetMetadataAsync(IndexFile, CancellationToken)"/>, with the fields for people (licence, summary, addresses), but the description.</summary>
    /// <exception cref="DiagnosticException">The index failed, or answered what cannot be trusted.</exception>
    public ValueTask<ReleaseMetadata> DescribeAsync(IndexFile file, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return ReadMetadataAsync(file, MetadataDetail.Everything, cancellationToken);
    }

    /// <summary>
    /// The file that holds a release's core metadata, as the index has it beside the wheel that speaks for the release (PEP 658). It is of
    /// the digest that the index states.
    /// </summary>
    /// <returns>The file; null where the index states no digest of one, or does not have what it promises.</returns>
    /// <exception cref="DiagnosticException">The index failed, or answered what cannot be trusted.</exception>
    public async ValueTask<byte[]?> GetMetadataFileAsync(Release release, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(_background.Stopping, cancellationToken);
        return MetadataChoice.Of(release.Files) is [{ Wheel: not null } file, ..] ? await _metadataSource.GetFileAsync(file, linked.Token).ConfigureAwait(false) : null;
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<WithheldRelease>> GetWithheldAsync(PackageName name, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(_background.Stopping, cancellationToken);
        return await _releaseSource.GetWithheldAsync(name, linked.Token).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Prefetch(PackageName name, VersionSpecifiers specifiers) => _prefetcher.Start(name, specifiers);

    /// <summary>
    /// Brings a file, hashed on its way, to a stream. A transfer that breaks off is resumed; a wrong file is fetched anew where the stream
    /// can be emptied, and refused otherwise.
    /// </summary>
    /// <param name="url">Where it is: http, https or <c>file:</c>. Credentials of the index at the same host go with the request.</param>
    /// <param name="digest">What it must be, or null where nobody promised anything.</param>
    /// <param name="size">Its length in bytes, where that is known; no more is read.</param>
    /// <param name="destination">Takes the bytes from its current position on. On failure, what it holds must not be used.</param>
    /// <param name="cancellationToken">Stops the transfer.</param>
    /// <returns>The file's digest.</returns>
    /// <exception cref="DiagnosticException">The file is not there, cannot be had, or is not what was promised.</exception>
    public async Task<Sha256Digest> DownloadAsync(Uri url, Sha256Digest? digest, long? size, Stream destination, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        var name = Uri.UnescapeDataString(url.AbsolutePath[(url.AbsolutePath.LastIndexOf('/') + 1)..]);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(_background.Stopping, cancellationToken);
        return await _downloader.DownloadAsync(url, digest, size, destination, $"the file {name}", linked.Token).ConfigureAwait(false);
    }

    /// <summary>As <see cref="DownloadAsync"/>, where it need not be there: false when its server has no such file, and nothing was written.</summary>
    /// <exception cref="DiagnosticException">The file cannot be had, or is not what was promised.</exception>
    public async Task<bool> TryDownloadAsync(Uri url, Sha256Digest digest, long? size, Stream destination, CancellationToken cancellationToken)
    {
        try
        {
            await DownloadAsync(url, digest, size, destination, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (DiagnosticException missing) when (missing.Diagnostics[0].Code == IndexCodes.FileMissing)
        {
            return false;
        }
    }

    /// <summary>
    /// Finds a file by name and digest, wherever a mirror keeps it: on the first of the indexes that may be asked for the project and has
    /// the file, else in the find-links places. Neither yanking nor <see cref="IndexOptions.ExcludeNewer"/> hides it.
    /// </summary>
    /// <returns>The file as it is listed, or null when nobody lists it.</returns>
    /// <exception cref="DiagnosticException">An index failed, or lists another file by that name.</exception>
    public Task<IndexFile?> FindFileAsync(PackageName name, string fileName, Sha256Digest digest, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return _finds.GetAsync(
            (name, fileName, digest), _ => _releaseSource.FindFileAsync(name, fileName, digest, _background.Stopping), cancellationToken).AsTask();
    }

    /// <summary>
    /// What the index offers as the provenance of a file (PEP 740), as it is: from the cache where it was read before for the same bytes, else
    /// fetched.
    /// </summary>
    /// <returns>The provenance, or null where the index offers none.</returns>
    /// <exception cref="DiagnosticException">The index failed, or sent more than a provenance can be.</exception>
    public async ValueTask<byte[]?> GetProvenanceAsync(IndexFile file, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(_background.Stopping, cancellationToken);
        return await _provenanceSource.GetAsync(file, linked.Token).ConfigureAwait(false);
    }

    /// <summary>Stops all that runs ahead and closes the connections.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        await _background.DisposeAsync().ConfigureAwait(false);
        await _releases.DrainAsync().ConfigureAwait(false);
        await _direct.DrainAsync().ConfigureAwait(false);
        await _metadata.DrainAsync().ConfigureAwait(false);
        await _finds.DrainAsync().ConfigureAwait(false);
        _metadataSource.Save();
        _pinned.Save();
        _fetcher.Dispose();
    }

    private ValueTask<ReleaseMetadata> ReadMetadataAsync(IndexFile file, MetadataDetail detail, CancellationToken cancellationToken) => _metadata.GetAsync(
        (file.Url.AbsoluteUri, file.Sha256, detail), asked => _metadataSource.GetAsync(file, asked.Detail, _background.Stopping).AsTask(), cancellationToken);

    private async Task<Release> ReadDirectAsync(PackageName name, string address)
    {
        var release = await _directSource.GetAsync(name, address, _background.Stopping).ConfigureAwait(false);
        var answer = await GetMetadataAsync(release, _background.Stopping).ConfigureAwait(false);
        return answer.Metadata is not null
            ? release
            : throw DirectSource.NeedsBuild(name, address, release.Files[0].Wheel is null ? $"it is {answer.Problem}" : answer.Problem!);
    }

    private async ValueTask<ReleaseMetadata> FirstUsableAsync(IReadOnlyList<IndexFile> files, CancellationToken cancellationToken)
    {
        ReleaseMetadata? first = null;
        foreach (var file in files)
        {
            var answer = await GetMetadataAsync(file, cancellationToken).ConfigureAwait(false);
            if (answer.Metadata is not null)
                return answer;
            first ??= answer;
        }

        return first!;
    }
}
