using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using VenvBuild.Environments;
using VenvBuild.Packaging;

namespace VenvBuild.Remote;

/// <summary>
/// Environments in a bucket of S3, or of what speaks as S3 does: the tree of <see cref="EnvironmentFolderStore"/> below a prefix. Without
/// credentials it reads what is public.
/// </summary>
public sealed class EnvironmentBucketStore : IEnvironmentStore, IDisposable
{
    // The least that a part may have is 5 MiB; a part is held in memory so that it can be sent again.
    private const int PartLength = 16 << 20;
    private const int AtOnce = 4;
    private const int MaxAnswer = 1 << 20;
    private const int Rounds = 8;

    private static readonly TimeSpan AbortTime = TimeSpan.FromSeconds(10);

    private readonly PlaceClient _client;
    private readonly ArchiveDownloads _downloads;
    private readonly BucketAddress _address;
    private readonly BucketCredentials? _credentials;

    /// <summary>Uses a bucket.</summary>
    /// <param name="address"><c>s3://bucket/prefix</c>, with <c>?endpoint=</c> and <c>&amp;region=</c> where they are needed.</param>
    /// <param name="cacheFolder">The cache, where parts of archives are kept.</param>
    /// <param name="environment">The environment's variables: credentials, region, endpoint, as for Amazon's own tools.</param>
    /// <exception cref="DiagnosticException">The address is none (exit code 2).</exception>
    public EnvironmentBucketStore(string address, string cacheFolder, Func<string, string?> environment)
        : this(BucketAddress.Parse(address, environment), cacheFolder, BucketCredentials.Find(environment), new())
    {
    }

    internal EnvironmentBucketStore(BucketAddress address, string cacheFolder, BucketCredentials? credentials, PlaceClient client)
    {
        (_address, _credentials, _client) = (address, credentials, client);
        _downloads = new(client, cacheFolder) { ContinuesByMatch = true };
    }

    /// <inheritdoc/>
    public string Name => _address.Name;

    /// <inheritdoc/>
    public bool IsRemote => true;

    /// <summary>Whether a text is a bucket's address.</summary>
    public static bool IsAddress(string text) => BucketAddress.IsAddress(text);

    /// <inheritdoc/>
    public async Task<EnvironmentOffer?> FindEnvironmentAsync(EnvironmentKey key, CancellationToken cancellationToken)
    {
        if (await ReadAsync(EnvironmentTree.ManifestOf(key), EnvironmentManifest.MaxBytes, cancellationToken).ConfigureAwait(false) is not { } manifest)
            return null;
        var signatures = await ReadAsync(EnvironmentTree.SignaturesOf(key), SignatureFile.MaxBytes, cancellationToken).ConfigureAwait(false);
        return new(manifest.Bytes, signatures?.Bytes);
    }

    /// <inheritdoc/>
    public Task<IReadOnlySet<Sha256Digest>> FindAsync(IReadOnlyCollection<LayerReference> layers, CancellationToken cancellationToken) =>
        // A published environment is whole.
        Task.FromResult<IReadOnlySet<Sha256Digest>>(layers.Select(layer => layer.Digest).ToHashSet());

    /// <inheritdoc/>
    public Task<LayerContent?> OpenAsync(LayerReference layer, CancellationToken cancellationToken) =>
        _downloads.OpenAsync(layer, () => Make(HttpMethod.Get, EnvironmentTree.LayerOf(layer.Digest)), cancellationToken);

