using VenvBuild.Packaging;

namespace VenvBuild.Index;

/// <summary>Unpacked bytes up to a bound: an archive of a few kilobytes may claim to hold terabytes.</summary>
internal sealed class LengthLimitStream(Stream inner, long limit) : ForwardStream
{
    private long _left = limit;

    public override int Read(Span<byte> buffer) => Counted(inner.Read(buffer));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        Counted(await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false));

    private int Counted(int count)
    {
        _left -= count;
        return _left >= 0 ? count : throw new InvalidDataException("the archive unpacks to more than is accepted");
    }
}
