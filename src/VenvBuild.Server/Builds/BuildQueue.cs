using Microsoft.EntityFrameworkCore;
using Quartz;

namespace VenvBuild.Server;

/// <summary>Puts builds into the queue that all workers share, one job for each key.</summary>
internal sealed class BuildQueue(ISchedulerFactory schedulers, CatalogFactory catalogs, BuildStore builds, TimeProvider clock)
{
    /// <summary>The channel that workers listen to on PostgreSQL.</summary>
    public const string Channel = "venvbuild_builds";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Asks for an environment: joins the build that is under way, or begins one.</summary>
    public async Task<Build> AskAsync(BuildQuestion question, CancellationToken cancellationToken)
    {
        var (build, isNew) = await builds.AskAsync(question, cancellationToken);
        if (build.State is not (BuildState.Queued or BuildState.Building))
            return build;
        // The job of a build that has just ended lingers for a moment, and takes no new work.
        for (var attempt = 0; !await ScheduleAsync(build.Key, build.Need, cancellationToken) && isNew && attempt < 40; attempt++)
        {
            await Task.Delay(Pause, cancellationToken);
            if (await builds.FindAsync(build.Key, cancellationToken) is not { State: BuildState.Queued })
                break;
        }

        return build;
    }

    /// <summary>Makes sure that a build has a job.</summary>
    /// <returns>Whether it had none.</returns>
    public async Task<bool> ScheduleAsync(string key, string? need, CancellationToken cancellationToken)
    {
        var scheduler = await schedulers.GetScheduler(cancellationToken);
        var job = JobBuilder.Create<BuildJob>().WithIdentity(BuildJob.KeyOf(key)).RequestRecovery().Build();
        var trigger = TriggerBuilder.Create().WithIdentity(key, BuildJob.Group).ForJob(job).WithExecutionGroup(need).StartAt(clock.GetUtcNow()).Build();
        try
        {
            await scheduler.ScheduleJob(job, trigger, cancellationToken: cancellationToken);
        }
        catch (ObjectAlreadyExistsException)
        {
            return false;
        }

        if (catalogs.IsPostgres)
        {
            await using var catalog = catalogs.Open();
            await catalog.Database.ExecuteSqlRawAsync($"NOTIFY {Channel}", cancellationToken);
        }

        return true;
    }

    /// <summary>Stops a build, wherever it is.</summary>
    /// <returns>Whether there was one to stop.</returns>
    public async Task<bool> CancelAsync(string key, CancellationToken cancellationToken)
    {
        // The row decides; the queue only hears of it sooner than the worker would by itself.
        var isStopped = await builds.CancelAsync(key, cancellationToken);
        var scheduler = await schedulers.GetScheduler(cancellationToken);
        if (isStopped && !await scheduler.Interrupt(BuildJob.KeyOf(key), cancellationToken))
            await scheduler.DeleteJob(BuildJob.KeyOf(key), cancellationToken);
        return isStopped;
    }
}
