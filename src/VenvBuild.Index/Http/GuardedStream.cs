using VenvBuild.Packaging;

namespace VenvBuild.Index;

/// <summary>A body on its way: the stall guard watches every read.</summary>
internal sealed class GuardedStream(Stream inner, StallGuard guard) : ForwardStream
{
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        guard.Begin();
        var count = await inner.ReadAsync(buffer, guard.Token).ConfigureAwait(false);
        guard.End();
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }
}
