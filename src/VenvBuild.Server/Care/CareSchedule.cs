using VenvBuild.Packaging;

namespace VenvBuild.Server;

/// <summary>Collects garbage once in a while, where a budget is set.</summary>
internal sealed class CareSchedule(ServerSettings settings, GarbageCollection garbage, UseLog uses, ILogger<CareSchedule> log) : BackgroundService
{
    private static readonly Action<ILogger, string, Exception?> Collected = LoggerMessage.Define<string>(LogLevel.Information, new(40, nameof(Collected)), "{Report}");
    private static readonly Action<ILogger, Exception?> Failed = LoggerMessage.Define(LogLevel.Error, new(41, nameof(Failed)), "Garbage was not collected");

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (settings.LayersBudget is null && settings.CacheBytes is null)
            return;
        while (true)
        {
            await Task.Delay(settings.CareInterval, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stoppingToken.IsCancellationRequested)
                return;
            try
            {
                await uses.WriteAsync(stoppingToken);
                Collected(log, (await garbage.RunAsync(settings.LayersBudget, isDry: false, stoppingToken)).ToString(), null);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested && (CatalogFactory.IsDatabase(e) || e is DiagnosticException or IOException))
            {
                Failed(log, e);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
        }
    }
}
