using System.Security.Cryptography;
using VenvBuild.Packaging;
using ZstdSharp;

namespace VenvBuild.Server;

/// <summary>An archive as it comes in: unpacked on the way to be hashed and counted, and kept packed.</summary>
internal sealed class LayerUpload(Sha256Digest digest, long maxBytes)
{
    private const int CompressionLevel = 6;
    private static readonly byte[] ZstdMagic = [0x28, 0xB5, 0x2F, 0xFD];

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _size;

    /// <summary>Copies, and answers the unpacked size.</summary>
    /// <exception cref="LayerUploadException">It is another archive than its digest says, cannot be unpacked, or is too large.</exception>
    public async Task<long> CopyAsync(Stream body, Stream packed, CancellationToken cancellationToken)
    {
        using (_hash)
        {
            var head = new byte[ZstdMagic.Length];
            var length = await body.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellationToken);
            if (head.AsSpan(0, length).SequenceEqual(ZstdMagic))
                await CopyPackedAsync(new Tee(head, body, packed, maxBytes), cancellationToken);
            else
                await CopyPlainAsync(head.AsMemory(0, length), body, packed, cancellationToken);
            var actual = Sha256Digest.FromBytes(_hash.GetHashAndReset());
            return actual == digest ? _size : throw new LayerUploadException($"The archive that was sent is sha256:{actual}.");
        }
    }

    private async Task CopyPackedAsync(Tee source, CancellationToken cancellationToken)
    {
        await using var unpacking = new DecompressionStream(source, leaveOpen: true);
        var buffer = new byte[128 << 10];
        try
        {
            int read;
            while ((read = await unpacking.ReadAsync(buffer, cancellationToken)) > 0)
                Take(buffer.AsSpan(0, read));
        }
        catch (Exception e) when (e is ZstdException or EndOfStreamException)
        {
            throw new LayerUploadException("The archive that was sent cannot be unpacked.", inner: e);
        }
    }

    private async Task CopyPlainAsync(ReadOnlyMemory<byte> head, Stream body, Stream packed, CancellationToken cancellationToken)
    {
        await using var packing = new CompressionStream(packed, CompressionLevel, leaveOpen: true);
        Take(head.Span);
        await packing.WriteAsync(head, cancellationToken);
        var buffer = new byte[128 << 10];
        int read;
        while ((read = await body.ReadAsync(buffer, cancellationToken)) > 0)
        {
            Take(buffer.AsSpan(0, read));
            await packing.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }
    }

    private void Take(ReadOnlySpan<byte> bytes)
    {
        _size += bytes.Length;
        if (_size > maxBytes)
            throw TooLarge();
        _hash.AppendData(bytes);
    }

    private static LayerUploadException TooLarge() => new("The archive is larger than this server takes.", isTooLarge: true);

    /// <summary>Writes down what is read from it.</summary>
    private sealed class Tee(ReadOnlyMemory<byte> head, Stream source, Stream copy, long left) : ForwardStream
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
                read = await source.ReadAsync(buffer, cancellationToken);
            }

            if ((left -= read) < 0)
                throw TooLarge();
            await copy.WriteAsync(buffer[..read], cancellationToken);
            return read;
        }
    }
}
