using Quartz;

namespace VenvBuild.Server;

/// <summary>The durable queue of builds (Quartz.NET): in the server's own database, shared by all that have the same PostgreSQL.</summary>
internal static class BuildScheduling
{
    public static void Add(IServiceCollection services, ServerSettings settings, WorkerAbilities abilities)
    {
        services.AddQuartz(quartz =>
        {
            quartz.ConfigureScheduler(scheduler =>
            {
                scheduler.InstanceName = "venvbuild";
                scheduler.IdleWaitTime = TimeSpan.FromSeconds(1);
                scheduler.ShutdownJobInterruption = ShutdownJobInterruption.Always;
            });
            // What this worker does not take, it leaves in the queue. Quartz has no patterns: each need is named.
            if (BuildNeed.All.Where(need => !abilities.Takes(need)).ToArray() is { Length: > 0 } others)
                quartz.RefuseExecutionGroups(others);
            quartz.UseDefaultThreadPool(settings.ConcurrentBuilds);
            // The scheduler's own: a trigger's would be lost when it is recovered after a crash. The builds' rows bound the attempts.
            quartz.UseDefaultRetryPolicy(RetryPolicy.Exponential(20, settings.BuildPause, 2, TimeSpan.FromMinutes(5)));
            quartz.UsePersistentStore(store =>
            {
                store.ProvisionSchema();
                store.ConfigureStore(options =>
                {
                    options.MisfireThreshold = TimeSpan.FromSeconds(10);
                    options.RecoverFiringsCancelledByShutdown = true;
                });
                if (settings.Postgres is { } connection)
                {
                    store.UsePostgres(connection);
                    store.UseClustering(cluster =>
                    {
                        cluster.CheckinInterval = TimeSpan.FromSeconds(1);
                        cluster.CheckinMisfireThreshold = TimeSpan.FromSeconds(2);
                    });
                }
                else
                {
                    store.UseSqlite(CatalogFactory.SqliteConnection(settings));
                }
            });
        });
        services.AddSingleton<BuildStore>().AddSingleton<BuildQuestionReader>().AddSingleton<BuildQueue>().AddSingleton<CheckPolicy>();
        services.AddSingleton<EnvironmentSigner>().AddSingleton<WorkerRegister>().AddSingleton(abilities);
        services.AddSingleton<BuildSignals>().AddSingleton<BuildFeeds>();
        if (settings.Postgres is not null)
            services.AddHostedService<BuildWakeup>();
        if (settings.Role == ServerRole.Web)
            return;
        services.AddSingleton<WorkFolder>().AddSingleton<WorkerPythons>().AddSingleton<WorkerBuilds>().AddSingleton<CheckRunner>().AddSingleton<EnvironmentMaker>().AddSingleton<BuildRunner>();
        services.AddQuartzHostedService(hosted => hosted.WaitForJobsToComplete = true);
        // After the queue, so that it stops before it.
        services.AddHostedService<WorkerPresence>();
        services.AddHostedService<BuildSweep>().AddHostedService<UpdateUpkeep>();
    }
}
