using System.Globalization;
using System.Net;
using Keyway.Gateway.Shards;
using Keyway.Topology;

namespace Keyway.Gateway.Cluster;

/// <summary>Reads what a server says of its cluster. A reply that makes no sense is null, whatever is in it.</summary>
internal static class ClusterReplies
{
    private const int MostNodes = 16384;   // there are no more slots to hold

    // What a server says that does not know, or will not say, its name: clients are to use the one under which they asked.
    private const string Unknown = "?";

    /// <summary>Of CLUSTER SHARDS, since Redis 7.0.</summary>
    /// <param name="asked">Whom we asked: it may not know its own name.</param>
    /// <param name="isTls">Which of a server's two ports we want.</param>
    public static IReadOnlyList<ClusterShard>? Shards(ReadOnlySpan<byte> reply, EndPoint asked, bool isTls)
    {
        var cursor = new ReplyCursor(reply);
        if (!cursor.TryReadArray(out int count)) return null;

        var shards = new List<ClusterShard>();
        int nodes = 0;
        for (int i = 0; i < count; i++)
        {
            // {slots: [0, 5460], nodes: [{…}, …]}
            if (!cursor.TryReadArray(out int fields)) return null;
            var ranges = new List<(int, int)>();
            var members = new List<ClusterNode>();
            for (int field = 0; field + 1 < fields; field += 2)
            {
                if (!cursor.TryReadText(out string name)) return null;
                bool isRead = name switch
                {
                    "slots" => TryReadRanges(ref cursor, ranges),
                    "nodes" => TryReadNodes(ref cursor, asked, isTls, members),
                    _ => cursor.TrySkip(),
                };
                if (!isRead) return null;
            }

            if ((nodes += members.Count) > MostNodes) return null;
            shards.Add(ShardOf(ranges, members));
        }

        return shards;
    }

    /// <summary>Of CLUSTER SLOTS, which every version has: no health, no offsets, no masters without slots.</summary>
    public static IReadOnlyList<ClusterShard>? Slots(ReadOnlySpan<byte> reply, EndPoint asked)
    {
        var cursor = new ReplyCursor(reply);
        if (!cursor.TryReadArray(out int count)) return null;

        // One entry a range: a master with several ranges comes several times.
        var byMaster = new Dictionary<EndPoint, (List<(int, int)> Ranges, List<ClusterNode> Members)>();
        for (int i = 0; i < count; i++)
        {
            if (!cursor.TryReadArray(out int fields) || fields < 3) return null;
            if (!cursor.TryReadInteger(out long first) || !cursor.TryReadInteger(out long last) || !IsRange(first, last)) return null;
            var members = new List<ClusterNode>();
            for (int field = 2; field < fields; field++)
            {
                // [endpoint, port, id, [hostname, h.example]]
                if (!cursor.TryReadArray(out int parts) || parts < 2 || !cursor.TryReadText(out string host) || !cursor.TryReadInteger(out long port)) return null;
                for (int part = 2; part < parts; part++)
                {
                    if (!cursor.TrySkip()) return null;
                }

                if (AddressOf(host, port, asked) is not { } address) return null;
                members.Add(new ClusterNode(address, IsMaster: members.Count == 0, IsOnline: true, Offset: 0));
            }

            if (!byMaster.TryGetValue(members[0].Address, out (List<(int, int)> Ranges, List<ClusterNode> Members) known))
                byMaster[members[0].Address] = known = ([], members);
            known.Ranges.Add(((int)first, (int)last));
            if (byMaster.Count > MostNodes) return null;
        }

        return [.. byMaster.Values.Select(shard => ShardOf(shard.Ranges, shard.Members))];
    }

    /// <summary>Of CLUSTER INFO: cluster_state and cluster_current_epoch.</summary>
    public static (bool IsOk, long Epoch)? Info(ReadOnlySpan<byte> reply)
    {
        var cursor = new ReplyCursor(reply);
        if (!cursor.TryReadText(out string text)) return null;

        bool? isOk = null;
        long epoch = -1;
        foreach (string line in text.Split('\n', StringSplitOptions.TrimEntries))
        {
            // cluster_state:ok
            if (line.StartsWith("cluster_state:", StringComparison.Ordinal)) isOk = line.EndsWith(":ok", StringComparison.Ordinal);
            if (line.StartsWith("cluster_current_epoch:", StringComparison.Ordinal))
                _ = long.TryParse(line.AsSpan(line.IndexOf(':') + 1), NumberStyles.None, CultureInfo.InvariantCulture, out epoch);
        }

        return isOk is { } known && epoch >= 0 ? (known, epoch) : null;
    }

    private static bool TryReadRanges(ref ReplyCursor cursor, List<(int, int)> ranges)
    {
        if (!cursor.TryReadArray(out int count) || count % 2 != 0) return false;
        for (int i = 0; i < count; i += 2)
        {
            if (!cursor.TryReadInteger(out long first) || !cursor.TryReadInteger(out long last) || !IsRange(first, last)) return false;
            ranges.Add(((int)first, (int)last));
        }

        return true;
    }

    private static bool TryReadNodes(ref ReplyCursor cursor, EndPoint asked, bool isTls, List<ClusterNode> members)
    {
        if (!cursor.TryReadArray(out int count)) return false;
        for (int i = 0; i < count; i++)
        {
            if (!cursor.TryReadArray(out int fields)) return false;
            string endpoint = "";
            string role = "";
            string health = "online";
            long port = 0;
            long tlsPort = 0;
            long offset = 0;
            for (int field = 0; field + 1 < fields; field += 2)
            {
                if (!cursor.TryReadText(out string name)) return false;
                bool isRead = name switch
                {
                    "endpoint" => cursor.TryReadText(out endpoint),
                    "role" => cursor.TryReadText(out role),
                    "health" => cursor.TryReadText(out health),
                    "port" => cursor.TryReadInteger(out port),
                    "tls-port" => cursor.TryReadInteger(out tlsPort),
                    "replication-offset" => cursor.TryReadInteger(out offset),
                    _ => cursor.TrySkip(),
                };
                if (!isRead) return false;
            }

            // A server that has not heard of another's port for us cannot send us there.
            long wanted = isTls ? tlsPort : port;
            if (wanted == 0) wanted = isTls ? port : tlsPort;
            if (AddressOf(endpoint, wanted, asked) is not { } address) return false;
            members.Add(new ClusterNode(address, role == "master", health == "online", offset));
        }

        return true;
    }

    // Where a failed master is still named beside its successor, the one that works is the master.
    private static ClusterShard ShardOf(List<(int, int)> ranges, List<ClusterNode> members)
    {
        ClusterNode? master = members.Find(node => node is { IsMaster: true, IsOnline: true }) ?? members.Find(node => node.IsMaster);
        return new ClusterShard(ranges, master, [.. members.Where(node => !node.IsMaster)]);
    }

    private static bool IsRange(long first, long last) => first >= 0 && first <= last && last < HashSlot.Count;

    private static EndPoint? AddressOf(string host, long port, EndPoint asked)
    {
        if (port is < 1 or > ushort.MaxValue) return null;
        if (host.Length == 0 || host == Unknown) host = ClusterNode.HostOf(asked);
        return host.Length is > 0 and <= 255 ? ClusterNode.EndPointOf(host, (int)port) : null;
    }
}
