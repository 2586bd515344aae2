using System.Net;
using System.Net.Sockets;

namespace Keyway.Differential.Servers;

/// <summary>A server that somebody else has started: "host:port" or the path of a Unix socket.</summary>
internal sealed class GivenServer(string name, EndPoint endPoint) : Server(name)
{
    public override EndPoint EndPoint { get; } = endPoint;

    public static EndPoint Parse(string address)
    {
        if (address.Contains('/')) return new UnixDomainSocketEndPoint(address);
        int colon = address.LastIndexOf(':');
        string host = colon < 0 ? "127.0.0.1" : address[..colon];
        int port = int.Parse(address.AsSpan(colon + 1));
        return IPAddress.TryParse(host, out IPAddress? ip) ? new IPEndPoint(ip, port) : new DnsEndPoint(host, port);
    }

    public override void Restart() => throw new InvalidOperationException($"{Name} at {EndPoint} is gone, and is not ours to start.");

    public override string LastWords() => "";

    public override void Dispose()
    {
    }
}
