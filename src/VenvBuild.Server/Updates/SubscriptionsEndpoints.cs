using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using VenvBuild.Index;
using VenvBuild.Packaging;
using VenvBuild.Remote;

namespace VenvBuild.Server;

/// <summary><c>/v1/subscriptions</c>: locks whose updates are looked for on a schedule.</summary>
internal static class SubscriptionsEndpoints
{
    private const int MaxHours = 24 * 365;

    public static void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/v1/subscriptions");
        group.MapPost("", SubscribeAsync)
            .AddEndpointFilter(CallerMiddleware.Needs(AccessScopes.Resolve))
            .WithName("Subscribe").WithSummary("Has updates of a lock looked for once in a while. Sent again with another lock, that one is in use.")
            .Accepts<SubscriptionRequest>("application/json")
            .Produces<SubscriptionStatus>(200).Produces<SubscriptionStatus>(201).Produces<ServerProblem>(400, Problems.ContentType).Produces<ServerProblem>(403, Problems.ContentType)
            .Produces<ServerProblem>(409, Problems.ContentType).Produces<ServerProblem>(422, Problems.ContentType).Produces<ServerProblem>(503, Problems.ContentType);
        group.MapGet("", ListAsync)
            .AddEndpointFilter(CallerMiddleware.Needs(AccessScopes.Read))
            .WithName("GetSubscriptions").WithSummary("All subscribed locks.").Produces<IReadOnlyList<SubscriptionStatus>>();
        group.MapGet("/{id}", ReadAsync)
            .AddEndpointFilter(CallerMiddleware.Needs(AccessScopes.Read))
            .WithName("GetSubscription").WithSummary("Which updates there would be, whether they build, and whether the checks pass.")
            .Produces<SubscriptionStatus>().Produces<ServerProblem>(404, Problems.ContentType);
        group.MapGet("/{id}/lock", ReadLockAsync)
            .AddEndpointFilter(CallerMiddleware.Needs(AccessScopes.Read))
            .WithName("GetSubscriptionLock").WithSummary("The lock to use: the one with the updates once all of it is built, else the one in use.")
            .Produces<string>(200, LocksEndpoints.MediaType).Produces<ServerProblem>(404, Problems.ContentType);
        group.MapPost("/{id}/run", RunAsync)
            .AddEndpointFilter(CallerMiddleware.Needs(AccessScopes.Resolve))
            .WithName("RunSubscription").WithSummary("Looks for updates now.")
            .Produces<SubscriptionStatus>(202).Produces<ServerProblem>(404, Problems.ContentType);
        group.MapDelete("/{id}", RemoveAsync)
            .AddEndpointFilter(CallerMiddleware.Needs(AccessScopes.Resolve))
            .WithName("Unsubscribe").WithSummary("Ends a subscription.")
            .Produces(204).Produces<ServerProblem>(403, Problems.ContentType).Produces<ServerProblem>(404, Problems.ContentType);
    }

    private static async Task<IResult> SubscribeAsync(
        HttpContext context, LockQuestionReader reader, LockStore locks, SubscriptionStore subscriptions, UpdateSchedule schedule, UpdateService updates, ServerSettings settings, TimeProvider clock)
    {
        var stop = context.RequestAborted;
        var (request, refusal) = await JsonBody.ReadAsync<SubscriptionRequest>(context, "a subscription");
        if (request is null)
            return refusal!;
        var caller = context.Features.GetRequiredFeature<Caller>();
        if (request.Build && !caller.May(AccessScopes.Build))
            return Problems.NotAllowed(true, "Building updates needs a token with the scope 'build'; without it send \"build\": false.");
        if (request is not { Manifest: not null, Lock: not null, Sources: not null, Name: null or { Length: > 0 and <= 100 } } || request.Name?.Any(char.IsControl) == true)
            return Problems.BadRequest("The body is no request for a subscription.");
        if (request.Hours < settings.SubscriptionHours || request.Hours > MaxHours)
            return Problems.BadRequest(FormattableString.Invariant($"hours is between {settings.SubscriptionHours} and {MaxHours}."));
        try
        {
            var asked = new LockRequest { Manifest = request.Manifest, Sources = request.Sources, Options = new() { Platform = request.Platform } };
            var (question, objection) = reader.Read(asked);
            if (question is null)
                return objection!;
            var (digest, fault) = await KeepLockAsync(request.Lock, locks, stop);
            if (digest is null)
                return fault!;
            var name = request.Name ?? string.Join(", ", question.Manifest.Requirements.Select(requirement => requirement.Requirement.Name.Value).Distinct(StringComparer.Ordinal).Take(3));
            var subscription = new Subscription
            {
                Id = CacheFolder.KeyOf("venvbuild-subscription 1", name, question.Manifest.Requests.Digest, caller.Token ?? "")[..16],
                Name = name.Length == 0 ? "nothing" : name,
                Request = JsonSerializer.Serialize(asked, RemoteJson.Default.LockRequest),
                LockDigest = digest,
                Hours = request.Hours,
                Builds = request.Build,
                Owner = caller.Token,
                Made = clock.GetUtcNow().ToUnixTimeMilliseconds(),
            };
            if (await subscriptions.KeepAsync(subscription, settings.Subscriptions, stop) is not { } isNew)
                return Problems.Bound(503, FormattableString.Invariant($"This server looks after {settings.Subscriptions} locks, which is all it may."));
            await schedule.StartAsync(subscription, stop);
            context.Response.Headers.Location = $"/v1/subscriptions/{subscription.Id}";
            return Results.Json(await updates.StatusAsync(subscription, stop), statusCode: isNew ? 201 : 200);
        }
        catch (DiagnosticException failure)
        {
            return Problems.Of(failure);
        }
    }

    private static async Task<(string? Digest, IResult? Fault)> KeepLockAsync(string text, LockStore locks, CancellationToken cancellationToken)
    {
        if (text.StartsWith("sha256:", StringComparison.Ordinal))
        {
            return Sha256Digest.TryParse(text.AsSpan("sha256:".Length), out var known) && await locks.ReadAsync(known.ToString(), cancellationToken) is not null
                ? (known.ToString(), null)
                : (null, Problems.NotFound("No lock with this digest is kept here: send its text."));
        }

        var content = Encoding.UTF8.GetBytes(text);
        await locks.KeepAsync(LockReader.Read(content, "the lock", LockOrigin.Elsewhere).Document, content, cancellationToken);
        return (Sha256Digest.Of(content).ToString(), null);
    }

    private static async Task<IResult> ListAsync(HttpContext context, SubscriptionStore subscriptions, UpdateService updates)
    {
        context.Response.Headers.CacheControl = "no-store";
        var all = new List<SubscriptionStatus>();
        foreach (var subscription in await subscriptions.ListAsync(context.RequestAborted))
            all.Add(await updates.StatusAsync(subscription, context.RequestAborted));
        return Results.Json<IReadOnlyList<SubscriptionStatus>>(all);
    }

    private static async Task<IResult> ReadAsync(string id, HttpContext context, SubscriptionStore subscriptions, UpdateService updates)
    {
        context.Response.Headers.CacheControl = "no-store";
        return await subscriptions.FindAsync(id, context.RequestAborted) is { } subscription
            ? Results.Json(await updates.StatusAsync(subscription, context.RequestAborted))
            : None();
    }

    private static async Task<IResult> ReadLockAsync(string id, HttpContext context, SubscriptionStore subscriptions, UpdateService updates, LockStore locks)
    {
        if (await subscriptions.FindAsync(id, context.RequestAborted) is not { } subscription)
            return None();
        var status = await updates.StatusAsync(subscription, context.RequestAborted);
        var digest = status is { State: SubscriptionStatus.Ready, NextLock: { } next } ? next : status.Lock;
        if (await locks.ReadAsync(digest["sha256:".Length..], context.RequestAborted) is not { } content)
            return Problems.NotFound("The lock is not kept here any more.");
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.ContentLocation = $"/v1/locks/{digest}";
        return Results.Bytes(content, LocksEndpoints.MediaType);
    }

    private static async Task<IResult> RunAsync(string id, HttpContext context, SubscriptionStore subscriptions, UpdateSchedule schedule, UpdateService updates)
    {
        if (await subscriptions.FindAsync(id, context.RequestAborted) is not { } subscription)
            return None();
        await schedule.EnsureAsync(subscription, context.RequestAborted);
        await schedule.RunAsync(id, context.RequestAborted);
        return Results.Json(await updates.StatusAsync(subscription, context.RequestAborted), statusCode: 202);
    }

    private static async Task<IResult> RemoveAsync(string id, HttpContext context, SubscriptionStore subscriptions, UpdateSchedule schedule)
    {
        if (await subscriptions.FindAsync(id, context.RequestAborted) is not { } subscription)
            return None();
        if (!MayEnd(subscription, context.Features.GetRequiredFeature<Caller>()))
            return Problems.NotAllowed(true, "This subscription was made with another token.");
        await schedule.StopAsync(id, context.RequestAborted);
        await subscriptions.RemoveAsync(id, context.RequestAborted);
        return Results.NoContent();
    }

    /// <summary>Whether a caller may end a subscription: its owner may, and who may do anything.</summary>
    internal static bool MayEnd(Subscription subscription, Caller caller) =>
        subscription.Owner == caller.Token ? caller.May(AccessScopes.Resolve) : caller.May(AccessScopes.Admin) || (subscription.Owner is null && caller.May(AccessScopes.Resolve));

    private static IResult None() => Problems.NotFound("No subscription of this name is kept here.");
}
