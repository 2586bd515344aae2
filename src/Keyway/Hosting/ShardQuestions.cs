using Keyway.Client;
using Keyway.Configuration;
using Keyway.State;

namespace Keyway.Hosting;

/// <summary>Asks a server what the comparison of two maps must know. Each question has a bounded time; no answer is an answer too.</summary>
internal static class ShardQuestions
{
    /// <summary>A server that works answers at once; a reload should not wait long for one that does not.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private const int LongestAnswer = 1 << 20;

    /// <summary>Whether it holds keys, in any of its databases.</summary>
    public static Emptiness Emptiness(Address address, ShardAccess access)
    {
        // # Keyspace
        // db0:keys=1,expires=0,avg_ttl=0
        if (Info(address, access, "keyspace") is not { } lines || !lines.Contains("# Keyspace")) return State.Emptiness.Unknown;

        bool hasKeys = lines.Any(line => line.StartsWith("db", StringComparison.Ordinal) && line.Contains(":keys=", StringComparison.Ordinal));
        if (hasKeys) return State.Emptiness.HasKeys;

        // What is still loading its data has none yet, and that says nothing.
        bool hasAll = Info(address, access, "persistence") is { } state && state.Contains("loading:0");
        return hasAll ? State.Emptiness.Empty : State.Emptiness.Unknown;
    }

    /// <summary>master_replid and master_replid2 of the master among these servers, or of its replicas when it does not answer; empty when none does.</summary>
    public static IReadOnlyList<string> ReplicationIds(IReadOnlyList<Address> servers, ShardAccess access)
    {
        var ofMasters = new List<string>();
        var ofReplicas = new List<string>();
        foreach (Address server in servers)
        {
            string[] lines = Info(server, access, "replication") ?? [];
            List<string> ids = lines.Contains("role:master") ? ofMasters : ofReplicas;
            foreach (string line in lines)
            {
                bool isId = line.StartsWith("master_replid:", StringComparison.Ordinal) || line.StartsWith("master_replid2:", StringComparison.Ordinal);
                string id = line[(line.IndexOf(':') + 1)..];
                if (isId && id.Trim('0').Length > 0 && !ids.Contains(id)) ids.Add(id);   // zeros: no second history
            }
        }

        return ofMasters.Count > 0 ? ofMasters : ofReplicas;
    }

    private static string[]? Info(Address address, ShardAccess access, string section)
    {
        try
        {
            using RedisConnection server = RedisConnection.Open(address.ToEndPoint(), Patience, LongestAnswer, access.Tls);
            if (access.Password is { } password && (access.User is { } user ? server.Call("AUTH", user, password) : server.Call("AUTH", password)).IsError) return null;

            RedisReply info = server.Call("INFO", section);
            return info.IsError ? null : info.Text.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        }
        catch (IOException)
        {
            // It counts as unknown, and whoever asked says so.
            return null;
        }
    }
}
