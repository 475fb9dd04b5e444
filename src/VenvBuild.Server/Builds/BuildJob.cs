using Quartz;

namespace VenvBuild.Server;

/// <summary>A build as the queue knows it: by its key alone. All that it needs is in the builds' own rows.</summary>
[DisallowConcurrentExecution]
internal sealed class BuildJob(BuildRunner runner) : IJob
{
    public const string Group = "build";

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        if (await runner.RunAsync(context.JobDetail.Key.Name, cancellationToken))
            throw new JobExecutionException("The attempt failed; the queue begins another one after a pause.");
    }

    public static JobKey KeyOf(string key) => new(key, Group);
}
