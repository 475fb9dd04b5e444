using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using VenvBuild.Environments;

namespace VenvBuild.Remote;

/// <summary>
/// The bytes of assets, up and down. Octokit would hold each in memory, so they stream over an HTTP client. A redirect to where the bytes
/// really are is followed without the token.
/// </summary>
internal sealed class GitHubAssets(GitHubRepository repository, GitHubReleases releases, PlaceClient client, string? token, TimeSpan longestWait, GitHubPace? pace)
{
    private const int Attempts = 6;
    private const long MaxLength = (2L << 30) - 1;
    private const int MaxAnswer = 1 << 20;

    /// <summary>How long an upload that was begun and not finished may be somebody's at work.</summary>
    public TimeSpan StarterAge { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long is waited before an upload of somebody else is looked at again.</summary>
    public TimeSpan StarterPause { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A request for the bytes of an asset.</summary>
    public HttpRequestMessage Request(ShelfAsset asset)
    {
        if (token is null)
            return new(HttpMethod.Get, asset.Download);
        var request = new HttpRequestMessage(HttpMethod.Get, asset.Api);
        request.Headers.Authorization = new("Bearer", token);
        request.Headers.Accept.Add(new("application/octet-stream"));
        return request;
    }

    /// <summary>Reads a small asset whole.</summary>
    public async Task<byte[]?> ReadAsync(ShelfAsset asset, int limit, CancellationToken cancellationToken)
    {
        using var answer = await client.SendAsync(() => Request(asset), cancellationToken).ConfigureAwait(false);
        if (answer.StatusCode == HttpStatusCode.NotFound)
            return null;
        if (answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
            throw GitHubFault.Unauthorized(repository, null);
        if (answer.StatusCode != HttpStatusCode.OK)
            throw PlaceFault.Answered(asset.Api, answer.StatusCode);
        try
        {
            return await BoundedBody.ReadAsync(answer, limit, client.StallTimeout, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (PlaceClient.IsBroken(e, cancellationToken))
        {
            throw PlaceFault.Unreachable(asset.Api, e);
        }
    }

    /// <summary>
    /// Puts a file on a shelf. One that is there already stays, unless it is the very one to be replaced; one that was begun and left is
    /// taken away first. Answers how many bytes were sent; null when another file stays.
    /// </summary>
    public async Task<long?> PutAsync(Shelf shelf, string name, Func<Task<LayerContent>> open, ShelfAsset? replaced, CancellationToken cancellationToken)
    {
        var isOwnStarter = false;
        for (var attempt = 1; ; attempt++)
        {
            if (shelf.Assets.TryGetValue(name, out var there))
            {
                if (there.IsWhole && there.Id != replaced?.Id)
                    return null;
                if (!there.IsWhole && !isOwnStarter && attempt < Attempts && DateTimeOffset.UtcNow - there.CreatedAt < StarterAge)
                {
                    // Another may be sending it at this moment.
                    await Task.Delay(StarterPause, cancellationToken).ConfigureAwait(false);
                    await RefreshAsync(shelf, cancellationToken).ConfigureAwait(false);
                    if (attempt < Attempts - 1)
                        continue;
                }

                if (shelf.Assets.TryRemove(name, out var stale))
                    await releases.DeleteAssetAsync(stale, cancellationToken).ConfigureAwait(false);
            }

            using var turn = pace is null ? null : await pace.TakeAsync(cancellationToken).ConfigureAwait(false);
            var (sent, failure, pause, isTaken) = await TrySendAsync(shelf, name, open, cancellationToken).ConfigureAwait(false);
            turn?.Dispose();
            if (failure is null)
                return sent;
            if (attempt >= Attempts)
                throw failure;
            await Task.Delay(pause ?? PlaceClient.PauseAfter(attempt), cancellationToken).ConfigureAwait(false);
            await RefreshAsync(shelf, cancellationToken).ConfigureAwait(false);
            // What a broken upload of ours left is nobody's work; where the name was taken, another may be at it.
            isOwnStarter = !isTaken;
        }
    }

    /// <summary>One attempt. A failure that is returned may pass; one that is thrown will not.</summary>
    private async Task<(long Sent, Exception? Failure, TimeSpan? Pause, bool IsTaken)> TrySendAsync(Shelf shelf, string name, Func<Task<LayerContent>> open, CancellationToken cancellationToken)
    {
        var content = await open().ConfigureAwait(false);
        await using (content.ConfigureAwait(false))
        {
            var length = content.Length ?? throw GitHubFault.NotKept(repository, name, "its length is not known");
            if (length > MaxLength)
                throw GitHubFault.TooLarge(name, length);
            var hashing = new HashingStream(content.Archive);
            await using (hashing.ConfigureAwait(false))
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, shelf.UploadUrl(name)) { Content = new StreamContent(hashing) };
                request.Content.Headers.ContentType = new("application/octet-stream");
                request.Content.Headers.ContentLength = length;
                request.Headers.Accept.Add(new("application/vnd.github+json"));
                request.Headers.Authorization = token is null ? null : new("Bearer", token);
                try
                {
                    using var answer = await client.SendOnceAsync(request, cancellationToken).ConfigureAwait(false);
                    return answer.StatusCode == HttpStatusCode.Created
                        ? await TakeAsync(shelf, name, answer, length, hashing, cancellationToken).ConfigureAwait(false)
                        : await RefusalAsync(shelf, name, answer, cancellationToken).ConfigureAwait(false);
                }
                catch (Exception e) when (PlaceClient.IsBroken(e, cancellationToken))
                {
                    return (0, PlaceFault.Unreachable(shelf.UploadUrl(name), e), null, false);
                }
            }
        }
    }

    private async Task<(long Sent, Exception? Failure, TimeSpan? Pause, bool IsTaken)> TakeAsync(
        Shelf shelf, string name, HttpResponseMessage answer, long length, HashingStream sent, CancellationToken cancellationToken)
    {
        var bytes = await BoundedBody.ReadAsync(answer, MaxAnswer, client.StallTimeout, cancellationToken).ConfigureAwait(false);
        UploadedAsset? kept;
        try
        {
            kept = JsonSerializer.Deserialize(bytes, UploadedAssetJson.Default.UploadedAsset);
        }
        catch (JsonException)
        {
            kept = null;
        }

        if (kept is not { Url: { } url, BrowserDownloadUrl: { } download })
            return (0, GitHubFault.NotKept(repository, name, "its answer cannot be read"), null, false);
        var asset = new ShelfAsset(kept.Id, name, kept.State == "uploaded", DateTimeOffset.UtcNow, new(url), new(download));
        var objection = !asset.IsWhole ? "it is not finished"
            : kept.Name != name ? "it has another name there"
            : kept.Size != length ? string.Create(CultureInfo.InvariantCulture, $"{kept.Size} of {length} bytes arrived")
            : kept.Digest is { } digest && digest != $"sha256:{sent.Digest()}" ? "other bytes arrived"
            : null;
        if (objection is null)
        {
            shelf.Assets[name] = asset;
            return (length, null, null, false);
        }

        await releases.DeleteAssetAsync(asset, cancellationToken).ConfigureAwait(false);
        return (0, GitHubFault.NotKept(repository, name, objection), null, false);
    }

    private async Task<(long Sent, Exception? Failure, TimeSpan? Pause, bool IsTaken)> RefusalAsync(Shelf shelf, string name, HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        var pause = answer.Headers.RetryAfter?.Delta;
        if (answer.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.Forbidden && (pause is not null || answer.StatusCode == HttpStatusCode.TooManyRequests))
        {
            pause ??= TimeSpan.FromSeconds(60);
            var limited = GitHubFault.RateLimited(repository, DateTimeOffset.UtcNow + pause.Value, null);
            return pause > longestWait ? throw limited : (0, limited, pause, false);
        }

        var isTaken = answer.StatusCode == HttpStatusCode.UnprocessableEntity;
        // "Cannot upload assets to an immutable release."
        if (isTaken && Encoding.UTF8.GetString(await BoundedBody.ReadAsync(answer, MaxAnswer, client.StallTimeout, cancellationToken).ConfigureAwait(false)).Contains("immutable", StringComparison.OrdinalIgnoreCase))
        {
            releases.Seal(shelf);
            throw new ShelfGoneException();
        }

        return (0, answer.StatusCode switch
        {
            HttpStatusCode.NotFound when shelf.IsDraft => throw new ShelfGoneException(),
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.NotFound => throw GitHubFault.Unauthorized(repository, null),
            // Most often another has just put it there: the next look at the shelf tells.
            HttpStatusCode.UnprocessableEntity => GitHubFault.NotKept(repository, name, "it refuses it (422), as when a release is full"),
            var status when (int)status >= 500 => PlaceFault.Answered(answer.RequestMessage!.RequestUri!, status),
            var status => throw PlaceFault.Answered(answer.RequestMessage!.RequestUri!, status),
        }, pause, isTaken);
    }

    /// <summary>Looks at what is on a shelf now.</summary>
    public async Task RefreshAsync(Shelf shelf, CancellationToken cancellationToken)
    {
        var assets = await releases.AssetsAsync(shelf.Id, cancellationToken, isDraft: shelf.IsDraft).ConfigureAwait(false);
        var names = assets.Select(asset => asset.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var gone in shelf.Assets.Keys.Where(name => !names.Contains(name)))
            shelf.Assets.TryRemove(gone, out _);
        foreach (var asset in assets)
            shelf.Assets[asset.Name] = asset;
    }
}
