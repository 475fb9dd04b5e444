using System.Threading.Channels;

namespace VenvBuild.Server;

/// <summary>
/// Writes what solves learnt into the catalog, one after the other, while clients already have their answers. What does not fit in the queue
/// is dropped: the next solve learns it again.
/// </summary>
internal sealed class CatalogQueue : BackgroundService
{
    private static readonly Action<ILogger, string, Exception?> NotWritten =
        LoggerMessage.Define<string>(LogLevel.Warning, new(2, nameof(NotWritten)), "What a solve learnt is not in the catalog: {Reason}");

    private readonly Channel<Observation> _waiting;
    private readonly CatalogWriter _writer;
    private readonly ILogger _log;
    private int _pending;

    public CatalogQueue(CatalogWriter writer, ILogger<CatalogQueue> log)
    {
        (_writer, _log) = (writer, log);
        _waiting = Channel.CreateBounded<Observation>(
            new BoundedChannelOptions(64) { FullMode = BoundedChannelFullMode.DropOldest }, _ => Interlocked.Decrement(ref _pending));
    }

    public void Add(Observation observation)
    {
        if (observation.Pages.Count == 0 && observation.Metadata.Count == 0)
            return;
        Interlocked.Increment(ref _pending);
        _waiting.Writer.TryWrite(observation);
    }

    /// <summary>Waits until all that was added is written; for tests.</summary>
    internal async Task DrainAsync(CancellationToken cancellationToken)
    {
        while (Volatile.Read(ref _pending) > 0)
            await Task.Delay(10, cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var observation in _waiting.Reader.ReadAllAsync(stoppingToken))
            {
                try
                {
                    await _writer.WriteAsync(observation, stoppingToken);
                }
                catch (Exception e) when (CatalogFactory.IsDatabase(e))
                {
                    NotWritten(_log, e.GetType().Name, null);
                }
                finally
                {
                    Interlocked.Decrement(ref _pending);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops; what waits is learnt again.
        }
    }
}
