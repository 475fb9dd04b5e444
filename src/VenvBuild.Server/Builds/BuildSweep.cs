namespace VenvBuild.Server;

/// <summary>Gives a job to builds that have none: their server died between row and job, or the queue gave them up.</summary>
internal sealed class BuildSweep(BuildStore builds, BuildQueue queue) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await Task.Delay(Interval, stoppingToken);
                try
                {
                    foreach (var build in await builds.StalledAsync(Interval, stoppingToken))
                        await queue.ScheduleAsync(build.Key, build.Need, stoppingToken);
                }
                catch (Exception e) when (CatalogFactory.IsDatabase(e) || e is Quartz.SchedulerException)
                {
                    // The next round will do.
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }
}
