namespace VenvBuild.Index;

/// <summary>Cancels an attempt when nothing comes for too long. Only time spent waiting for the server counts.</summary>
internal sealed class StallGuard : IDisposable
{
    private readonly CancellationTokenSource _source;
    private readonly CancellationTokenSource _linked;
    private readonly TimeSpan _timeout;

    public StallGuard(TimeSpan timeout, CancellationToken cancellationToken)
    {
        _timeout = timeout;
        _source = new();
        _linked = CancellationTokenSource.CreateLinkedTokenSource(_source.Token, cancellationToken);
    }

    public CancellationToken Token => _linked.Token;

    public bool HasStalled => _source.IsCancellationRequested;

    /// <summary>The wait begins.</summary>
    public void Begin() => _source.CancelAfter(_timeout);

    /// <summary>Something came.</summary>
    public void End() => _source.CancelAfter(Timeout.InfiniteTimeSpan);

    public void Dispose()
    {
        _linked.Dispose();
        _source.Dispose();
    }
}
