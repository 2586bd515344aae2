using System.Globalization;
using System.Net;
using System.Text;

namespace Keyway.Benchmarks.Peers.Networks;

/// <summary>
/// Network namespaces, each with a cable to one bridge, which has a namespace of its own: the machine's network knows nothing of them. Cuts are rules of
/// that bridge: as with a switch that fails, packets are lost without a word to either side.
/// </summary>
internal sealed class BridgedNetwork : IDisposable
{
    private const string Prefix = "keyway-";
    private const string Chain = "bridge keyway cuts";

    private readonly string _hub;
    private readonly List<string> _namespaces = [];
    private int _lastHost;

    public BridgedNetwork()
    {
        if (WhyNot() is { } reason) throw new InvalidOperationException($"partitions cannot be made here: {reason}");
        RemoveLeftOvers();
        _hub = AddNamespace("hub");
        try
        {
            Tool.Run("ip", "-n", _hub, "link", "add", "bridge", "type", "bridge");
            Tool.Run("ip", "-n", _hub, "link", "set", "bridge", "up");
            InHub("table bridge keyway {\n chain cuts { type filter hook forward priority 0; policy accept; }\n}\n");
        }
        catch (InvalidOperationException refused)
        {
            Dispose();
            throw new InvalidOperationException($"partitions cannot be made here: {refused.Message}", refused);
        }
    }

    /// <returns>Null where network namespaces and packet filters can be used.</returns>
    public static string? WhyNot()
    {
        if (!NamespaceCalls.IsRoot) return "only root makes network namespaces";
        if (Executables.Find("ip") is null) return "ip is not installed (Debian: apt install iproute2)";
        if (Executables.Find("nft") is null) return "nft is not installed (Debian: apt install nftables)";
        return null;
    }

    public Place Add(string name)
    {
        string space = AddNamespace(name);
        var address = IPAddress.Parse($"10.99.0.{++_lastHost}");
        Tool.Run("ip", "-n", _hub, "link", "add", $"to-{name}", "type", "veth", "peer", "name", "eth0", "netns", space);
        Tool.Run("ip", "-n", _hub, "link", "set", $"to-{name}", "master", "bridge", "up");
        Tool.Run("ip", "-n", space, "addr", "add", $"{address}/24", "dev", "eth0");
        Tool.Run("ip", "-n", space, "link", "set", "eth0", "up");
        Tool.Run("ip", "-n", space, "link", "set", "lo", "up");
        return new Place(name, space, address);
    }

    /// <summary>These cuts and no others, all at the same moment.</summary>
    public void Apply(IEnumerable<Cut> cuts)
    {
        var rules = new StringBuilder($"flush chain {Chain}\n");
        foreach (Cut cut in cuts) rules.Append($"add rule {Chain} ip saddr {cut.From.Address} ip daddr {cut.To.Address} drop\n");
        InHub(rules.ToString());
    }

    public void Heal() => Apply([]);

    /// <summary>With a namespace its cable goes, with the last one the bridge.</summary>
    public void Dispose()
    {
        foreach (string name in _namespaces) Remove(name);
        _namespaces.Clear();
    }

    private void InHub(string rules) => Tool.Feed("ip", rules, "netns", "exec", _hub, "nft", "-f", "-");

    private string AddNamespace(string name)
    {
        string space = $"{Prefix}{Environment.ProcessId}-{name}";
        Tool.Run("ip", "netns", "add", space);
        _namespaces.Add(space);
        return space;
    }

    // A run that was killed could not clear away what it had made: its number is in the names, and nobody bears it any more.
    private static void RemoveLeftOvers()
    {
        foreach (string line in Tool.Run("ip", "netns", "list").Split('\n'))
        {
            string name = line.Split(' ')[0];
            string[] parts = name.Split('-');
            if (!name.StartsWith(Prefix, StringComparison.Ordinal) || parts.Length < 3 || !int.TryParse(parts[1], CultureInfo.InvariantCulture, out int owner)) continue;
            if (Directory.Exists($"/proc/{owner}")) continue;
            foreach (string id in Tool.Run("ip", "netns", "pids", name).Split('\n', StringSplitOptions.RemoveEmptyEntries))
                Signals.Send(int.Parse(id, CultureInfo.InvariantCulture), Signals.Kill);
            Remove(name);
        }
    }

    private static void Remove(string name)
    {
        try
        {
            Tool.Run("ip", "netns", "delete", name);
        }
        catch (InvalidOperationException failed)
        {
            // The others are to go all the same.
            Console.WriteLine(failed.Message);
        }
    }
}
