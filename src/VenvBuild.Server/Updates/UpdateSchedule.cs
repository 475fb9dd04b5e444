using Quartz;

namespace VenvBuild.Server;

/// <summary>When subscribed locks are looked after: a durable job for each in the queue that all workers share.</summary>
internal sealed class UpdateSchedule(ISchedulerFactory schedulers, TimeProvider clock)
{
    /// <summary>Looks now, and from now on at the subscription's interval.</summary>
    public async Task StartAsync(Subscription subscription, CancellationToken cancellationToken)
    {
        var scheduler = await schedulers.GetScheduler(cancellationToken);
        await scheduler.DeleteJob(UpdateJob.KeyOf(subscription.Id), cancellationToken);
        await AddAsync(scheduler, subscription, clock.GetUtcNow(), cancellationToken);
    }

    /// <summary>Makes sure that there is a job, such as after the queue was restored without it.</summary>
    public async Task EnsureAsync(Subscription subscription, CancellationToken cancellationToken)
    {
        var scheduler = await schedulers.GetScheduler(cancellationToken);
        if (!await scheduler.Exists(UpdateJob.KeyOf(subscription.Id), cancellationToken))
            await AddAsync(scheduler, subscription, clock.GetUtcNow().AddHours(subscription.Hours), cancellationToken);
    }

    /// <summary>Looks once more, now.</summary>
    public async Task RunAsync(string id, CancellationToken cancellationToken) =>
        await (await schedulers.GetScheduler(cancellationToken)).TriggerJob(UpdateJob.KeyOf(id), null, cancellationToken);

    public async Task StopAsync(string id, CancellationToken cancellationToken) =>
        await (await schedulers.GetScheduler(cancellationToken)).DeleteJob(UpdateJob.KeyOf(id), cancellationToken);

    private static async Task AddAsync(IScheduler scheduler, Subscription subscription, DateTimeOffset first, CancellationToken cancellationToken)
    {
        var job = JobBuilder.Create<UpdateJob>().WithIdentity(UpdateJob.KeyOf(subscription.Id)).StoreDurably().Build();
        // A look that was missed while no worker ran is made up for once, not for each time.
        var trigger = TriggerBuilder.Create().WithIdentity(subscription.Id, UpdateJob.Group).ForJob(job).StartAt(first)
            .WithSimpleSchedule(schedule => schedule.WithInterval(TimeSpan.FromHours(subscription.Hours)).RepeatForever().WithMisfireInstruction(SimpleTriggerMisfireInstruction.NowWithExistingCount)).Build();
        try
        {
            await scheduler.ScheduleJob(job, trigger, cancellationToken: cancellationToken);
        }
        catch (ObjectAlreadyExistsException)
        {
            // Another process was faster.
        }
    }
}
