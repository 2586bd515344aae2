using System.Net;
using System.Net.Sockets;

namespace Keyway.Configuration;

/// <summary>host:port, or the path of a Unix socket.</summary>
public sealed record Address
{
    public string Host { get; init; } = "";

    public int Port { get; init; }

    /// <summary>Null for TCP.</summary>
    public string? UnixPath { get; init; }

    public static Address Tcp(string host, int port) => new() { Host = host, Port = port };

    public bool IsUnix => UnixPath is not null;

    /// <summary>Nobody but this machine's own processes can connect.</summary>
    public bool IsLoopback => IsUnix || (TryIp(out IPAddress? ip) && IPAddress.IsLoopback(ip));

    public bool IsEveryInterface => TryIp(out IPAddress? ip) && (ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any));

    /// <summary>An address of this machine to bind to; false for a host name.</summary>
    public bool TryToListenEndPoint(out EndPoint? endPoint)
    {
        endPoint = IsUnix ? new UnixDomainSocketEndPoint(UnixPath!) : TryIp(out IPAddress? ip) ? new IPEndPoint(ip, Port) : null;
        return endPoint is not null;
    }

    /// <summary>Where to connect to; a host name is resolved by whoever connects, each time anew.</summary>
    public EndPoint ToEndPoint() => TryToListenEndPoint(out EndPoint? endPoint) ? endPoint! : new DnsEndPoint(Host, Port);

    /// <summary>host:port, [v6]:port or unix:path.</summary>
    public static bool TryParse(string text, out Address? address)
    {
        address = null;
        if (text.StartsWith("unix:", StringComparison.Ordinal))
        {
            // The kernel's limit for such a path is 108 bytes with its terminating zero.
            if (text.Length is <= 5 or > 5 + 107 || text.Contains('\0')) return false;

            address = new Address { UnixPath = text[5..] };
            return true;
        }

        int colon = text.LastIndexOf(':');
        if (colon <= 0 || !TryParsePort(text.AsSpan(colon + 1), out int port)) return false;

        string host = text[..colon];
        if (host.StartsWith('[') && host.EndsWith(']'))
        {
            host = host[1..^1];
            if (!IPAddress.TryParse(host, out IPAddress? v6) || v6.AddressFamily != AddressFamily.InterNetworkV6) return false;
        }
        else if (host != "*" && !IsHostName(host))
        {
            return false;
        }

        address = Tcp(host, port);
        return true;
    }

    public override string ToString() => IsUnix ? "unix:" + UnixPath : Host.Contains(':') ? $"[{Host}]:{Port}" : $"{Host}:{Port}";

    private bool TryIp([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out IPAddress? ip)
    {
        ip = null;
        if (IsUnix) return false;
        if (Host == "*") ip = IPAddress.Any;
        else if (Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)) ip = IPAddress.Loopback;
        else return IPAddress.TryParse(Host, out ip);
        return true;
    }

    private static bool TryParsePort(ReadOnlySpan<char> digits, out int port) =>
        int.TryParse(digits, System.Globalization.NumberStyles.None, null, out port) && port <= 65535;

    private static bool IsHostName(string host)
    {
        foreach (char letter in host)
        {
            if (!char.IsAsciiLetterOrDigit(letter) && letter is not ('.' or '-' or '_')) return false;
        }

        // "10.0.1" and "7001" are IP addresses to the system's parser, never what somebody meant.
        return !host.All(letter => char.IsAsciiDigit(letter) || letter == '.') || host.Split('.') is { Length: 4 } parts
            && parts.All(p => byte.TryParse(p, out _));
    }
}
