using System.Net;
using Microsoft.AspNetCore.Http.Features;

namespace VenvBuild.Server;

/// <summary>Finds out who makes a request, before anything else is done for it.</summary>
internal sealed class CallerMiddleware(RequestDelegate next, TokenStore tokens, AnonymousScopes anonymous)
{
    private const string Scheme = "Bearer ";

    public async Task InvokeAsync(HttpContext context)
    {
        context.Features.Set(await WhoAsync(context));
        await next(context);
    }

    /// <summary>Refuses callers who may not; for endpoints.</summary>
    public static Func<EndpointFilterInvocationContext, EndpointFilterDelegate, ValueTask<object?>> Needs(AccessScopes scope) => async (context, next) =>
    {
        var caller = context.HttpContext.Features.GetRequiredFeature<Caller>();
        if (caller.May(scope))
            return await next(context);
        var isKnown = !caller.HasBadToken && caller.Scopes != AccessScopes.None;
        return Problems.NotAllowed(isKnown, caller.HasBadToken
            ? "The token is unknown or revoked."
            : $"This needs a token with the scope '{scope.ToString().ToLowerInvariant()}'.");
    };

    private async Task<Caller> WhoAsync(HttpContext context)
    {
        var address = (context.Connection.RemoteIpAddress ?? IPAddress.None).ToString();
        var header = context.Request.Headers.Authorization.ToString();
        if (header.Length == 0)
        {
            // One that does not count any more makes a stranger of its bearer, who may sign in anew.
            return SessionCookie.Read(context.Request) is { Length: > 0 } session && await tokens.FindAsync(session, context.RequestAborted) is { } known
                ? new(known.Id, known.Scopes, false) { Token = known.Id, Name = known.Name }
                : new(address, anonymous.Scopes, false);
        }

        var token = header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            ? await tokens.FindAsync(header[Scheme.Length..].Trim(), context.RequestAborted)
            : null;
        return token is null ? new(address, AccessScopes.None, true) : new(token.Id, token.Scopes, false) { Token = token.Id, Name = token.Name, Bounds = new(token.SolvesADay, token.BuildsADay, token.StoredBytes) };
    }
}
