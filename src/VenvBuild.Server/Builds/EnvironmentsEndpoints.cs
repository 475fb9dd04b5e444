using System.Text.Json;
using Microsoft.Net.Http.Headers;
using VenvBuild.Environments;
using VenvBuild.Packaging;
using VenvBuild.Remote;

namespace VenvBuild.Server;

/// <summary><c>/v1/environments</c>.</summary>
internal static class EnvironmentsEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/environments", AskAsync)
            .AddEndpointFilter(CallerMiddleware.Needs(AccessScopes.Build))
            .WithName("BuildEnvironment").WithSummary("Makes the environment of a lock for a target, once; answers at once when it is ready.")
            .Accepts<EnvironmentRequest>("application/json")
            .Produces<EnvironmentStatus>(200).Produces<EnvironmentStatus>(202).Produces<ServerProblem>(400, Problems.ContentType)
            .Produces<ServerProblem>(404, Problems.ContentType).Produces<ServerProblem>(422, Problems.ContentType);
        routes.MapGet("/v1/environments/{key}", ReadAsync)
            .AddEndpointFilter(CallerMiddleware.Needs(AccessScopes.Read))
            .WithName("GetEnvironment").WithSummary("An environment by its key. Once it is ready it never changes.")
            .Produces<EnvironmentStatus>(200).Produces<ServerProblem>(404, Problems.ContentType);
        routes.MapGet($"/v1/environments/{{key}}{SignatureFile.Suffix}", ReadSignaturesAsync)
            .AddEndpointFilter(CallerMiddleware.Needs(AccessScopes.Read))
            .WithName("GetEnvironmentSignatures").WithSummary("Who vouches for an environment: DSSE envelopes over in-toto statements, a line each.")
            .Produces<string>(200, "application/jsonl").Produces<ServerProblem>(404, Problems.ContentType);
        routes.MapGet("/v1/environments/{key}/events", BuildEvents.SendAsync)
            .AddEndpointFilter(CallerMiddleware.Needs(AccessScopes.Read))
            .WithName("GetEnvironmentEvents").WithSummary("The build's states and log lines as they come; resumed by Last-Event-ID.")
            .Produces<string>(200, "text/event-stream").Produces<ServerProblem>(404, Problems.ContentType);
        routes.MapPost("/v1/environments/{key}/cancel", CancelAsync)
            .AddEndpointFilter(CallerMiddleware.Needs(AccessScopes.Build))
            .WithName("CancelEnvironment").WithSummary("Stops a build.")
            .Produces<EnvironmentStatus>(200).Produces<ServerProblem>(404, Problems.ContentType).Produces<ServerProblem>(409, Problems.ContentType);
        routes.MapGet("/v1/environments/{key}/bundle", BundleAsync)
            .AddEndpointFilter(CallerMiddleware.Needs(AccessScopes.Read))
            .WithName("GetEnvironmentBundle").WithSummary("The whole environment in one file, for dotnet pyenv unpack.")
            .Produces<byte[]>(200, LayersEndpoints.MediaType).Produces<ServerProblem>(404, Problems.ContentType);
    }

    private static async Task<IResult> AskAsync(HttpContext context, BuildQuestionReader reader, LockStore locks, BuildStore builds, BuildQueue queue, WorkerRegister workers, Quotas quotas, UseLog uses)
    {
        var stop = context.RequestAborted;
        EnvironmentRequest? request;
        try
        {
            if (!context.Request.HasJsonContentType())
                return Problems.UnsupportedMediaType("The body is JSON: Content-Type: application/json.");
            request = await JsonSerializer.DeserializeAsync(context.Request.Body, RemoteJson.Default.EnvironmentRequest, stop);
        }
        catch (JsonException e)
        {
            return Problems.BadRequest($"The body is no request for an environment: at {e.Path ?? "$"}, line {e.LineNumber + 1}.");
        }
        catch (BadHttpRequestException e)
        {
            return Problems.OfStatus(e.StatusCode);
        }

        if (request is not { Lock: not null, Target: { Platform: not null, Python: not null } })
            return Problems.BadRequest("The body is no request for an environment.");
        try
        {
            var (question, refusal) = await reader.ReadAsync(request, stop);
            if (question is null)
                return refusal!;
            var key = await builds.EnvironmentKeyAsync(question, stop);
            if (key is not null)
                await uses.EnvironmentAsync(key, stop);
            var manifest = key is null ? null : await builds.ReadWholeAsync(key, stop);
            if (manifest is not null && question.Checks.Count == 0)
                return Answer(context, 200, StatusWriter.OfReady(manifest, await builds.ReadSignaturesAsync(key!, stop)));
            await locks.KeepAsync(question.Document, question.Content, stop);
            var caller = Quotas.CallerOf(context);
            if (await builds.WouldBeginAsync(question.BuildKey, stop))
                await quotas.TakeBuildAsync(caller, stop);
            var build = await queue.AskAsync(question with { AskedBy = caller.Key }, stop);
            context.Response.Headers.Location = $"/v1/environments/{question.BuildKey}";
            if (manifest is not null && build.State == BuildState.Ready)
                return Answer(context, 200, StatusWriter.OfReady(build, manifest, await builds.ReadSignaturesAsync(build.EnvironmentKey, stop)));
            return build.State == BuildState.Failed
                ? Problems.NotMade(build)
                : Answer(context, 202, await StatusWriter.OfAsync(build, workers, stop));
        }
        catch (QuotaException quota)
        {
            return Problems.Quota(quota);
        }
        catch (DiagnosticException failure)
        {
            return Problems.Of(failure);
        }
    }

    private static async Task<IResult> ReadAsync(
        string key, HttpContext context, BuildStore builds, WorkerRegister workers, EnvironmentSigner signer, AnonymousScopes anonymous, UseLog uses)
    {
        if (!Sha256Digest.TryParse(key, out var digest))
            return NoKey();
        await uses.EnvironmentAsync(digest.ToString(), context.RequestAborted);
        if (await builds.ReadEnvironmentAsync(digest.ToString(), context.RequestAborted) is { } manifest)
        {
            var signatures = await builds.ReadSignaturesAsync(digest.ToString(), context.RequestAborted);
            var body = StatusWriter.Write(StatusWriter.OfReady(manifest, signatures));
            // The environment never changes; who vouches for it may.
            context.Response.Headers.CacheControl = signer.KeyId is null && signatures is null ? anonymous.Immutable : anonymous.Brief;
            return Results.Bytes(body, "application/json", entityTag: new EntityTagHeaderValue($"\"{Sha256Digest.Of(body)}\""));
        }

        if (await builds.FindAsync(digest.ToString(), context.RequestAborted) is not { } build)
            return Problems.NotFound("No environment with this key is kept here.");
        // One with checks goes by a key of its own.
        return build.State == BuildState.Ready && await builds.ReadEnvironmentAsync(build.EnvironmentKey, context.RequestAborted) is { } made
            ? Answer(context, 200, StatusWriter.OfReady(build, made, await builds.ReadSignaturesAsync(build.EnvironmentKey, context.RequestAborted)))
            : Answer(context, 200, await StatusWriter.OfAsync(build, workers, context.RequestAborted));
    }

    private static async Task<IResult> ReadSignaturesAsync(string key, HttpContext context, BuildStore builds, AnonymousScopes anonymous)
    {
        if (!Sha256Digest.TryParse(key, out var digest))
            return NoKey();
        if (await builds.ReadSignaturesAsync(digest.ToString(), context.RequestAborted) is not { } signatures)
            return Problems.NotFound("No signatures of an environment with this key are kept here.");
        context.Response.Headers.CacheControl = anonymous.Brief;
        return Results.Bytes(signatures, "application/jsonl", entityTag: new EntityTagHeaderValue($"\"{Sha256Digest.Of(signatures)}\""));
    }

    private static async Task<IResult> CancelAsync(string key, HttpContext context, BuildStore builds, BuildQueue queue)
    {
        if (!Sha256Digest.TryParse(key, out var digest))
            return NoKey();
        var isStopped = await queue.CancelAsync(digest.ToString(), context.RequestAborted);
        if (await builds.FindAsync(digest.ToString(), context.RequestAborted) is not { } build)
            return Problems.NotFound("No environment with this key is kept here.");
        return isStopped || build.State == BuildState.Cancelled
            ? Answer(context, 200, StatusWriter.Of(build))
            : Problems.Of(409, ServerProblemTypes.BadRequest, "There is nothing to stop", $"The environment is {BuildStore.StateName(build.State)}.");
    }

    private static async Task<IResult> BundleAsync(string key, HttpContext context, BuildStore builds, LayerShelf shelf, AnonymousScopes anonymous, UseLog uses)
    {
        if (!Sha256Digest.TryParse(key, out var digest))
            return NoKey();
        await uses.EnvironmentAsync(digest.ToString(), context.RequestAborted);
        if (await builds.ReadEnvironmentAsync(digest.ToString(), context.RequestAborted) is not { } bytes)
            return Problems.NotFound("No finished environment with this key is kept here.");
        var manifest = EnvironmentManifest.Read(bytes, "the database");
        if ((await shelf.FindAsync(manifest.Layers, context.RequestAborted)).Count < manifest.Layers.Count)
            return Problems.NotFound("Layers of this environment are not here any more.");
        context.Response.Headers.CacheControl = anonymous.Immutable;
        return Results.Stream(stream => BundleWriter.WriteAsync(manifest, shelf, stream, context.RequestAborted), LayersEndpoints.MediaType, $"{digest}.bundle");
    }

    private static IResult Answer(HttpContext context, int status, EnvironmentStatus body)
    {
        context.Response.StatusCode = status;
        context.Response.Headers.CacheControl = "no-store";
        return Results.Bytes(StatusWriter.Write(body), "application/json");
    }

    private static IResult NoKey() => Problems.BadRequest("An environment is named by its key: 64 hex digits.");
}
