using VenvBuild.Index;
using VenvBuild.Packaging;
using VenvBuild.Remote;

namespace VenvBuild.Workspace;

/// <summary>
/// The metadata of a lock's pins as the lock's server has it, fetched while the indexes are asked for the pins' pages: it spares a round of
/// requests. A server that does not have it, or is slow to send it, costs nothing but that.
/// </summary>
internal sealed class ServedMetadata : IMetadataOffer, IDisposable
{
    // Longer than any server takes that is worth waiting for.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _stop;
    private readonly Task<IReadOnlyDictionary<Sha256Digest, ReadOnlyMemory<byte>>> _files;

    /// <summary>Begins to fetch.</summary>
    public ServedMetadata(ResolverServerClient client, Sha256Digest lockDigest, CancellationToken cancellationToken)
    {
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _stop.CancelAfter(Patience);
        _files = client.ReadMetadataAsync(lockDigest, _stop.Token);
    }

    /// <inheritdoc/>
    public async ValueTask<ReadOnlyMemory<byte>?> FindAsync(Sha256Digest digest, CancellationToken cancellationToken)
    {
        try
        {
            // Spelt out: a null beside bytes would be taken for no bytes.
            return (await _files.WaitAsync(cancellationToken).ConfigureAwait(false)).TryGetValue(digest, out var file) ? file : (ReadOnlyMemory<byte>?)null;
        }
        catch (Exception e) when (e is ServerFailureException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Cancel();
        // Nobody may have waited for it.
        _ = _files.ContinueWith(static files => files.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        _stop.Dispose();
    }
}
