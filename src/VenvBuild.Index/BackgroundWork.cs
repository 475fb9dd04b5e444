namespace VenvBuild.Index;

/// <summary>Work that nobody waits for, until the end: then all of it is stopped and its failures are seen.</summary>
internal sealed class BackgroundWork : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    // One for the owner, taken back when it ends.
    private int _count = 1;

    /// <summary>Cancelled when the end has come.</summary>
    public CancellationToken Stopping => _stop.Token;

    /// <summary>Begins work on another thread; does nothing after the end.</summary>
    public void Start(Func<CancellationToken, Task> work)
    {
        for (var count = Volatile.Read(ref _count); ; count = Volatile.Read(ref _count))
        {
            if (count == 0 || _stop.IsCancellationRequested)
                return;
            if (Interlocked.CompareExchange(ref _count, count + 1, count) == count)
                break;
        }

        _ = Task.Run(() => RunAsync(work));
    }

    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
            return;
        await _stop.CancelAsync().ConfigureAwait(false);
        Leave();
        await _idle.Task.ConfigureAwait(false);
        // The source is not disposed: whoever still holds its token may ask it.
    }

    private async Task RunAsync(Func<CancellationToken, Task> work)
    {
        try
        {
            await work(_stop.Token).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whoever asks in earnest for what failed here is told then.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
        finally
        {
            Leave();
        }
    }

    private void Leave()
    {
        if (Interlocked.Decrement(ref _count) == 0)
            _idle.TrySetResult();
    }
}
