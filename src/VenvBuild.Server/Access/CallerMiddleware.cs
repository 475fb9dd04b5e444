using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http.Features;

namespace VenvBuild.Server;

/// <summary>Finds out who makes a request, before anything else is done for it.</summary>
internal sealed class CallerMiddleware(RequestDelegate next, TokenStore tokens, AnonymousScopes anonymous, ServerSettings settings, ILogger<CallerMiddleware> log)
{
    private const string Scheme = "Bearer ";

    private static readonly Action<ILogger, IPAddress, Exception?> Unlisted = LoggerMessage.Define<IPAddress>(
        LogLevel.Warning, new(26, nameof(Unlisted)),
        "Requests come from {Address} for others (X-Forwarded-For), which is not believed: all of them count as one address. If it is your proxy, list it under VenvBuild:Access:TrustedProxies.");

    private int _hasWarned;

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

    /// <summary>What an address is counted by: of IPv6 one customer has a network of 64 bits at least, and as many addresses as it likes.</summary>
    internal static string KeyOf(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4().ToString();
        if (address.AddressFamily != AddressFamily.InterNetworkV6 || IPAddress.IsLoopback(address))
            return address.ToString();
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return $"{new IPAddress(bytes)}/64";
    }

    private async Task<Caller> WhoAsync(HttpContext context)
    {
        var remote = context.Connection.RemoteIpAddress ?? IPAddress.None;
        var isForwarded = TrustedProxies.IsForwarded(context.Request);
        if (isForwarded && settings.TrustedProxies.Count == 0 && Interlocked.Exchange(ref _hasWarned, 1) == 0)
            Unlisted(log, remote, null);
        var address = KeyOf(remote);
        var header = context.Request.Headers.Authorization.ToString();
        if (header.Length == 0)
        {
            // One that does not count any more makes a stranger of its bearer, who may sign in anew.
            return SessionCookie.Read(context.Request) is { Length: > 0 } session && await tokens.FindAsync(session, context.RequestAborted) is { } known
                ? new(known.Id, known.Scopes, false) { Token = known.Id, Name = known.Name }
                : new(address, isForwarded ? anonymous.Forwarded : anonymous.Scopes, false);
        }

        var token = header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            ? await tokens.FindAsync(header[Scheme.Length..].Trim(), context.RequestAborted)
            : null;
        return token is null ? new(address, AccessScopes.None, true) : new(token.Id, token.Scopes, false) { Token = token.Id, Name = token.Name, Bounds = new(token.SolvesADay, token.BuildsADay, token.StoredBytes) };
    }
}
