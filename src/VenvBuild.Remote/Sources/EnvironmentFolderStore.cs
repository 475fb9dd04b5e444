using VenvBuild.Environments;
using VenvBuild.Packaging;

namespace VenvBuild.Remote;

/// <summary>A folder of environments: a share, a checkout, what a web server serves as a static tree, or what a server exported of itself.</summary>
/// <param name="root">The folder; it is made when something is published.</param>
public sealed class EnvironmentFolderStore(string root) : IEnvironmentStore
{
    private readonly string _root = Path.GetFullPath(root);
    private readonly LayerFolder _layers = new(Path.Combine(Path.GetFullPath(root), "layers"));

    /// <inheritdoc/>
    public string Name => _root;

    /// <inheritdoc/>
    public bool IsRemote => false;

    /// <inheritdoc/>
    public async Task<EnvironmentOffer?> FindEnvironmentAsync(EnvironmentKey key, CancellationToken cancellationToken)
    {
        // Whoever publishes writes the signatures before the description: who finds the description finds them.
        var manifest = await ReadAsync(EnvironmentTree.ManifestOf(key), EnvironmentManifest.MaxBytes, cancellationToken).ConfigureAwait(false);
        if (manifest is null)
            return await FindServedAsync(key, cancellationToken).ConfigureAwait(false);
        var signatures = await ReadAsync(EnvironmentTree.SignaturesOf(key), SignatureFile.MaxBytes, cancellationToken).ConfigureAwait(false);
        return new(manifest, signatures is null ? null : new ReadOnlyMemory<byte>(signatures));
    }

    /// <inheritdoc/>
    public async Task<IReadOnlySet<Sha256Digest>> FindAsync(IReadOnlyCollection<LayerReference> layers, CancellationToken cancellationToken)
    {
        var found = await _layers.FindAsync(layers, cancellationToken).ConfigureAwait(false);
        return layers.Select(layer => layer.Digest).Where(digest => found.Contains(digest) || File.Exists(PathOf(EnvironmentTree.ServedLayerOf(digest)))).ToHashSet();
    }

