using System.Net;
using Microsoft.AspNetCore.HttpOverrides;
using IPNetwork = System.Net.IPNetwork;

namespace VenvBuild.Server;

/// <summary>
/// Who may say for whom a request is made: proxies that are listed, and nobody else. What they say is read from <c>X-Forwarded-For</c> and
/// <c>X-Forwarded-Proto</c>, from the nearest on, as far as each is listed; <c>Forwarded</c> is not read, for a proxy that does not know it
/// passes on what its client wrote there.
/// </summary>
internal static class TrustedProxies
{
    private static readonly string[] Marks = ["X-Forwarded-For", "Forwarded", "Via"];

    public static void Add(IServiceCollection services, ServerSettings settings) => services.PostConfigure<ForwardedHeadersOptions>(options =>
    {
        // ASPNETCORE_FORWARDEDHEADERS_ENABLED would have everybody trusted.
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var network in settings.TrustedProxies)
            options.KnownIPNetworks.Add(network);
        options.ForwardLimit = null;
        options.ForwardedHeaders = settings.TrustedProxies.Count == 0 ? ForwardedHeaders.None : ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
    });

    /// <summary>Whether a request says that it came through a proxy.</summary>
    public static bool IsForwarded(HttpRequest request) => Array.Exists(Marks, request.Headers.ContainsKey);

    /// <summary>An address, or a network as <c>address/bits</c>; null where the text is neither.</summary>
    public static IPNetwork? Read(string text)
    {
        if (IPAddress.TryParse(text, out var address))
            return new(address, address.GetAddressBytes().Length * 8);
        return IPNetwork.TryParse(text, out var network) ? network : null;
    }
}
