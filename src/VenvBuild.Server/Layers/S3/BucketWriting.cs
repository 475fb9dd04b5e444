using Amazon.S3;
using Amazon.S3.Model;

namespace VenvBuild.Server;

/// <summary>
/// An object that is being written: in parts as they fill, so that memory is bounded by one part, and not at its key before it is
/// completed. One that was not is ended with all its parts.
/// </summary>
internal sealed class BucketWriting(AmazonS3Client client, string bucket, string key, CancellationToken cancellationToken) : Stream
{
    /// <summary>The length of a part; the service takes none below 5 MiB but the last, and 10,000 in all.</summary>
    public const int PartLength = 8 << 20;

    private static readonly TimeSpan AbortTime = TimeSpan.FromSeconds(10);

    private readonly MemoryStream _part = new();
    private readonly List<PartETag> _parts = [];
    private string? _upload;
    private bool _isComplete;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken token = default)
    {
        while (!buffer.IsEmpty)
        {
            var taken = Math.Min(buffer.Length, PartLength - (int)_part.Length);
            _part.Write(buffer.Span[..taken]);
            buffer = buffer[taken..];
            if (_part.Length == PartLength)
                await SendPartAsync();
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken token) => WriteAsync(buffer.AsMemory(offset, count), token).AsTask();

    /// <summary>Makes the object visible, whole.</summary>
    public async Task CompleteAsync()
    {
        if (_upload is null)
        {
            _part.Position = 0;
            var put = new PutObjectRequest { BucketName = bucket, Key = key, InputStream = _part, AutoCloseStream = false, UseChunkEncoding = false, ContentType = LayersEndpoints.MediaType };
            (put.Headers.ContentEncoding, put.Headers.CacheControl) = (LayersEndpoints.Packing, LayersEndpoints.Immutable);
            await client.PutObjectAsync(put, cancellationToken);
        }
        else
        {
            if (_part.Length > 0)
                await SendPartAsync();
            await client.CompleteMultipartUploadAsync(new() { BucketName = bucket, Key = key, UploadId = _upload, PartETags = _parts }, cancellationToken);
        }

        _isComplete = true;
    }

    public override async ValueTask DisposeAsync()
    {
        if (_upload is not null && !_isComplete)
        {
            using var patience = new CancellationTokenSource(AbortTime);
            try
            {
                await client.AbortMultipartUploadAsync(bucket, key, _upload, patience.Token);
            }
            catch (Exception e) when (BucketFault.IsBucket(e) || e is OperationCanceledException)
            {
                // What stays is swept when it has grown old; what failed before is the news.
            }
        }

        await _part.DisposeAsync();
        await base.DisposeAsync();
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private async Task SendPartAsync()
    {
        if (_upload is null)
        {
            var begin = new InitiateMultipartUploadRequest { BucketName = bucket, Key = key, ContentType = LayersEndpoints.MediaType };
            (begin.Headers.ContentEncoding, begin.Headers.CacheControl) = (LayersEndpoints.Packing, LayersEndpoints.Immutable);
            _upload = (await client.InitiateMultipartUploadAsync(begin, cancellationToken)).UploadId;
        }

        _part.Position = 0;
        var number = _parts.Count + 1;
        var sent = await client.UploadPartAsync(
            new() { BucketName = bucket, Key = key, UploadId = _upload, PartNumber = number, InputStream = _part, UseChunkEncoding = false }, cancellationToken);
        _parts.Add(new(number, sent.ETag));
        _part.SetLength(0);
    }
}
