using System.Globalization;

namespace Keyway.Sentinel.Core;

/// <summary>
/// <c>ip,port,id,current epoch,master name,master ip,master port,config epoch</c>: how sentinels find one another, and how the newest
/// configuration spreads. Anybody who may publish on a data server can write one.
/// </summary>
internal sealed record HelloMessage(
    string Ip, int Port, string Id, long CurrentEpoch, string MasterName, string MasterHost, int MasterPort, long ConfigEpoch)
{
    private const int Fields = 8;
    private const int MaxLength = 4096;
    private const int IdLength = 40;

    public static HelloMessage Of(SentinelState state, MonitoredMaster master, string ip)
    {
        ServerAddress address = master.CurrentAddress;
        return new HelloMessage(ip, state.AnnouncePort, state.MyId, state.CurrentEpoch, master.Name, address.Text, address.Port, master.ConfigEpoch);
    }

    /// <returns>Null for what no sentinel says.</returns>
    public static HelloMessage? Read(string text)
    {
        if (text.Length > MaxLength || text.Split(',') is not { Length: Fields } fields) return null;
        if (fields[2].Length != IdLength || !fields[2].All(char.IsAsciiHexDigit)) return null;
        if (!TryNumber(fields[1], out long port) || !TryNumber(fields[6], out long masterPort)) return null;
        if (port is 0 or > ushort.MaxValue || masterPort is 0 or > ushort.MaxValue) return null;
        if (!TryNumber(fields[3], out long currentEpoch) || !TryNumber(fields[7], out long configEpoch)) return null;

        return new HelloMessage(fields[0], (int)port, fields[2], currentEpoch, fields[4], fields[5], (int)masterPort, configEpoch);
    }

    public override string ToString() => $"{Ip},{Port},{Id},{CurrentEpoch},{MasterName},{MasterHost},{MasterPort},{ConfigEpoch}";

    private static bool TryNumber(string text, out long number) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
