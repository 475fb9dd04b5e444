using System.Text.Json;
using Microsoft.Net.Http.Headers;
using VenvBuild.Index;
using VenvBuild.Packaging;
using VenvBuild.Remote;

namespace VenvBuild.Server;

/// <summary><c>/v1/locks</c>.</summary>
internal static class LocksEndpoints
{
    public const string MediaType = "application/toml";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/locks", SolveAsync)
            .AddEndpointFilter(CallerMiddleware.Needs(AccessScopes.Resolve))
            .WithName("SolveLock").WithSummary("Solves a manifest's requests; answers the lock itself.")
            .Accepts<LockRequest>("application/json")
            .Produces<string>(200, MediaType).Produces<ServerProblem>(400, Problems.ContentType).Produces<ServerProblem>(409, Problems.ContentType)
            .Produces<ServerProblem>(422, Problems.ContentType).Produces<ServerProblem>(502, Problems.ContentType).Produces<ServerProblem>(503, Problems.ContentType);
        routes.MapGet("/v1/locks/{digest}", ReadAsync)
            .AddEndpointFilter(CallerMiddleware.Needs(AccessScopes.Read))
            .WithName("GetLock").WithSummary("A lock by the SHA-256 of its bytes. It never changes.")
            .Produces<string>(200, MediaType).Produces<ServerProblem>(404, Problems.ContentType);
    }

    private static async Task<IResult> SolveAsync(HttpContext context, LockQuestionReader reader, LockService service)
    {
        var stop = context.RequestAborted;
        LockRequest? request;
        try
        {
            if (!context.Request.HasJsonContentType())
                return Problems.BadRequest("The body is JSON: Content-Type: application/json.");
            request = await JsonSerializer.DeserializeAsync(context.Request.Body, RemoteJson.Default.LockRequest, stop);
        }
        catch (JsonException e)
        {
            return Problems.BadRequest($"The body is no request for a lock: at {e.Path ?? "$"}, line {e.LineNumber + 1}.");
        }

        catch (BadHttpRequestException e)
        {
            return Problems.OfStatus(e.StatusCode);
        }

        if (request?.Manifest is null)
            return Problems.BadRequest("The body is no request for a lock.");
        try
        {
            var (question, refusal) = reader.Read(request);
            if (question is null)
                return refusal!;
            var (content, wasKnown) = await service.AnswerAsync(question, stop);
            var digest = Sha256Digest.Of(content).ToString();
            var headers = context.Response.Headers;
            headers.ContentLocation = $"/v1/locks/sha256:{digest}";
            headers.ETag = $"\"sha256:{digest}\"";
            headers.CacheControl = "no-store";
            headers["VenvBuild-Cache"] = wasKnown ? "hit" : "miss";
            return Results.Bytes(content, MediaType);
        }
        catch (UndescribedProjectException need)
        {
            return Problems.Needs(need.Diagnostics[0].Message, [new() { Index = need.Index, Projects = [need.Project.Value] }]);
        }
        catch (DiagnosticException failure)
        {
            return Problems.Of(failure);
        }
        catch (ServerBusyException busy)
        {
            return Problems.Bound(503, busy.Message);
        }
    }

    private static async Task<IResult> ReadAsync(string digest, HttpContext context, LockStore store, AnonymousScopes anonymous)
    {
        var hex = digest.StartsWith("sha256:", StringComparison.Ordinal) ? digest["sha256:".Length..] : digest;
        if (!Sha256Digest.TryParse(hex, out var parsed))
            return Problems.BadRequest("A lock's address ends with the SHA-256 of its bytes: 64 hex digits.");
        if (await store.ReadAsync(parsed.ToString(), context.RequestAborted) is not { } content)
            return Problems.NotFound("No lock with this digest is kept here.");
        context.Response.Headers.CacheControl = anonymous.Immutable;
        return Results.Bytes(content, MediaType, entityTag: new EntityTagHeaderValue($"\"sha256:{parsed}\""));
    }
}
