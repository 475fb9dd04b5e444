using System.Net;
using System.Net.Sockets;

namespace VenvBuild.Server;

internal static class AddressScope
{
    /// <summary>The scope of an IPv6 address; others have none.</summary>
    public static long ScopeIdOrZero(this IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6 ? address.ScopeId : 0;
}
