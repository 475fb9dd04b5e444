using Npgsql;
using Quartz;
using Quartz.Extensibility;

namespace VenvBuild.Server;

/// <summary>
/// Hears what other processes on the same PostgreSQL say: that a build was put into the queue, and that something was written about one.
/// Without it, both are looked at once a second.
/// </summary>
internal sealed class BuildWakeup(ServerSettings settings, BuildSignals signals, IServiceProvider services) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ListenAsync(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested && e is NpgsqlException or IOException or InvalidOperationException or SchedulerException)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(settings.Postgres) { KeepAlive = 30, Pooling = false }.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        var isQueued = false;
        connection.Notification += (_, told) =>
        {
            if (told.Channel == BuildSignals.Channel)
                signals.Raise(told.Payload);
            else
                isQueued = true;
        };
        // Who answers requests only takes no builds.
        var signaler = settings.Role == ServerRole.Web ? null : services.GetRequiredService<ISchedulerSignaler>();
        await using (var listen = new NpgsqlCommand(signaler is null ? $"LISTEN {BuildSignals.Channel}" : $"LISTEN {BuildSignals.Channel}; LISTEN {BuildQueue.Channel}", connection))
            await listen.ExecuteNonQueryAsync(cancellationToken);
        while (true)
        {
            await connection.WaitAsync(cancellationToken);
            if (!isQueued)
                continue;
            isQueued = false;
            await signaler!.SignalSchedulingChange(null, cancellationToken);
        }
    }
}
