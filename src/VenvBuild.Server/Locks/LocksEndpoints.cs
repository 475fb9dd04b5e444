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
        routes.MapGet("/v1/locks/{digest}/metadata", ReadMetadata)
            .AddEndpointFilter(CallerMiddleware.Needs(AccessScopes.Read))
            .WithName("GetLockMetadata").WithSummary("The core metadata files of a lock's pins in one body: of each its length in digits, a line feed, its bytes.")
            .Produces<byte[]>(200, LockMetadata.MediaType).Produces<ServerProblem>(404, Problems.ContentType);
    }

    private static async Task<IResult> SolveAsync(HttpContext context, LockAnswers answers, LockQuestionReader reader, LockService service, LockMetadataShelf metadata, Quotas quotas, ServerMetrics metrics)
    {
        if (!context.Request.HasJsonContentType())
            return Problems.UnsupportedMediaType("The body is JSON: Content-Type: application/json.");
        try
        {
            var body = await ReadBodyAsync(context.Request.BodyReader);
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
            var stop = context.RequestAborted;
            var (question, refusal) = reader.Read(request);
            if (question is null)
                return refusal!;
            var (answer, wasKnown) = await service.AnswerAsync(question, () => quotas.TakeSolveAsync(Quotas.CallerOf(context), stop), stop);
            answers.Keep(key, answer);
            if (context.Request.Headers.ContainsKey(LockMetadata.Header))
                metadata.Add(question, answer);
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

    /// <summary>The whole body; Kestrel bounds its length, and ends the reading where the connection is gone.</summary>
    private static async ValueTask<ReadOnlySequence<byte>> ReadBodyAsync(PipeReader reader)
    {
        while (true)
        {
            var read = await reader.ReadAsync(CancellationToken.None);
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

    private static IResult ReadMetadata(string digest, HttpContext context, LockMetadataShelf shelf, AnonymousScopes anonymous)
    {
        if (Parse(digest) is not { } parsed)
            return NoDigest();
        if (shelf.Find(parsed) is not { } packed)
            return Problems.NotFound("The metadata of this lock's pins is not kept here; indexes have it.");
        var headers = context.Response.Headers;
        headers.CacheControl = anonymous.Immutable;
        headers.Vary = HeaderNames.AcceptEncoding;
        var takesPacked = context.Request.GetTypedHeaders().AcceptEncoding.Any(coding => coding.Value.Equals(LockMetadataShelf.Packing, StringComparison.OrdinalIgnoreCase) && coding.Quality is not 0);
        if (takesPacked)
            headers.ContentEncoding = LockMetadataShelf.Packing;
        return Results.Bytes(takesPacked ? packed : LockMetadataShelf.Unpack(packed), LockMetadata.MediaType);
    }

    private static async Task<IResult> ReadAsync(string digest, HttpContext context, LockStore store, AnonymousScopes anonymous)
    {
        if (Parse(digest) is not { } parsed)
            return NoDigest();
        if (await store.ReadAsync(parsed.ToString(), context.RequestAborted) is not { } content)
            return Problems.NotFound("No lock with this digest is kept here.");
        context.Response.Headers.CacheControl = anonymous.Immutable;
        return Results.Bytes(content, MediaType, entityTag: new EntityTagHeaderValue($"\"sha256:{parsed}\""));
    }

    private static Sha256Digest? Parse(string digest) =>
        Sha256Digest.TryParse(digest.StartsWith("sha256:", StringComparison.Ordinal) ? digest["sha256:".Length..] : digest, out var parsed) ? parsed : null;

    private static IResult NoDigest() => Problems.BadRequest("A lock's address holds the SHA-256 of its bytes: 64 hex digits.");
}
