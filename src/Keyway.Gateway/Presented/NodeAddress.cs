using System.Net;
using Keyway.Gateway.Sessions;

namespace Keyway.Gateway.Presented;

/// <summary>Where clients of clusters are told to find the one node.</summary>
internal readonly record struct NodeAddress(string Host, int Port)
{
    /// <summary>What a node of Redis adds to its port for the other nodes; nobody listens there.</summary>
    public const int BusOffset = 10_000;

    /// <summary>
    /// The address that this client is connected to: it can reach that one, whatever names and interfaces there are. Through a Unix socket it has none, and is
    /// told a port of the pool's; an empty host means the one that was asked.
    /// </summary>
    public static NodeAddress Of(ClientSession session)
    {
        if (session.Connection.LocalEndPoint is IPEndPoint local) return Of(local);
        return session.Pool.Definition.Listen.OfType<IPEndPoint>().FirstOrDefault() is { } other ? Of(other) : new NodeAddress("", 0);
    }

    private static NodeAddress Of(IPEndPoint place)
    {
        IPAddress address = place.Address.IsIPv4MappedToIPv6 ? place.Address.MapToIPv4() : place.Address;
        bool isEveryInterface = address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);
        return new NodeAddress(isEveryInterface ? "" : address.ToString(), place.Port);
    }
}
