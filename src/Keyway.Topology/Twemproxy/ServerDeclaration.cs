using System.Globalization;

namespace Keyway.Topology.Twemproxy;

/// <summary>A line of nutcracker's <c>servers</c>: <c>host:port:weight [name]</c> or <c>/path:weight [name]</c>.</summary>
/// <param name="Name">What ketama hashes: the name given, else the address without the weight, and for port 11211 without the port.</param>
public readonly record struct ServerDeclaration(string Name, int Weight)
{
    // As memcached's clients name servers: they leave its default port out.
    private const string UnnamedPort = "11211";

    public static bool TryParse(string declaration, out ServerDeclaration server)
    {
        server = default;

        int space = declaration.IndexOf(' ');
        string address = space < 0 ? declaration : declaration[..space];
        string? name = space < 0 ? null : declaration[(space + 1)..];
        if (name is "" || name?.Contains(' ') == true) return false;

        int beforeWeight = address.LastIndexOf(':');
        if (beforeWeight <= 0 || !TryParseNumber(address.AsSpan(beforeWeight + 1), out int weight) || weight == 0) return false;

        string place = address[..beforeWeight];
        if (place[0] != '/')
        {
            int beforePort = place.LastIndexOf(':');
            if (beforePort <= 0 || !TryParseNumber(place.AsSpan(beforePort + 1), out int port) || port is 0 or > ushort.MaxValue) return false;
            if (place.AsSpan(beforePort + 1).SequenceEqual(UnnamedPort)) place = place[..beforePort];
        }

        server = new ServerDeclaration(name ?? place, weight);
        return true;
    }

    private static bool TryParseNumber(ReadOnlySpan<char> text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
