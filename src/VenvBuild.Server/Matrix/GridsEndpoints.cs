using VenvBuild.Packaging;
using VenvBuild.Remote;

namespace VenvBuild.Server;

/// <summary><c>/v1/grids</c>.</summary>
internal static class GridsEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/grids", AskAsync)
            .AddEndpointFilter(CallerMiddleware.Needs(AccessScopes.Build))
            .WithName("BuildGrid").WithSummary("Builds all targets of a lock, or some; answers how far they are.")
            .Accepts<GridRequest>("application/json")
            .Produces<GridStatus>(200).Produces<GridStatus>(202).Produces<ServerProblem>(400, Problems.ContentType)
            .Produces<ServerProblem>(404, Problems.ContentType).Produces<ServerProblem>(422, Problems.ContentType);
        routes.MapGet("/v1/grids/{id}", ReadAsync)
            .AddEndpointFilter(CallerMiddleware.Needs(AccessScopes.Read))
            .WithName("GetGrid").WithSummary("How far the targets of a grid are.")
            .Produces<GridStatus>(200).Produces<ServerProblem>(404, Problems.ContentType);
        routes.MapPost("/v1/grids/{id}/cancel", CancelAsync)
            .AddEndpointFilter(CallerMiddleware.Needs(AccessScopes.Build))
            .WithName("CancelGrid").WithSummary("Stops those builds of a grid that are under way.")
            .Produces<GridStatus>(200).Produces<ServerProblem>(404, Problems.ContentType);
    }

    private static async Task<IResult> AskAsync(HttpContext context, GridService grids)
    {
        var (request, refusal) = await JsonBody.ReadAsync<GridRequest>(context, "a grid");
        if (request is null)
            return refusal!;
        if (request is not { Lock: not null, Options: not null })
            return Problems.BadRequest("The body is no request for a grid.");
        try
        {
            var (grid, objection) = await grids.AskAsync(request, context.RequestAborted);
            if (grid is null)
                return objection!;
            var status = (await grids.StatusAsync(grid.Id, context.RequestAborted))!;
            context.Response.Headers.Location = $"/v1/grids/{grid.Id}";
            context.Response.Headers.CacheControl = "no-store";
            return Results.Json(status, statusCode: status.State == GridStatus.Building ? 202 : 200);
        }
        catch (DiagnosticException failure)
        {
            return Problems.Of(failure);
        }
    }

    private static async Task<IResult> ReadAsync(string id, HttpContext context, GridService grids)
    {
        context.Response.Headers.CacheControl = "no-store";
        return await grids.StatusAsync(id, context.RequestAborted) is { } status ? Results.Json(status) : NoGrid();
    }

    private static async Task<IResult> CancelAsync(string id, HttpContext context, GridService grids) =>
        await grids.CancelAsync(id, context.RequestAborted) ? await ReadAsync(id, context, grids) : NoGrid();

    private static IResult NoGrid() => Problems.NotFound("No grid of this name is kept here.");
}
