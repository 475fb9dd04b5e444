namespace VenvBuild.Server;

/// <summary>Gives subscriptions that have none a place in the schedule, once a worker starts.</summary>
internal sealed class UpdateUpkeep(SubscriptionStore subscriptions, UpdateSchedule schedule) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            foreach (var subscription in await subscriptions.ListAsync(stoppingToken))
                await schedule.EnsureAsync(subscription, stoppingToken);
        }
        catch (Exception e) when (e is OperationCanceledException or Quartz.SchedulerException || CatalogFactory.IsDatabase(e))
        {
            // The server stops, or the database is away: who starts next does it.
        }
    }
}
