using System.Net;
using System.Net.Sockets;

namespace VenvBuild.Server;

/// <summary>
/// Which addresses the server connects to for a client: public ones, and the hosts that whoever runs it has listed. It is asked with the
/// address itself, after DNS has answered and after every redirect.
/// </summary>
internal sealed class AddressPolicy
{
    private static readonly IPNetwork[] Internal =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24",
            "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3",
            "::/8", "100::/64", "2001::/23", "2001:db8::/32", "fc00::/7", "fe80::/9", "ff00::/8",
        }.Select(network => IPNetwork.Parse(network)),
    ];

    private readonly HashSet<string> _listed;

    public AddressPolicy(ServerSettings settings) => _listed = settings.PrivateHosts
        .Concat(settings.AllowedIndexes.Where(root => root != "*").Select(root => new Uri(root)).Select(root => $"{root.IdnHost}:{root.Port}"))
        .Select(host => host.Trim('[', ']').ToLowerInvariant()).ToHashSet(StringComparer.Ordinal);

    public bool MayConnect(DnsEndPoint host, IPAddress address)
    {
        var name = host.Host.Trim('[', ']').ToLowerInvariant();
        return _listed.Contains(name) || _listed.Contains(FormattableString.Invariant($"{name}:{host.Port}")) || IsPublic(address);
    }

    internal static bool IsPublic(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            return IsPublic(address.MapToIPv4());
        if (address.AddressFamily == AddressFamily.InterNetworkV6 && Embedded(address) is { } inner)
            return IsPublic(inner);
        return address.ScopeIdOrZero() == 0 && !Array.Exists(Internal, network => network.Contains(address));
    }

    /// <summary>The IPv4 address that a translating gateway would send to (NAT64, 6to4), or null.</summary>
    private static IPAddress? Embedded(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        if (bytes.AsSpan().StartsWith<byte>([0x00, 0x64, 0xff, 0x9b]))
            return new(bytes.AsSpan(12));
        return bytes[0] == 0x20 && bytes[1] == 0x02 ? new(bytes.AsSpan(2, 4)) : null;
    }
}