    /// <inheritdoc/>
    public async Task<PublishOutcome> PublishAsync(Publication publication, CancellationToken cancellationToken)
    {
        if (_credentials is null)
        {
            throw new DiagnosticException(ExitCode.Integrity, Diagnostic.Error(
                SourceCodes.Unauthorized, $"Nothing can be published to {Name} without credentials.", remedy: "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE."));
        }

        var key = publication.Manifest.Key;
        var (moved, bytes) = (0, 0L);
        await Parallel.ForEachAsync(
            publication.Manifest.Layers, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (layer, token) =>
            {
                if (await IsThereAsync(EnvironmentTree.LayerOf(layer.Digest), token).ConfigureAwait(false))
                    return;
                Interlocked.Add(ref bytes, await AddAsync(publication.Layers, layer, token).ConfigureAwait(false));
                var done = Interlocked.Increment(ref moved);
                publication.Progress?.Report(new(done, publication.Manifest.Layers.Count, TimeSpan.Zero));
            }).ConfigureAwait(false);
        var isUnchanged = await DescribeAsync(publication, cancellationToken).ConfigureAwait(false);
        return new(isUnchanged && moved == 0, moved, bytes);
    }

    /// <summary>
    /// Writes the signatures and the description, and answers whether they were there. Each is written only over what was read; where
    /// another was quicker, and once all is written, what is there is read again, until it has what both want.
    /// </summary>
    private async Task<bool> DescribeAsync(Publication publication, CancellationToken cancellationToken)
    {
        var key = publication.Manifest.Key;
        for (var round = 0; ; round++)
        {
            var manifest = await ReadAsync(EnvironmentTree.ManifestOf(key), EnvironmentManifest.MaxBytes, cancellationToken).ConfigureAwait(false);
            var signatures = await ReadAsync(EnvironmentTree.SignaturesOf(key), SignatureFile.MaxBytes, cancellationToken).ConfigureAwait(false);
            var state = manifest is null
                // Another who is about to publish writes its signatures first.
                ? PublishedState.Of(publication, null, publication.Sign is not null && signatures is not null ? [signatures.Value.Bytes] : [], Name)
                : PublishedState.Of(publication, new(manifest.Value.Bytes, signatures?.Bytes), [], Name);
            if (state.IsSettled)
                return round == 0;
            if (round == Rounds)
                throw PlaceFault.Contended(Name);

            if (round > 0)
                await Task.Delay(PlaceClient.PauseAfter(1) * Random.Shared.NextDouble(), cancellationToken).ConfigureAwait(false);
            if (state.AreSignaturesNew && state.Signatures is { } wanted)
            {
                if (!await TryPutAsync(EnvironmentTree.SignaturesOf(key), wanted, "application/jsonl", signatures, cancellationToken).ConfigureAwait(false))
                    continue;
            }
            else if (state.AreSignaturesNew)
            {
                await RemoveAsync(EnvironmentTree.SignaturesOf(key), cancellationToken).ConfigureAwait(false);
            }

            if (state.IsManifestNew)
                await TryPutAsync(EnvironmentTree.ManifestOf(key), state.Manifest, "application/json", manifest, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Puts an object where there was none, or over the very one that was read; false when it is another by now. A service that knows no
    /// such conditions takes the last one that comes.
    /// </summary>
    private async Task<bool> TryPutAsync(string place, ReadOnlyMemory<byte> content, string mediaType, (ReadOnlyMemory<byte> Bytes, EntityTagHeaderValue? Tag)? read, CancellationToken cancellationToken)
    {
        for (var isConditional = read is null || read.Value.Tag is not null; ; isConditional = false)
        {
            using var answer = await _client.SendAsync(() => Make(HttpMethod.Put, place, content, mediaType, isConditional ? read?.Tag ?? EntityTagHeaderValue.Any : null), cancellationToken).ConfigureAwait(false);
            switch (answer.StatusCode)
            {
                case HttpStatusCode.OK:
                    return true;
                case HttpStatusCode.PreconditionFailed or HttpStatusCode.Conflict or HttpStatusCode.NotFound when isConditional:
                    return false;
                case HttpStatusCode.NotImplemented when isConditional:
                    continue;
                default:
                    throw PlaceFault.Answered(answer.RequestMessage!.RequestUri!, answer.StatusCode);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private async Task<long> AddAsync(ILayerSource source, LayerReference layer, CancellationToken cancellationToken)
    {
        var content = await source.OpenAsync(layer, cancellationToken).ConfigureAwait(false) ?? throw PlaceFault.LayerMissing(source.Name, layer);
        await using (content.ConfigureAwait(false))
        {
            var place = EnvironmentTree.LayerOf(layer.Digest);
            var part = new byte[(int)Math.Min(content.Length ?? PartLength, PartLength)];
            var length = await content.Archive.ReadAtLeastAsync(part, part.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            if (length < PartLength)
            {
                await SendAsync(HttpMethod.Put, place, part.AsMemory(0, length), "application/x-tar", cancellationToken).ConfigureAwait(false);
                return length;
            }

            return await AddInPartsAsync(place, content.Archive, part, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Sends a long archive in parts, each of which is sent again where it fails. The object is there once all of them are.</summary>
    private async Task<long> AddInPartsAsync(string place, Stream archive, byte[] part, CancellationToken cancellationToken)
    {
        var begun = await SendAsync(HttpMethod.Post, $"{place}?uploads", default, "application/x-tar", cancellationToken).ConfigureAwait(false);
        var upload = Uri.EscapeDataString(Between(begun.Body, "<UploadId>", "</UploadId>") ?? throw PlaceFault.Answered(new(_address.Root, place), HttpStatusCode.OK));
        try
        {
            var (total, tags) = (0L, new StringBuilder("<CompleteMultipartUpload>"));
            var length = part.Length;
            for (var number = 1; length > 0; number++)
            {
                var sent = await SendAsync(
                    HttpMethod.Put, string.Create(CultureInfo.InvariantCulture, $"{place}?partNumber={number}&uploadId={upload}"), part.AsMemory(0, length), null, cancellationToken).ConfigureAwait(false);
                tags.Append(CultureInfo.InvariantCulture, $"<Part><PartNumber>{number}</PartNumber><ETag>{WebUtility.HtmlEncode(sent.Tag)}</ETag></Part>");
                total += length;
                length = await archive.ReadAtLeastAsync(part, part.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            }

            var list = Encoding.UTF8.GetBytes(tags.Append("</CompleteMultipartUpload>").ToString());
            var done = await SendAsync(HttpMethod.Post, $"{place}?uploadId={upload}", list, "application/xml", cancellationToken).ConfigureAwait(false);
            // The service says yes at once, so that the connection stays, and may change its mind in the body.
            if (!done.Body.Contains("<CompleteMultipartUploadResult", StringComparison.Ordinal))
                throw PlaceFault.Answered(new(_address.Root, place), HttpStatusCode.InternalServerError);
            return total;
        }
        catch
        {
            await EndAsync($"{place}?uploadId={upload}").ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Takes back what an upload left, which is paid for while it is there.</summary>
    private async Task EndAsync(string place)
    {
        using var patience = new CancellationTokenSource(AbortTime);
        try
        {
            using var request = Make(HttpMethod.Delete, place);
            using var answer = await _client.SendOnceAsync(request, patience.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            // What failed before is the news; a rule of the bucket's ends what is left.
        }
    }

    private async Task<bool> IsThereAsync(string place, CancellationToken cancellationToken)
    {
        using var answer = await _client.SendAsync(() => Make(HttpMethod.Head, place), cancellationToken).ConfigureAwait(false);
        return answer.StatusCode switch
        {
            HttpStatusCode.OK => true,
            HttpStatusCode.NotFound => false,
            _ => throw PlaceFault.Answered(answer.RequestMessage!.RequestUri!, answer.StatusCode),
        };
    }

    private async Task RemoveAsync(string place, CancellationToken cancellationToken)
    {
        using var answer = await _client.SendAsync(() => Make(HttpMethod.Delete, place), cancellationToken).ConfigureAwait(false);
        if (answer.StatusCode is not (HttpStatusCode.NoContent or HttpStatusCode.OK or HttpStatusCode.NotFound))
            throw PlaceFault.Answered(answer.RequestMessage!.RequestUri!, answer.StatusCode);
    }

    private async Task<(ReadOnlyMemory<byte> Bytes, EntityTagHeaderValue? Tag)?> ReadAsync(string place, int limit, CancellationToken cancellationToken)
    {
        using var answer = await _client.SendAsync(() => Make(HttpMethod.Get, place), cancellationToken).ConfigureAwait(false);
        var url = answer.RequestMessage!.RequestUri!;
        try
        {
            // Who may read and not list is told that what is missing is forbidden.
            if (answer.StatusCode == HttpStatusCode.NotFound || (answer.StatusCode == HttpStatusCode.Forbidden && _credentials is null))
                return null;
            if (answer.StatusCode != HttpStatusCode.OK)
                throw PlaceFault.Answered(url, answer.StatusCode);
            return (await BoundedBody.ReadAsync(answer, limit, _client.StallTimeout, cancellationToken).ConfigureAwait(false), answer.Headers.ETag);
        }
        catch (Exception e) when (PlaceClient.IsBroken(e, cancellationToken))
        {
            throw PlaceFault.Unreachable(url, e);
        }
    }

    private async Task<(string Body, string Tag)> SendAsync(HttpMethod method, string place, ReadOnlyMemory<byte> content, string? mediaType, CancellationToken cancellationToken)
    {
        using var answer = await _client.SendAsync(() => Make(method, place, content, mediaType), cancellationToken).ConfigureAwait(false);
        var url = answer.RequestMessage!.RequestUri!;
        if (answer.StatusCode != HttpStatusCode.OK)
            throw PlaceFault.Answered(url, answer.StatusCode);
        try
        {
            var body = await BoundedBody.ReadAsync(answer, MaxAnswer, _client.StallTimeout, cancellationToken).ConfigureAwait(false);
            return (Encoding.UTF8.GetString(body), answer.Headers.ETag?.Tag ?? "");
        }
        catch (Exception e) when (PlaceClient.IsBroken(e, cancellationToken))
        {
            throw PlaceFault.Unreachable(url, e);
        }
    }

    private HttpRequestMessage Make(HttpMethod method, string place) => Sign(new(method, new Uri(_address.Root, place)), RequestSignature.EmptyPayload);

    /// <param name="method">The method.</param>
    /// <param name="place">Where, below the prefix.</param>
    /// <param name="content">What is sent.</param>
    /// <param name="mediaType">Its kind.</param>
    /// <param name="only">The object that must be there, or <see cref="EntityTagHeaderValue.Any"/> when there must be none; null when it does not matter.</param>
    private HttpRequestMessage Make(HttpMethod method, string place, ReadOnlyMemory<byte> content, string? mediaType, EntityTagHeaderValue? only = null)
    {
        var request = new HttpRequestMessage(method, new Uri(_address.Root, place)) { Content = new ReadOnlyMemoryContent(content) };
        if (only == EntityTagHeaderValue.Any)
            request.Headers.IfNoneMatch.Add(only);
        else if (only is not null)
            request.Headers.IfMatch.Add(only);
        if (mediaType is not null)
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(mediaType);
        return Sign(request, RequestSignature.Hex(SHA256.HashData(content.Span)));
    }

    private HttpRequestMessage Sign(HttpRequestMessage request, string payloadSha256)
    {
        if (_credentials is { } credentials)
            RequestSignature.Sign(request, payloadSha256, credentials, _address.Region, DateTimeOffset.UtcNow);
        return request;
    }

    private static string? Between(string text, string start, string end) =>
        text.IndexOf(start, StringComparison.Ordinal) is >= 0 and var from && text.IndexOf(end, from, StringComparison.Ordinal) is > 0 and var to ? text[(from + start.Length)..to] : null;
}
