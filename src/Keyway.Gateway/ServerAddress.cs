using System.Net;

namespace Keyway.Gateway;

/// <summary>Where a server is.</summary>
/// <param name="EndPoint">Where to connect: TCP, a Unix socket, or a place inside this process.</param>
/// <param name="Text">As people and metrics read it.</param>
public sealed record ServerAddress(EndPoint EndPoint, string Text)
{
    /// <summary>What a server or a sentinel calls another one: an IP address or a name, and a port.</summary>
    /// <returns>Null for what is neither.</returns>
    public static ServerAddress? Of(string host, int port)
    {
        if (port is <= 0 or > ushort.MaxValue || host.Length is 0 or > 255) return null;
        if (IPAddress.TryParse(host, out IPAddress? ip))
        {
            var endPoint = new IPEndPoint(ip, port);
            return new ServerAddress(endPoint, endPoint.ToString());
        }
        foreach (char letter in host)
        {
            if (!char.IsAsciiLetterOrDigit(letter) && letter is not ('.' or '-' or '_')) return null;
        }
        return new ServerAddress(new DnsEndPoint(host, port), $"{host}:{port}");
    }

    public override string ToString() => Text;
}
