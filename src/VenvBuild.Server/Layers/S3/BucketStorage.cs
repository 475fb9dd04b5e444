using System.Runtime.CompilerServices;
using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using VenvBuild.Environments;
using VenvBuild.Packaging;

namespace VenvBuild.Server;

/// <summary>Archives as objects of a bucket, at the keys at which a published tree has them (<c>layers/ab/abcd....tar.zst</c>).</summary>
internal sealed class BucketStorage : ILayerStorage, IDisposable
{
    private const int LooksAtOnce = 32;

    private readonly BucketSettings _settings;
    private readonly AmazonS3Client _client;
    private readonly AmazonS3Client _links;
    private readonly TimeProvider _clock;

    public BucketStorage(BucketSettings settings, TimeProvider clock)
    {
        (_settings, _clock) = (settings, clock);
        try
        {
            _client = Connect(settings.Endpoint);
            _links = settings.PublicEndpoint is null ? _client : Connect(settings.PublicEndpoint);
        }
        catch (AmazonClientException e)
        {
            // No region, or a profile that cannot be read.
            throw BucketFault.Of(e, settings);
        }
    }

    public string Name => _settings.ToString();

    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        try
        {
            // Listing needs bucket and key to be right; who asks for the bucket's head alone is not told why it fails. There is nothing below this.
            await _client.ListObjectsV2Async(new() { BucketName = _settings.Bucket, Prefix = $"{_settings.Prefix}layers/ready", MaxKeys = 1 }, cancellationToken);
        }
        catch (Exception e) when (BucketFault.IsBucket(e))
        {
            throw BucketFault.Of(e, _settings);
        }
    }

    public async Task<IReadOnlySet<Sha256Digest>> FindAsync(IReadOnlyCollection<Sha256Digest> digests, CancellationToken cancellationToken)
    {
        var found = new HashSet<Sha256Digest>();
        await Parallel.ForEachAsync(digests, new ParallelOptions { MaxDegreeOfParallelism = LooksAtOnce, CancellationToken = cancellationToken }, async (digest, token) =>
        {
            if (await FindLengthAsync(digest, token) is null)
                return;
            lock (found)
                found.Add(digest);
        });
        return found;
    }

    public async Task<Stream?> OpenAsync(Sha256Digest digest, CancellationToken cancellationToken) =>
        await FindLengthAsync(digest, cancellationToken) is { } length ? new BucketReading((from, token) => ReadAsync(digest, from, token), length) : null;

    public async Task<T> AddAsync<T>(Sha256Digest digest, Func<Stream, Task<T>> write, CancellationToken cancellationToken)
    {
        try
        {
            await using var upload = new BucketWriting(_client, _settings.Bucket, KeyOf(digest), cancellationToken);
            var written = await write(upload);
            await upload.CompleteAsync();
            return written;
        }
        catch (Exception e) when (BucketFault.IsBucket(e))
        {
            throw BucketFault.Of(e, _settings);
        }
    }

    public async Task RemoveAsync(Sha256Digest digest, CancellationToken cancellationToken)
    {
        try
        {
            await _client.DeleteObjectAsync(_settings.Bucket, KeyOf(digest), cancellationToken);
        }
        catch (Exception e) when (BucketFault.IsBucket(e))
        {
            throw BucketFault.Of(e, _settings);
        }
    }

    public async IAsyncEnumerable<StoredArchive> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var request = new ListObjectsV2Request { BucketName = _settings.Bucket, Prefix = $"{_settings.Prefix}layers/" };
        do
        {
            ListObjectsV2Response page;
            try
            {
                page = await _client.ListObjectsV2Async(request, cancellationToken);
            }
            catch (Exception e) when (BucketFault.IsBucket(e))
            {
                throw BucketFault.Of(e, _settings);
            }

            foreach (var item in page.S3Objects ?? [])
            {
                var name = item.Key[(item.Key.LastIndexOf('/') + 1)..];
                if (name.EndsWith(LayerArchive.FileSuffix, StringComparison.Ordinal) && Sha256Digest.TryParse(name.AsSpan(0, name.Length - LayerArchive.FileSuffix.Length), out var digest))
                    yield return new(digest, item.Size ?? 0, item.LastModified is { } time ? new(time.ToUniversalTime()) : default);
            }

            request.ContinuationToken = page.IsTruncated == true ? page.NextContinuationToken : null;
        }
        while (request.ContinuationToken is not null);
    }

    public async Task<Uri?> LinkAsync(Sha256Digest digest, bool isHead)
    {
        if (!_settings.Redirects)
            return null;
        try
        {
            return new(await _links.GetPreSignedURLAsync(new()
            {
                BucketName = _settings.Bucket,
                Key = KeyOf(digest),
                Verb = isHead ? HttpVerb.HEAD : HttpVerb.GET,
                Expires = (_clock.GetUtcNow() + _settings.LinkLife).UtcDateTime,
                // The SDK says https whatever the endpoint's scheme is.
                Protocol = (_settings.PublicEndpoint ?? _settings.Endpoint)?.Scheme == Uri.UriSchemeHttp ? Protocol.HTTP : Protocol.HTTPS,
            }));
        }
        catch (Exception e) when (BucketFault.IsBucket(e))
        {
            throw BucketFault.Of(e, _settings);
        }
    }

    /// <summary>Ends uploads that began before a time and were never completed: their writers died, and their parts cost space.</summary>
    /// <returns>How many there were.</returns>
    public async Task<int> AbortStaleAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        var count = 0;
        try
        {
            var request = new ListMultipartUploadsRequest { BucketName = _settings.Bucket, Prefix = $"{_settings.Prefix}layers/" };
            while (true)
            {
                var page = await _client.ListMultipartUploadsAsync(request, cancellationToken);
                foreach (var upload in (page.MultipartUploads ?? []).Where(upload => upload.Initiated?.ToUniversalTime() < before.UtcDateTime))
                {
                    await _client.AbortMultipartUploadAsync(_settings.Bucket, upload.Key, upload.UploadId, cancellationToken);
                    count++;
                }

                if (page.IsTruncated != true)
                    return count;
                (request.KeyMarker, request.UploadIdMarker) = (page.NextKeyMarker, page.NextUploadIdMarker);
            }
        }
        catch (Exception e) when (BucketFault.IsBucket(e))
        {
            throw BucketFault.Of(e, _settings);
        }
    }

    public void Dispose()
    {
        _client.Dispose();
        _links.Dispose();
    }

    internal string KeyOf(Sha256Digest digest) => $"{_settings.Prefix}layers/{LayerFolder.PlaceOf(digest)}";

    private async Task<long?> FindLengthAsync(Sha256Digest digest, CancellationToken cancellationToken)
    {
        try
        {
            return (await _client.GetObjectMetadataAsync(_settings.Bucket, KeyOf(digest), cancellationToken)).ContentLength;
        }
        catch (AmazonS3Exception e) when (e.StatusCode == System.Net.HttpStatusCode.NotFound)
        {
            // A head's answer has no body, so that a bucket that is missing looks the same.
            return null;
        }
        catch (Exception e) when (BucketFault.IsBucket(e))
        {
            throw BucketFault.Of(e, _settings);
        }
    }

    private async Task<Stream> ReadAsync(Sha256Digest digest, long from, CancellationToken cancellationToken)
    {
        try
        {
            var request = new GetObjectRequest { BucketName = _settings.Bucket, Key = KeyOf(digest) };
            if (from > 0)
                request.ByteRange = new ByteRange(from, long.MaxValue);
            return (await _client.GetObjectAsync(request, cancellationToken)).ResponseStream;
        }
        catch (Exception e) when (BucketFault.IsBucket(e))
        {
            throw BucketFault.Of(e, _settings);
        }
    }

    private AmazonS3Client Connect(Uri? endpoint)
    {
        var config = new AmazonS3Config
        {
            ForcePathStyle = _settings.IsPathStyle,
            Timeout = TimeSpan.FromSeconds(100),
            ConnectTimeout = TimeSpan.FromSeconds(5),
            MaxErrorRetry = 3,
            // Bodies are signed by their SHA-256, which the service checks; the checksums that the SDK would add since version 4, in
            // trailers of chunked bodies, are beyond many a service that speaks as S3 does.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        };
        if (endpoint is not null)
        {
            config.ServiceURL = endpoint.AbsoluteUri;
            config.AuthenticationRegion = _settings.Region ?? "us-east-1";
        }
        else if (_settings.Region is { } region)
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(region);
        }

        return _settings.AccessKey is { } key ? new(new BasicAWSCredentials(key, _settings.SecretKey), config) : new(config);
    }
}
