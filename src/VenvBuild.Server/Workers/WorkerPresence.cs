using Quartz;

namespace VenvBuild.Server;

/// <summary>
/// This process as a worker: it says that it lives, and when it stops it takes nothing new, finishes what it can within a bound, and leaves
/// the rest to be given back.
/// </summary>
internal sealed class WorkerPresence(
    WorkerRegister register, WorkerAbilities abilities, BuildRunner runner, ISchedulerFactory schedulers, ServerSettings settings, TimeProvider clock, ILogger<WorkerPresence> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(100);
    private static readonly Action<ILogger, int, double, Exception?> Drains =
        LoggerMessage.Define<int, double>(LogLevel.Information, new(24, nameof(Drains)), "Stops: {Builds} builds have {Seconds} s to end");

    private static readonly Action<ILogger, int, Exception?> GivesBack = LoggerMessage.Define<int>(LogLevel.Information, new(25, nameof(GivesBack)), "Gives back {Builds} builds");

    private readonly string _id = Guid.NewGuid().ToString("N");
    private readonly string _name = FormattableString.Invariant($"{Environment.MachineName}-{Environment.ProcessId}");
    private readonly long _started = clock.GetUtcNow().ToUnixTimeMilliseconds();

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await SayAsync(isDraining: false, cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    /// <summary>Is called before the queue is shut down, which interrupts whatever still runs.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        var scheduler = await schedulers.GetScheduler(CancellationToken.None);
        await scheduler.Standby(CancellationToken.None);
        await SayAsync(isDraining: true, CancellationToken.None);
        var running = runner.Running;
        Drains(log, running, settings.DrainTime.TotalSeconds, null);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(settings.DrainTime);
        while (running > 0 && !patience.IsCancellationRequested)
        {
            await Task.Delay(LookInterval, patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            running = runner.Running;
        }

        if (running > 0)
            GivesBack(log, running, null);
        try
        {
            await register.ForgetAsync(_id, CancellationToken.None);
        }
        catch (Exception e) when (CatalogFactory.IsDatabase(e))
        {
            // It will be missed by itself.
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await Task.Delay(Interval, stoppingToken);
                await SayAsync(isDraining: false, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private async Task SayAsync(bool isDraining, CancellationToken cancellationToken)
    {
        try
        {
            await register.SayAsync(_id, _name, abilities, _started, isDraining, cancellationToken);
        }
        catch (Exception e) when (CatalogFactory.IsDatabase(e))
        {
            // A database that is away for a moment.
        }
    }
}
