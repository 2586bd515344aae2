using System.Globalization;
using System.Net;
using Keyway.Client;

namespace Keyway.Hosting.Local;

/// <summary>
/// What a supervisor asks of its servers and tells them, over connections of its own. All of it blocks: it is never done on a loop's thread.
/// </summary>
internal static class LocalOrders
{
    private const int LongestAnswer = 1 << 20;

    /// <summary>A replica that does not answer in this time is no successor.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>Asks a replica whether it may take its master's place.</summary>
    /// <param name="takesOld">Also when it has not had its master's data since its start: those of before are better than none.</param>
    /// <returns>How far it has come, beyond all others where it has taken that place already; null when it may not, or does not answer.</returns>
    public static long? OffsetOf(int port, string? password, bool takesOld = false)
    {
        try
        {
            using RedisConnection server = Open(port, password, Patience);
            string info = server.Call("INFO", "replication").Text;
            Dictionary<string, string> fields = info.Split("\r\n").Select(line => line.Split(':', 2)).Where(parts => parts.Length == 2)
                .GroupBy(parts => parts[0]).ToDictionary(group => group.Key, group => group.First()[1]);
            if (fields.GetValueOrDefault("role") == "master") return long.MaxValue;

            // While all data come anew, and before they first came, what is there is not the master's.
            bool isUp = fields.GetValueOrDefault("master_link_status") == "up";
            bool wasUp = long.TryParse(fields.GetValueOrDefault("master_link_down_since_seconds"), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long down) && down >= 0;
            long offset = long.TryParse(fields.GetValueOrDefault("slave_repl_offset"), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long applied) ? applied : -1;
            return isUp || wasUp || takesOld ? offset : null;
        }
        catch (IOException)
        {
            // Dead or hung: it counts as no successor, and whoever asked says so.
            return null;
        }
    }

    /// <summary>From now on sentinels may promote it, by how it stands in this order; 0: they may not.</summary>
    public static string? SetPriority(int port, string priority, string? password)
    {
        try
        {
            using RedisConnection server = Open(port, password, Patience);
            RedisReply reply = server.Call("CONFIG", "SET", "replica-priority", priority);
            return reply.IsError ? reply.Text : null;
        }
        catch (IOException failed)
        {
            return failed.Message;
        }
    }

    /// <summary>It is a master when this returns null, and has it on its disk; otherwise why not.</summary>
    public static string? Promote(int port, string? password) => Order(port, password, Patience, ["SLAVEOF", "NO", "ONE"]);

    /// <summary>It follows that one, and drops the clients that it had as a master. Waits as long as it has to: a server that hangs hears it first of all when it goes on.</summary>
    public static string? Follow(int port, int master, string? password) =>
        Order(port, password, null, ["SLAVEOF", "127.0.0.1", master.ToString(CultureInfo.InvariantCulture)]);

    // As sentinels say it: all or nothing, written down at once, and nobody goes on writing where he did.
    private static string? Order(int port, string? password, TimeSpan? limit, string[] role)
    {
        try
        {
            using RedisConnection server = Open(port, password, limit);
            server.Call("MULTI");
            server.Call(role);
            server.Call("CONFIG", "REWRITE");
            server.Call("CLIENT", "KILL", "TYPE", "normal");
            server.Call("CLIENT", "KILL", "TYPE", "pubsub");
            RedisReply done = server.Call("EXEC");
            return done.IsError ? done.Text : done.Elements.FirstOrDefault(item => item.IsError)?.Text;
        }
        catch (IOException failed)
        {
            return failed.Message;
        }
    }

    private static RedisConnection Open(int port, string? password, TimeSpan? limit)
    {
        RedisConnection server = RedisConnection.Open(new IPEndPoint(IPAddress.Loopback, port), limit, LongestAnswer);
        if (password is null || !server.Call("AUTH", password).IsError) return server;

        server.Dispose();
        throw new IOException("it refuses its own password");
    }
}
