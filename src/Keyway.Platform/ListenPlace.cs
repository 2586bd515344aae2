using System.Net;

namespace Keyway.Platform;

/// <summary>Where a server listens.</summary>
/// <param name="EndPoint">An address and port, or a Unix socket.</param>
/// <param name="IsOptional">Go without it where the system lacks it.</param>
/// <param name="IsTls">Clients must speak TLS there.</param>
public sealed record ListenPlace(EndPoint EndPoint, bool IsOptional = false, bool IsTls = false)
{
    private const int MostAddresses = 16;

    /// <summary>Each address of redis.conf's "bind" with the port and with the TLS port; a port of 0 is none.</summary>
    public static List<ListenPlace> Of(string bind, int port, int tlsPort)
    {
        var result = new List<ListenPlace>();
        if (port != 0) Add(result, bind, port, isTls: false);
        if (tlsPort != 0) Add(result, bind, tlsPort, isTls: true);
        return result;
    }

    /// <returns>Why these addresses cannot be listened on at all, or null.</returns>
    public static string? WhyUnreadable(string bind)
    {
        string[] words = bind.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length > MostAddresses) return "Too many bind addresses specified.";
        string? unreadable = words.FirstOrDefault(word => !IsAddress(word.StartsWith('-') ? word[1..] : word));
        return unreadable == null ? null : $"'{unreadable}' is not an IP address";
    }

    private static void Add(List<ListenPlace> places, string bind, int port, bool isTls)
    {
        foreach (string word in bind.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            // "-" before an address: go without it where the system lacks it.
            bool isOptional = word.StartsWith('-');
            places.Add(new ListenPlace(new IPEndPoint(ParseAddress(isOptional ? word[1..] : word), port), isOptional, isTls));
        }
    }

    private static bool IsAddress(string host) => host is "*" or "::*" or "localhost" || IPAddress.TryParse(host, out _);

    private static IPAddress ParseAddress(string host) => host switch
    {
        "*" => IPAddress.Any,
        "::*" => IPAddress.IPv6Any,
        "localhost" => IPAddress.Loopback,
        _ => IPAddress.Parse(host),
    };
}
