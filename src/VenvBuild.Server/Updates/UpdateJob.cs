using Quartz;

namespace VenvBuild.Server;

/// <summary>A look for updates as the queue knows it. Builds that follow are jobs of their own: nothing waits for them here.</summary>
[DisallowConcurrentExecution]
internal sealed class UpdateJob(UpdateService updates) : IJob
{
    public const string Group = "update";

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) =>
        await updates.RunAsync(context.JobDetail.Key.Name, cancellationToken);

    public static JobKey KeyOf(string subscription) => new(subscription, Group);
}
