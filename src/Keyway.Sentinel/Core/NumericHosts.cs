using System.Net;
using System.Net.Sockets;

namespace Keyway.Sentinel.Core;

/// <summary>Accepts numeric addresses only, as a sentinel does that is not told to resolve names.</summary>
internal sealed class NumericHosts : IHostResolver
{
    public ServerAddress? Resolve(string host, int port)
    {
        if (port is < 0 or > ushort.MaxValue) return null;
        if (!IPAddress.TryParse(host, out IPAddress? address)) return null;
        // "1" and "127.1" are addresses to the parser, and typing errors to everybody else.
        if (address.AddressFamily == AddressFamily.InterNetwork && host.AsSpan().Count('.') != 3) return null;

        return new ServerAddress(host, address.ToString(), port);
    }
}
