namespace VenvBuild.Server;

/// <summary><c>/healthz</c>: the process answers. <c>/readyz</c>: it can do its work, for the database does.</summary>
internal static class HealthEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/healthz", () => Results.Text("ok")).WithName("GetHealth").WithSummary("Whether the process answers.");
        routes.MapGet("/readyz", ReadyAsync).WithName("GetReadiness").WithSummary("Whether requests can be served.");
    }

    private static async Task<IResult> ReadyAsync(CatalogFactory catalogs, CancellationToken cancellationToken)
    {
        await using var catalog = catalogs.Open();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(5));
        try
        {
            if (await catalog.Database.CanConnectAsync(patience.Token))
                return Results.Text("ready");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Said below.
        }

        return Problems.Bound(503, "The database does not answer.");
    }
}
