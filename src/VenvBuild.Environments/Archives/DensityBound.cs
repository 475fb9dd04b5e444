using VenvBuild.Packaging;

namespace VenvBuild.Environments;

/// <summary>
/// Unpacked bytes, as long as there are not many times more of them than packed ones: headers count as well as files, so that neither can be
/// a bomb.
/// </summary>
/// <param name="unpacked">What is read; closed with this.</param>
/// <param name="packed">What it is unpacked from.</param>
internal sealed class DensityBound(Stream unpacked, Stream packed) : ForwardStream
{
    private long _read;

    /// <exception cref="InvalidDataException">There is too much.</exception>
    public override int Read(Span<byte> buffer)
    {
        var count = unpacked.Read(buffer);
        _read += count;
        return _read <= ArchiveTreeRules.FreeBytes || _read / ArchiveTreeRules.MaxRatio <= packed.Position
            ? count
            : throw new InvalidDataException($"it unpacks to over {ArchiveTreeRules.MaxRatio} times its size");
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            unpacked.Dispose();
        base.Dispose(disposing);
    }
}
