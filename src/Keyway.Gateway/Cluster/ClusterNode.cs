using System.Net;

namespace Keyway.Gateway.Cluster;

/// <summary>One server of a cluster, as some server of it describes it.</summary>
/// <param name="IsOnline">It is neither failed nor loading, as far as whoever told knows.</param>
/// <param name="Offset">How far it is in its shard's history; 0 where that is not told.</param>
internal sealed record ClusterNode(EndPoint Address, bool IsMaster, bool IsOnline, long Offset)
{
    /// <summary>"10.0.0.1:6379", "[::1]:6379" or "redis-1:6379".</summary>
    public string AddressText => TextOf(Address);

    /// <param name="host">An address or a name.</param>
    public static EndPoint EndPointOf(string host, int port) =>
        IPAddress.TryParse(host, out IPAddress? address) ? new IPEndPoint(address, port) : new DnsEndPoint(host, port);

    public static string TextOf(EndPoint address) => address is DnsEndPoint name ? $"{name.Host}:{name.Port}" : $"{address}";

    /// <summary>Without the port.</summary>
    public static string HostOf(EndPoint address) => address switch
    {
        DnsEndPoint name => name.Host,
        IPEndPoint ip => $"{ip.Address}",
        _ => "",
    };
}
