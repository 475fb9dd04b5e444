using System.Security.Cryptography;
using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>Writes on to a file what passes through, and takes digest and size of it; stops at a size that nobody promised. Who writes may begin anew at 0.</summary>
internal sealed class DigestStream(Stream inner, PlannedWheel wheel, long maxBytes) : Stream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _length;

    public override bool CanRead => false;

    public override bool CanSeek => true;

    public override bool CanWrite => true;

    public override long Length => _length;

    public override long Position
    {
        get => _length;
        set => Restart(value);
    }

    /// <summary>Holds what came against what was planned.</summary>
    public void Check()
    {
        if (wheel.Size is { } size && size != _length)
            throw Mismatch($"it has {_length} bytes, and the lock says {size}");
        var digest = Sha256Digest.FromBytes(_hash.GetHashAndReset());
        if (digest != wheel.Sha256)
            throw Mismatch($"its SHA-256 is {digest}, and the lock says {wheel.Sha256}");
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        Count(buffer);
        inner.Write(buffer);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Count(buffer.Span);
        return inner.WriteAsync(buffer, cancellationToken);
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush() => inner.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => origin == SeekOrigin.Begin ? Position = offset : throw new NotSupportedException();

    public override void SetLength(long value) => Restart(value);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _hash.Dispose();
        base.Dispose(disposing);
    }

    private void Restart(long position)
    {
        if (position == _length)
            return;
        if (position != 0)
            throw new NotSupportedException("What was written can be taken back as a whole only.");
        inner.Position = 0;
        inner.SetLength(0);
        _length = 0;
        _ = _hash.GetHashAndReset();
    }

    private void Count(ReadOnlySpan<byte> bytes)
    {
        _length += bytes.Length;
        if (_length > (wheel.Size ?? maxBytes))
            throw Mismatch($"it is longer than the {wheel.Size ?? maxBytes} bytes that are allowed");
        _hash.AppendData(bytes);
    }

    private DiagnosticException Mismatch(string why) => WheelRefusal.Of(
        EnvironmentCodes.DigestMismatch, wheel.File.Text, null, why,
        "The file was replaced or damaged: run again, and if it stays so ask the index; to accept the new file, lock again.");
}
