using System.Net;
using System.Net.Sockets;

namespace VenvBuild.Index;

/// <summary>Connects to the addresses of a host that may be spoken to, and to no other: the check and the connection see the same address.</summary>
internal sealed class GuardedConnect(Func<DnsEndPoint, IPAddress, bool> mayConnect)
{
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var host = context.DnsEndPoint;
        var addresses = IPAddress.TryParse(host.Host.Trim('[', ']'), out var literal)
            ? [literal]
            : await Dns.GetHostAddressesAsync(host.Host, cancellationToken).ConfigureAwait(false);
        var allowed = Array.FindAll(addresses, address => mayConnect(host, address));
        if (allowed.Length == 0)
            throw new ForbiddenAddressException(host.Host);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, host.Port, cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
