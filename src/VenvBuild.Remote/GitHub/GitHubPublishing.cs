using VenvBuild.Environments;

namespace VenvBuild.Remote;

/// <summary>One environment on its way to shelves: layers, signatures, description, and then the draft that they are in becomes visible.</summary>
internal sealed class GitHubPublishing(GitHubReleases releases, GitHubAssets assets, List<Shelf> shelves, Publication publication, string place)
{
    // The signatures and the description are never apart from room for them.
    private const int Reserved = 2;
    private const int Rounds = 8;

    // What was taken away to be replaced, and must be in what replaces it.
    private readonly List<ReadOnlyMemory<byte>> _replaced = [];

    private int _layersSent;
    private long _bytesSent;

    /// <summary>How many layers were sent.</summary>
    public int LayersSent => _layersSent;

    /// <summary>How many bytes of layers were sent.</summary>
    public long BytesSent => _bytesSent;

    /// <summary>Called for each layer that was sent.</summary>
    public Action<int>? Sent { get; init; }

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
        if (shelves is [.., var last] && last.IsOpen && last.Assets.Count < Shelf.Capacity - Reserved)
            return last;
        var number = shelves.Count == 0 ? 1 : shelves[^1].Number + 1;
        return await releases.FindDraftAsync(number, cancellationToken).ConfigureAwait(false)
            ?? await releases.CreateDraftAsync(number, cancellationToken).ConfigureAwait(false);
    }

    private async Task SendAsync(Shelf shelf, LayerReference layer, CancellationToken cancellationToken)
    {
        var bytes = await assets.PutAsync(
            shelf, GitHubReleaseStore.NameOf(layer.Digest),
            async () => await publication.Layers.OpenAsync(layer, cancellationToken).ConfigureAwait(false) ?? throw PlaceFault.LayerMissing(publication.Layers.Name, layer),
            replaced: null, cancellationToken).ConfigureAwait(false);
        if (bytes is null)
            return;
        Sent?.Invoke(Interlocked.Increment(ref _layersSent));
        Interlocked.Add(ref _bytesSent, bytes.Value);
    }

    /// <summary>
    /// Puts the signatures, then the description. Each replaces only the very file that was read: where another was quicker, what is there
    /// is read again, so that the signatures of both stay.
    /// </summary>
    private async Task SendDescriptionAsync(Shelf shelf, CancellationToken cancellationToken)
    {
        var key = publication.Manifest.Key;
        var all = shelves.Contains(shelf) ? shelves : [.. shelves, shelf];
        for (var round = 0; round < Rounds; round++)
        {
            var described = await GitHubReleaseStore.FindAsync(all, assets, key, cancellationToken).ConfigureAwait(false);
            if (described is { } found)
            {
                var state = PublishedState.Of(publication, found.Offer, publication.Sign is null ? [] : [.. found.Early, .. _replaced], place);
                if (state.IsSettled
                    || (await TryReplaceAsync(shelf, GitHubReleaseStore.SignaturesOf(key), state.AreSignaturesNew, state.Signatures, found.Offer?.Signatures, cancellationToken).ConfigureAwait(false)
                        && await TryReplaceAsync(shelf, GitHubReleaseStore.ManifestOf(key), state.IsManifestNew, state.Manifest, null, cancellationToken).ConfigureAwait(false)))
                {
                    return;
                }
            }

            // Another has just replaced what was to be read or replaced here.
            if (round > 0)
                await Task.Delay(PlaceClient.PauseAfter(1) * Random.Shared.NextDouble(), cancellationToken).ConfigureAwait(false);
            foreach (var other in all.Where(other => other.IsOpen))
                await assets.RefreshAsync(other, cancellationToken).ConfigureAwait(false);
        }

        throw PlaceFault.Contended(place);
    }

    /// <summary>Puts a small file where its name is and can be replaced, or else on the given shelf; nothing takes it away. False when another is there by now.</summary>
    private async Task<bool> TryReplaceAsync(
        Shelf shelf, string name, bool isNew, ReadOnlyMemory<byte>? bytes, ReadOnlyMemory<byte>? present, CancellationToken cancellationToken)
    {
        if (!isNew)
            return true;
        var home = shelves.LastOrDefault(other => other.IsOpen && other.Assets.ContainsKey(name)) ?? shelf;
        var there = home.Assets.GetValueOrDefault(name);
        if (bytes is not { } content)
        {
            if (home.Assets.TryRemove(name, out var asset))
                await releases.DeleteAssetAsync(asset, cancellationToken).ConfigureAwait(false);
            return true;
        }

        if (there is not null && present is { } signatures)
            _replaced.Add(signatures);
        return await assets.PutAsync(
            home, name, () => Task.FromResult(new LayerContent(new MemoryStream(content.ToArray()), content.Length)), there, cancellationToken).ConfigureAwait(false) is not null;
    }
}
