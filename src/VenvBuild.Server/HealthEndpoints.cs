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

    private static async Task<IResult> ReadyAsync(CatalogFactory catalogs, ILayerStorage storage, ILoggerFactory logs, CancellationToken cancellationToken)
    {
        await using var catalog = catalogs.Open();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(5));
        try
        {
            if (!await catalog.Database.CanConnectAsync(patience.Token))
                return Problems.Bound(503, "The database does not answer.");
            await storage.CheckAsync(patience.Token);
            return Results.Text("ready");
        }
        catch (Packaging.DiagnosticException failure)
        {
            Failed(logs.CreateLogger(typeof(HealthEndpoints)), failure.Diagnostics[0].ToString(), null);
            return Problems.Bound(503, "The layers' store does not answer. The server's log says why.");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Said below.
        }

        return Problems.Bound(503, "The database does not answer.");
    }
}
