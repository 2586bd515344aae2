using System.Globalization;
using Keyway.Protocol.Configuration;
using Keyway.Sentinel.Core;

namespace Keyway.Sentinel.Configuration;

/// <summary>
/// Reads the lines that begin with "sentinel". They may stand in any order: what concerns all masters is read first, then the masters, then what is said
/// of each. The words of errors are Redis's.
/// </summary>
internal sealed class SentinelStatements
{
    private const string NoSuchMaster = "No such master with specified name.";
    private const string Unrecognized = "Unrecognized sentinel configuration statement.";
    private const int IdLength = 40;

    private static readonly string[] OfAllMasters =
    [
        "announce-ip", "announce-port", "deny-scripts-reconfig", "sentinel-user", "sentinel-pass", "current-epoch", "myid", "resolve-hostnames",
        "announce-hostnames",
    ];

    private readonly Dictionary<string, MasterStatements> _masters = new(StringComparer.Ordinal);
    private readonly List<MasterStatements> _inOrder = [];
    private readonly HostResolver _hosts;
    private string _myId = "";
    private long _currentEpoch;

    private SentinelStatements(GlobalSettings settings, HostResolver hosts)
    {
        Settings = settings;
        _hosts = hosts;
    }

    public GlobalSettings Settings { get; }

    /// <param name="lines">Without the word "sentinel".</param>
    /// <param name="settings">Filled in.</param>
    /// <param name="hosts">Asked for what names stand for; this is the one time when it may wait for the answer.</param>
    /// <param name="newId">Taken where no line gives an id.</param>
    /// <exception cref="ConfFileException">Names the line.</exception>
    public static SavedSentinel Read(IReadOnlyList<ConfLine> lines, GlobalSettings settings, HostResolver hosts, string newId)
    {
        var statements = new SentinelStatements(settings, hosts);
        statements.ReadAll(lines.Where(line => OfAllMasters.Contains(line.Name)), statements.ReadGlobal);
        statements.ReadAll(lines.Where(line => line.Name == "monitor"), statements.ReadMonitor);
        statements.ReadAll(lines.Where(line => line.Name != "monitor" && !OfAllMasters.Contains(line.Name)), statements.ReadOfMaster);
        return new SavedSentinel(statements._myId.Length > 0 ? statements._myId : newId, statements._currentEpoch, [.. statements._inOrder.Select(one => one.ToSaved())]);
    }

    /// <summary>As C's atoi: leading blanks and a sign are fine, what follows the digits is nobody's business.</summary>
    internal static int Number(string text)
    {
        text = text.TrimStart(' ', '\t', '\n', '\v', '\f', '\r');
        int end = text.StartsWith('-') || text.StartsWith('+') ? 1 : 0;
        while (end < text.Length && char.IsAsciiDigit(text[end])) end++;
        return long.TryParse(text.AsSpan(0, end), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? unchecked((int)number) : 0;
    }

    private static long Epoch(string text) => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong epoch) ? (long)Math.Min(epoch, long.MaxValue) : 0;

    private void ReadAll(IEnumerable<ConfLine> lines, Func<string, string[], string?> read)
    {
        foreach (ConfLine line in lines)
        {
            string? error = read(line.Name, [.. line.Arguments.Select(ByteText.ToText)]);
            if (error != null) throw ConfFileException.At(line.Number, line.Text, error);
        }
    }

    private string? ReadGlobal(string name, string[] values)
    {
        if (values.Length != 1) return Unrecognized;
        string value = values[0];
        switch (name)
        {
            case "announce-ip":
                Settings.AnnounceIp = value;
                return null;
            case "announce-port":
                Settings.AnnouncePort = Number(value);
                return null;
            case "sentinel-user":
                Settings.SentinelUser = value;
                return null;
            case "sentinel-pass":
                Settings.SentinelPassword = value;
                return null;
            case "current-epoch":
                _currentEpoch = Math.Max(_currentEpoch, Epoch(value));
                return null;
            case "myid":
                _myId = value;
                return value.Length == IdLength ? null : "Malformed Sentinel id in myid option.";
            case "deny-scripts-reconfig":
                Settings.DenyScriptsReconfig = IsYes(value);
                return IsYesOrNo(value) ? null : "Please specify yes or no for the deny-scripts-reconfig options.";
            case "resolve-hostnames":
                Settings.ResolveHostnames = IsYes(value);
                return IsYesOrNo(value) ? null : "Please specify yes or no for the resolve-hostnames option.";
            default:
                Settings.AnnounceHostnames = IsYes(value);
                return IsYesOrNo(value) ? null : "Please specify yes or no for the announce-hostnames option.";
        }
    }

    // monitor <name> <host> <port> <quorum>
    private string? ReadMonitor(string name, string[] values)
    {
        if (values.Length != 4) return Unrecognized;
        int quorum = Number(values[3]);
        if (quorum <= 0) return "Quorum must be 1 or greater.";
        if (WhyNoAddress(values[1], values[2], out ServerAddress? address) is { } error) return error;

        var master = new MasterStatements(values[0], address!, quorum);
        if (!_masters.TryAdd(values[0], master)) return "Duplicate master name.";
        _inOrder.Add(master);
        return null;
    }

    private string? ReadOfMaster(string name, string[] values)
    {
        bool isKnown = MasterStatements.Takes(name, values.Length);
        if (!isKnown) return Unrecognized;
        if (!_masters.TryGetValue(values[0], out MasterStatements? master)) return NoSuchMaster;

        switch (name)
        {
            case "known-slave" or "known-replica":
                if (WhyNoAddress(values[1], values[2], out ServerAddress? replica) is { } wrongReplica) return wrongReplica;
                return master.TryAddReplica(replica!) ? null : "Duplicate hostname and port for replica.";
            case "known-sentinel":
                // Very old files name no id, by which alone a sentinel is known.
                if (values.Length == 3) return null;
                if (WhyNoAddress(values[1], values[2], out ServerAddress? sentinel) is { } wrongSentinel) return wrongSentinel;
                return master.TryAddSentinel(new SavedPeer(values[3], sentinel!)) ? null : "Duplicate runid for sentinel.";
            case "config-epoch":
                master.ConfigEpoch = Epoch(values[1]);
                _currentEpoch = Math.Max(_currentEpoch, master.ConfigEpoch);
                return null;
            case "leader-epoch":
                master.LeaderEpoch = Epoch(values[1]);
                return null;
            default:
                return master.Read(name, values);
        }
    }

    private string? WhyNoAddress(string host, string port, out ServerAddress? address)
    {
        int number = Number(port);
        address = null;
        if (number is < 0 or > ushort.MaxValue) return "Invalid port number.";
        address = _hosts.ResolveNow(host, number);
        return address == null ? "Can't resolve instance hostname." : null;
    }

    private static bool IsYes(string value) => value.Equals("yes", StringComparison.OrdinalIgnoreCase);

    private static bool IsYesOrNo(string value) => IsYes(value) || value.Equals("no", StringComparison.OrdinalIgnoreCase);
}