    /// <inheritdoc/>
    public async Task<LayerContent?> OpenAsync(LayerReference layer, CancellationToken cancellationToken)
    {
        if (await _layers.OpenAsync(layer, cancellationToken).ConfigureAwait(false) is { } content)
            return content;
        var path = PathOf(EnvironmentTree.ServedLayerOf(layer.Digest));
        try
        {
            var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0, FileOptions.SequentialScan);
            return new(file, file.Length);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw PlaceFault.Unreadable(path, e);
        }
    }

    /// <inheritdoc/>
    public async Task<PublishOutcome> PublishAsync(Publication publication, CancellationToken cancellationToken)
    {
        var key = publication.Manifest.Key;
        // Whoever reads this as a tree looks for layers here, not where a server has them.
        var there = await _layers.FindAsync(publication.Manifest.Layers, cancellationToken).ConfigureAwait(false);
        var (moved, bytes) = (0, 0L);
        var missing = publication.Manifest.Layers.Where(layer => !there.Contains(layer.Digest)).ToList();
        // Making archives small is the processors' work.
        var width = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(missing, width, async (layer, token) =>
        {
            Interlocked.Add(ref bytes, await AddAsync(publication.Layers, layer, token).ConfigureAwait(false));
            var done = Interlocked.Increment(ref moved);
            publication.Progress?.Report(new(done, missing.Count, TimeSpan.Zero));
        }).ConfigureAwait(false);

        // One at a time: of two who sign, each must see the other's signature to add its own.
        using var turn = await TakeTurnAsync(key, cancellationToken).ConfigureAwait(false);
        var state = PublishedState.Of(publication, await FindEnvironmentAsync(key, cancellationToken).ConfigureAwait(false), [], _root);
        if (state.AreSignaturesNew && state.Signatures is { } signatures)
            await WriteAsync(EnvironmentTree.SignaturesOf(key), signatures, cancellationToken).ConfigureAwait(false);
        else if (state.AreSignaturesNew)
            File.Delete(PathOf(EnvironmentTree.SignaturesOf(key)));
        if (state.IsManifestNew)
            await WriteAsync(EnvironmentTree.ManifestOf(key), state.Manifest, cancellationToken).ConfigureAwait(false);
        return new(moved == 0 && state.IsSettled, moved, bytes);
    }

    private async Task<ProcessLock> TakeTurnAsync(EnvironmentKey key, CancellationToken cancellationToken)
    {
        var folder = Path.Combine(_root, "environments", ".locks");
        try
        {
            return await ProcessLock.AcquireAsync(folder, key.ToString(), waiting: null, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw PlaceFault.Unwritable(folder, e);
        }
    }

    /// <summary>Keeps what another place gave under a key, without layers, so that it can be held against the policy again when nobody can be asked.</summary>
    /// <exception cref="DiagnosticException">The folder cannot be written (exit code 4).</exception>
    public async Task KeepAsync(EnvironmentKey key, EnvironmentOffer offer, CancellationToken cancellationToken)
    {
        if (offer.Signatures is { } signatures)
            await WriteAsync(EnvironmentTree.SignaturesOf(key), signatures, cancellationToken).ConfigureAwait(false);
        else
            PlaceFault.TryDelete(PathOf(EnvironmentTree.SignaturesOf(key)));
        await WriteAsync(EnvironmentTree.ManifestOf(key), offer.Manifest, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What a server exported of an environment, or null.</summary>
    private async Task<EnvironmentOffer?> FindServedAsync(EnvironmentKey key, CancellationToken cancellationToken)
    {
        var place = EnvironmentTree.StatusOf(key);
        return await ReadAsync(place, EnvironmentServerSource.MaxStatusBytes, cancellationToken).ConfigureAwait(false) is { } bytes
            ? EnvironmentServerSource.OfferOf(bytes) ?? throw new DiagnosticException(ExitCode.Integrity, Diagnostic.Error(
                SourceCodes.Failed, $"'{PathOf(place)}' says nothing about an environment.", remedy: "Export the server's tree anew, or name another source."))
            : null;
    }

    private async Task<long> AddAsync(ILayerSource source, LayerReference layer, CancellationToken cancellationToken)
    {
        var content = await source.OpenAsync(layer, cancellationToken).ConfigureAwait(false) ?? throw PlaceFault.LayerMissing(source.Name, layer);
        await using (content.ConfigureAwait(false))
        {
            return await WriteAsync(EnvironmentTree.LayerOf(layer.Digest), async file =>
            {
                await content.Archive.CopyToAsync(file, cancellationToken).ConfigureAwait(false);
                return file.Length;
            }).ConfigureAwait(false);
        }
    }

    private Task<long> WriteAsync(string place, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => WriteAsync(place, async file =>
    {
        await file.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
        return file.Length;
    });

    private async Task<long> WriteAsync(string place, Func<FileStream, Task<long>> write)
    {
        var path = PathOf(place);
        var sibling = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            long length;
            var file = new FileStream(sibling, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16);
            await using (file.ConfigureAwait(false))
            {
                length = await write(file).ConfigureAwait(false);
                await file.FlushAsync().ConfigureAwait(false);
                RandomAccess.FlushToDisk(file.SafeFileHandle);
            }

            File.Move(sibling, path, overwrite: true);
            return length;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw PlaceFault.Unwritable(path, e);
        }
        finally
        {
            PlaceFault.TryDelete(sibling);
        }
    }

    private async Task<byte[]?> ReadAsync(string place, int limit, CancellationToken cancellationToken)
    {
        var path = PathOf(place);
        try
        {
            return new FileInfo(path) is { Exists: true, Length: var length } && length > limit
                ? throw PlaceFault.TooLarge(path, limit)
                : await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw PlaceFault.Unreadable(path, e);
        }
    }

    private string PathOf(string place) => Path.Combine(_root, place);
}
