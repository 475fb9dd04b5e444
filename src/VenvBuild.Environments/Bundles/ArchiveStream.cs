using System.Security.Cryptography;
using VenvBuild.Packaging;
using ZstdSharp;

namespace VenvBuild.Environments;

/// <summary>
/// The bytes of an archive as they come from a source: unpacked where they are compressed (their first four bytes tell), counted on
/// both sides so that neither grows past what was declared, and hashed.
/// </summary>
internal sealed class ArchiveStream : IAsyncDisposable
{
    private static readonly byte[] ZstdMagic = [0x28, 0xB5, 0x2F, 0xFD];

    private readonly LayerReference _layer;
    private readonly Stream _tar;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _left;

    private ArchiveStream(LayerReference layer, Stream tar)
    {
        _layer = layer;
        _tar = tar;
        _left = layer.Size;
    }

    /// <summary>Begins to read; the source stays the caller's.</summary>
    public static async Task<ArchiveStream> OpenAsync(LayerReference layer, Stream source, CancellationToken cancellationToken)
    {
        var head = new byte[ZstdMagic.Length];
        var length = await source.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        // What is dense stays smaller than what it unpacks to, but for a frame's few bytes.
        var bounded = new BoundedStream(layer, head.AsMemory(0, length), source, layer.Size + layer.Size / 128 + (64 << 10));
        return new(layer, head.AsSpan(0, length).SequenceEqual(ZstdMagic) ? LayerCompression.Decompress(bounded, layer.Size) : bounded);
    }

    /// <summary>Reads so many bytes, exactly.</summary>
    public async ValueTask ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        _left -= buffer.Length;
        if (_left < 0)
            throw LayerRefusal.Of(_layer, $"it is longer than the {_layer.Size} bytes that it should have");
        try
        {
            await _tar.ReadExactlyAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (EndOfStreamException)
        {
            throw LayerRefusal.Of(_layer, "it ends too early");
        }
        catch (ZstdException e)
        {
            throw LayerRefusal.Of(_layer, $"it cannot be decompressed ({e.Message})");
        }

        _hash.AppendData(buffer.Span);
    }

    /// <summary>Holds what came against the size and the digest that were asked for.</summary>
    public async ValueTask CheckEndAsync(CancellationToken cancellationToken)
    {
        if (_left > 0)
            throw LayerRefusal.Of(_layer, $"it ends {_left} bytes before the size that it should have");
        var more = new byte[1];
        int read;
        try
        {
            read = await _tar.ReadAsync(more, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is ZstdException or EndOfStreamException)
        {
            read = 1;
        }

        if (read > 0)
            throw LayerRefusal.Of(_layer, "something follows its end");
        var digest = Sha256Digest.FromBytes(_hash.GetHashAndReset());
        if (digest != _layer.Digest)
            throw LayerRefusal.Of(_layer, $"its SHA-256 is {digest}");
    }

    public async ValueTask DisposeAsync()
    {
        _hash.Dispose();
        await _tar.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>A source with its head put back, that ends in a refusal where it goes on too long.</summary>
    private sealed class BoundedStream(LayerReference layer, ReadOnlyMemory<byte> head, Stream source, long left) : ForwardStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = Math.Min(head.Length, buffer.Length);
            if (read > 0)
            {
                head[..read].CopyTo(buffer);
                head = head[read..];
            }
            else
            {
                read = await source.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            }

            left -= read;
            return left < 0 ? throw LayerRefusal.Of(layer, "it is longer, packed, than it could be") : read;
        }
    }
}
