using VenvBuild.Environments;

namespace VenvBuild.Remote;

/// <summary>One environment on its way to shelves: layers, signatures, description, and then the draft that they are in becomes visible.</summary>
internal sealed class GitHubPublishing(GitHubReleases releases, GitHubAssets assets, List<Shelf> shelves, Publication publication, PublishedState state)
{
    // The signatures and the description are never apart from room for them.
    private const int Reserved = 2;

    private int _layersSent;
    private long _bytesSent;

    /// <summary>How many layers were sent.</summary>
    public int LayersSent => _layersSent;

    /// <summary>How many bytes of layers were sent.</summary>
    public long BytesSent => _bytesSent;

    /// <summary>Sends what is missing. False when somebody else published a release of the same tag meanwhile: then all is looked at anew.</summary>
    public async Task<bool> RunAsync(IReadOnlyList<LayerReference> missing, int width, CancellationToken cancellationToken)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = width, CancellationToken = cancellationToken };
        for (var sent = 0; ;)
        {
            var shelf = await WithRoomAsync(cancellationToken).ConfigureAwait(false);
            var batch = missing.Skip(sent).Take(Shelf.Capacity - Reserved - shelf.Assets.Count).ToArray();
            await Parallel.ForEachAsync(batch, options, async (layer, token) => await SendAsync(shelf, layer, token).ConfigureAwait(false)).ConfigureAwait(false);
            sent += batch.Length;
            if (sent == missing.Count)
                await SendDescriptionAsync(shelf, cancellationToken).ConfigureAwait(false);
            if (shelf.IsDraft && !await releases.TryPublishAsync(shelf, cancellationToken).ConfigureAwait(false))
            {
                await releases.DeleteAsync(shelf, cancellationToken).ConfigureAwait(false);
                return false;
            }

            if (sent == missing.Count)
                return true;
            if (!shelves.Contains(shelf))
                shelves.Add(shelf);
        }
    }

    private async Task<Shelf> WithRoomAsync(CancellationToken cancellationToken)
    {
        if (shelves is [.., var last] && last.Assets.Count < Shelf.Capacity - Reserved)
            return last;
        var number = shelves.Count + 1;
        return await releases.FindDraftAsync(number, cancellationToken).ConfigureAwait(false)
            ?? await releases.CreateDraftAsync(number, cancellationToken).ConfigureAwait(false);
    }

    private async Task SendAsync(Shelf shelf, LayerReference layer, CancellationToken cancellationToken)
    {
        var bytes = await assets.PutAsync(
            shelf, GitHubReleaseStore.NameOf(layer.Digest),
            async () => await publication.Layers.OpenAsync(layer, cancellationToken).ConfigureAwait(false) ?? throw PlaceFault.LayerMissing(publication.Layers.Name, layer),
            replaces: false, cancellationToken).ConfigureAwait(false);
        if (bytes == 0)
            return;
        Interlocked.Increment(ref _layersSent);
        Interlocked.Add(ref _bytesSent, bytes);
    }

    private async Task SendDescriptionAsync(Shelf shelf, CancellationToken cancellationToken)
    {
        var key = publication.Manifest.Key;
        if (state.AreSignaturesNew)
            await ReplaceAsync(shelf, GitHubReleaseStore.SignaturesOf(key), state.Signatures, cancellationToken).ConfigureAwait(false);
        if (state.IsManifestNew)
            await ReplaceAsync(shelf, GitHubReleaseStore.ManifestOf(key), state.Manifest, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Puts a small file where its name is, or else on the given shelf; nothing takes it away.</summary>
    private async Task ReplaceAsync(Shelf shelf, string name, ReadOnlyMemory<byte>? bytes, CancellationToken cancellationToken)
    {
        var home = shelves.LastOrDefault(other => other.Assets.ContainsKey(name)) ?? shelf;
        if (bytes is { } content)
        {
            await assets.PutAsync(
                home, name, () => Task.FromResult(new LayerContent(new MemoryStream(content.ToArray()), content.Length)), replaces: true, cancellationToken).ConfigureAwait(false);
        }
        else if (home.Assets.TryRemove(name, out var asset))
        {
            await releases.DeleteAssetAsync(asset, cancellationToken).ConfigureAwait(false);
        }
    }
}
