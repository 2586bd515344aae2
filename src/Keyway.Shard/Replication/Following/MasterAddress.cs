using System.Globalization;
using System.Net;

namespace Keyway.Shard.Replication.Following;

/// <summary>Where a master listens.</summary>
internal sealed record MasterAddress(string Host, int Port)
{
    private const int LargestPort = 65535;

    public EndPoint EndPoint => IPAddress.TryParse(Host, out IPAddress? address) ? new IPEndPoint(address, Port) : new DnsEndPoint(Host, Port);

    /// <summary>Host names are alike in either case.</summary>
    public bool IsSameAs(string host, int port) => Port == port && Host.Equals(host, StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads the setting: "host port", or nothing where there is no master.</summary>
    public static MasterAddress? Parse(string setting)
    {
        int blank = setting.LastIndexOf(' ');
        return blank < 0 ? null : new MasterAddress(setting[..blank], int.Parse(setting.AsSpan(blank + 1), CultureInfo.InvariantCulture));
    }

    public static bool IsPort(long number) => number is >= 0 and <= LargestPort;

    public string Setting => string.Create(CultureInfo.InvariantCulture, $"{Host} {Port}");
}
