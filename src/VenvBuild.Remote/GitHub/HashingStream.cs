using System.Security.Cryptography;
using VenvBuild.Packaging;

namespace VenvBuild.Remote;

/// <summary>Hashes and counts what is read through it.</summary>
internal sealed class HashingStream(Stream inner) : ForwardStream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    private Sha256Digest? _digest;

    /// <summary>How many bytes were read.</summary>
    public long Count { get; private set; }

    public override long Position
    {
        get => Count;
        set => throw new NotSupportedException();
    }

    /// <summary>The digest of what was read so far.</summary>
    public Sha256Digest Digest() => _digest ?? Sha256Digest.FromBytes(_hash.GetCurrentHash());

    public override int Read(Span<byte> buffer) => Took(buffer, inner.Read(buffer));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        return Took(buffer.Span, count);
    }

    protected override void Dispose(bool disposing)
    {
        // Whoever sends it disposes it, and the digest is wanted afterwards.
        _digest ??= Digest();
        if (disposing)
            _hash.Dispose();
        base.Dispose(disposing);
    }

    private int Took(ReadOnlySpan<byte> buffer, int count)
    {
        _hash.AppendData(buffer[..count]);
        Count += count;
        return count;
    }
}
