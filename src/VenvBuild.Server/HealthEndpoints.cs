using Microsoft.EntityFrameworkCore;

namespace VenvBuild.Server;

/// <summary><c>/healthz</c>: the process answers. <c>/readyz</c>: it can do its work, for the database and the layers' storage do.</summary>
internal static class HealthEndpoints
{
    private static readonly Action<ILogger, string, Exception?> Failed = LoggerMessage.Define<string>(LogLevel.Error, new(23, nameof(Failed)), "{Failure}");

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/healthz", () => Results.Text("ok")).WithName("GetHealth").WithSummary("Whether the process answers.");
        routes.MapGet("/readyz", ReadyAsync).WithName("GetReadiness").WithSummary("Whether requests can be served.");
    }

    private static async Task<IResult> ReadyAsync(
        CatalogFactory catalogs, ILayerStorage storage, ServerSettings settings, IHostApplicationLifetime lifetime, ILoggerFactory logs, CancellationToken cancellationToken)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested)
            return Problems.Bound(503, "The server stops.");
        await using var catalog = catalogs.Open();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(5));
        try
        {
            if (!await catalog.Database.CanConnectAsync(patience.Token))
                return Problems.Bound(503, "The database does not answer.");
            // Another version may have brought the database further, or this one's start is not over.
            if ((await catalog.Database.GetPendingMigrationsAsync(patience.Token)).Any())
                return Problems.Bound(503, "The database is not at this version yet.");
            await storage.CheckAsync(patience.Token);
            await ProbeAsync(settings, patience.Token);
            return Results.Text("ready");
        }
        catch (Packaging.DiagnosticException failure)
        {
            Failed(logs.CreateLogger(typeof(HealthEndpoints)), failure.Diagnostics[0].ToString(), null);
            return Problems.Bound(503, "The layers' store does not answer. The server's log says why.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Failed(logs.CreateLogger(typeof(HealthEndpoints)), e.Message, null);
            return Problems.Bound(503, "The data folder cannot be written. The server's log says why.");
        }
        catch (Exception e) when (CatalogFactory.IsDatabase(e))
        {
            return Problems.Bound(503, "The database does not answer.");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Said below.
        }

        return Problems.Bound(503, "The database does not answer.");
    }

    /// <summary>A full disk, or one that has become read-only, shows only when something is written.</summary>
    private static async Task ProbeAsync(ServerSettings settings, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(settings.Data);
        var path = Path.Combine(settings.Data, $"ready.{Environment.ProcessId}.tmp");
        await File.WriteAllBytesAsync(path, [1], cancellationToken);
        File.Delete(path);
    }
}
