using System.Buffers;
using System.IO.Pipelines;
using System.Security.Cryptography;
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
            .Produces<ServerProblem>(415, Problems.ContentType).Produces<ServerProblem>(422, Problems.ContentType).Produces<ServerProblem>(429, Problems.ContentType).Produces<ServerProblem>(502, Problems.ContentType).Produces<ServerProblem>(503, Problems.ContentType);
        routes.MapGet("/v1/locks/{digest}", ReadAsync)
            .AddEndpointFilter(CallerMiddleware.Needs(AccessScopes.Read))
            .WithName("GetLock").WithSummary("A lock by the SHA-256 of its bytes. It never changes.")
            .Produces<string>(200, MediaType).Produces<ServerProblem>(404, Problems.ContentType);
    }

    private static async Task<IResult> SolveAsync(HttpContext context, LockAnswers answers, LockQuestionReader reader, LockService service, Quotas quotas, ServerMetrics metrics)
    {
        var stop = context.RequestAborted;
        if (!context.Request.HasJsonContentType())
            return Problems.UnsupportedMediaType("The body is JSON: Content-Type: application/json.");
        try
        {
            var body = await ReadBodyAsync(context.Request.BodyReader, stop);
            var key = DigestOf(body);
            if (answers.Find(key) is { } given)
            {
                context.Request.BodyReader.AdvanceTo(body.End);
                metrics.Answered("memory");
                return new LockResult(given, isHit: true);
            }

            LockRequest? request;
            try
            {
                var reading = new Utf8JsonReader(body);
                request = JsonSerializer.Deserialize(ref reading, RemoteJson.Default.LockRequest);
                // What follows is no part of a request that we know.
                while (reading.Read())
                    request = null;
            }
            catch (JsonException e)
            {
                return Problems.BadRequest($"The body is no request for a lock: at {e.Path ?? "$"}, line {e.LineNumber + 1}.");
            }
            finally
            {
                context.Request.BodyReader.AdvanceTo(body.End);
            }

            if (request?.Manifest is null)
                return Problems.BadRequest("The body is no request for a lock.");
            var (question, refusal) = reader.Read(request);
            if (question is null)
                return refusal!;
            var (answer, wasKnown) = await service.AnswerAsync(question, () => quotas.TakeSolveAsync(Quotas.CallerOf(context), stop), stop);
            answers.Keep(key, answer);
            return new LockResult(answer, wasKnown);
        }
        catch (BadHttpRequestException e)
        {
            return Problems.OfStatus(e.StatusCode);
        }
        catch (UndescribedProjectException need)
        {
            return Problems.Needs(need.Diagnostics[0].Message, [new() { Index = need.Index, Projects = [need.Project.Value] }]);
        }
        catch (DiagnosticException failure)
        {
            return Problems.Of(failure);
        }
        catch (QuotaException quota)
        {
            return Problems.Quota(quota);
        }
        catch (ServerBusyException busy)
        {
            return Problems.Bound(503, busy.Message);
        }
    }

    /// <summary>The whole body; Kestrel bounds its length.</summary>
    private static async ValueTask<ReadOnlySequence<byte>> ReadBodyAsync(PipeReader reader, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            if (read.IsCompleted)
                return read.Buffer;
            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static Sha256Digest DigestOf(ReadOnlySequence<byte> body)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        if (body.IsSingleSegment)
        {
            SHA256.HashData(body.FirstSpan, digest);
        }
        else
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            foreach (var segment in body)
                hash.AppendData(segment.Span);
            hash.GetHashAndReset(digest);
        }

        return Sha256Digest.FromBytes(digest);
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
