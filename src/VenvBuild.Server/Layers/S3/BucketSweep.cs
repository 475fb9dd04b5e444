namespace VenvBuild.Server;

/// <summary>Ends uploads to the bucket that their writers left behind.</summary>
internal sealed class BucketSweep(BucketStorage storage, TimeProvider clock, ILogger<BucketSweep> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(6);

    // Nothing that is still written is as old: a build's time is bounded by less.
    private static readonly TimeSpan Age = TimeSpan.FromDays(2);

    private static readonly Action<ILogger, int, Exception?> Swept = LoggerMessage.Define<int>(LogLevel.Information, new(20, nameof(Swept)), "Ended {Count} uploads to the bucket that were left behind");
    private static readonly Action<ILogger, string, Exception?> NotSwept =
        LoggerMessage.Define<string>(LogLevel.Debug, new(21, nameof(NotSwept)), "Uploads to the bucket that were left behind cannot be listed: {Reason}");

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                try
                {
                    if (await storage.AbortStaleAsync(clock.GetUtcNow() - Age, stoppingToken) is > 0 and var count)
                        Swept(log, count, null);
                }
                catch (Packaging.DiagnosticException e)
                {
                    // Some services cannot list them; a rule of the bucket's own can do the same there.
                    NotSwept(log, e.Diagnostics[0].Message, null);
                }

                await Task.Delay(Interval, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }
}
