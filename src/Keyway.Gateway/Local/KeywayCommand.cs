using System.Text;
using Keyway.Gateway.Local.Clients;
using Keyway.Gateway.Local.Slow;
using Keyway.Gateway.Metrics;
using Keyway.Gateway.SlowRequests;
using Keyway.Protocol;
using Keyway.Protocol.Commands;
using Keyway.Topology;

namespace Keyway.Gateway.Local;

/// <summary>KEYWAY: what only a gateway can be asked. It belongs to administrators, as CONFIG does.</summary>
internal static class KeywayCommand
{
    public static readonly Command Row = Command.Learned(
        "keyway", -2, CommandFlags.Admin | CommandFlags.NoScript | CommandFlags.Loading | CommandFlags.Stale,
        AclCategories.Admin | AclCategories.Dangerous | AclCategories.Slow, []);

    private static readonly string[] HelpLines =
    [
        "KEYWAY <subcommand> [<arg> ...]. Subcommands are:",
        "EXPLAIN <key>",
        "    Tells which rule of the map decides where the key lives, and which shard that is.",
        "MAP",
        "    Shows the rules by which this connection's keys are placed, the digest of the map and its shards.",
        "SLOWLOG [GET [<count>] | LEN | RESET]",
        "    As SLOWLOG; each entry also says how long the request waited here, queued behind others, and took its shard.",
        "STATS",
        "    Shows the counters of this pool and of the shards.",
        "HELP",
        "    Prints this text.",
    ];

    public static bool IsAskedBy(in Arguments arguments) => Ascii.EqualsIgnoreCase(arguments[0], "KEYWAY"u8);

    // KEYWAY EXPLAIN key | MAP | STATS | SLOWLOG [GET [count] | LEN | RESET] | HELP
    public static void Keyway(in LocalCall call)
    {
        ReadOnlySpan<byte> what = call.Arguments[1];
        int count = call.Arguments.Count;
        if (Ascii.EqualsIgnoreCase(what, "EXPLAIN"u8) && count == 3) Explain(in call);
        else if (Ascii.EqualsIgnoreCase(what, "MAP"u8) && count == 2) Map(in call);
        else if (Ascii.EqualsIgnoreCase(what, "STATS"u8) && count == 2) Stats(in call);
        else if (Ascii.EqualsIgnoreCase(what, "SLOWLOG"u8)) SlowLog(in call);
        else if (Ascii.EqualsIgnoreCase(what, "HELP"u8) && count == 2) ClientCommands.WriteHelp(call.Reply, HelpLines);
        else call.Reply.WriteError(Encoding.Latin1.GetBytes(
            $"ERR unknown subcommand or wrong number of arguments for '{Encoding.Latin1.GetString(what)}'. Try KEYWAY HELP."));
    }

    private static void Explain(in LocalCall call)
    {
        KeyExplanation found = call.Session.Pool.Map.Explain(call.Arguments[2]);
        ShardDefinition? shard = found.Shard < 0 ? null : call.Session.Pool.Backends[found.Shard].Definition;
        ReplyBuffer reply = call.Reply;
        reply.WriteMap(8, call.Resp3);
        reply.WriteBulk("key"u8);
        reply.WriteBulk(call.Arguments[2]);
        Write(reply, "pool", call.Session.Pool.Definition.Name);
        Write(reply, "rule", found.Rule);
        reply.WriteBulk("line"u8);
        reply.WriteInteger(found.Line);
        Write(reply, "how", found.How);
        Write(reply, "shard", shard?.Name ?? "");
        Write(reply, "kind", shard?.Kind ?? "");
        Write(reply, "address", shard is null ? "" : AddressOf(call.Session.Loop.Info, shard.Name));
    }

    private static void Map(in LocalCall call)
    {
        PartitionMap map = call.Session.Pool.Map;
        ReplyBuffer reply = call.Reply;
        reply.WriteMap(4, call.Resp3);
        Write(reply, "pool", call.Session.Pool.Definition.Name);
        Write(reply, "digest", map.Digest);
        reply.WriteBulk("rules"u8);
        reply.WriteArray(map.Rules.Count);
        foreach (PartitionRule rule in map.Rules)
        {
            reply.WriteMap(5, call.Resp3);
            Write(reply, "rule", rule.Name);
            reply.WriteBulk("prefix"u8);
            reply.WriteBulk(rule.Prefix);
            reply.WriteBulk("line"u8);
            reply.WriteInteger(rule.Line);
            Write(reply, "by", rule.Placement.GetType().Name.ToLowerInvariant());
            reply.WriteBulk("parts"u8);
            string[] parts = PartsOf(rule.Placement, map.ShardNames);
            reply.WriteArray(parts.Length);
            foreach (string part in parts) reply.WriteBulk(part);
        }
        reply.WriteBulk("shards"u8);
        reply.WriteArray(map.ShardsInUse.Count);
        foreach (int shard in map.ShardsInUse) reply.WriteBulk(map.ShardNames[shard]);
    }

    private static void Stats(in LocalCall call)
    {
        GatewaySnapshot snapshot = call.Session.Loop.Info.TakeSnapshot();
        string name = call.Session.Pool.Definition.Name;
        PoolSnapshot pool = snapshot.Pools.First(one => one.Name == name);
        ReplyBuffer reply = call.Reply;
        reply.WriteMap(8, call.Resp3);
        Write(reply, "pool", pool.Name);
        Write(reply, "clients", pool.Clients);
        Write(reply, "accepted_clients", pool.AcceptedClients);
        Write(reply, "commands", pool.Commands.Sum(command => command.Counters.Ok + command.Counters.Error));
        Write(reply, "errors", pool.Unknown + pool.Commands.Sum(command => command.Counters.Error + command.Counters.Refused));
        Write(reply, "received_bytes", pool.ReceivedBytes);
        Write(reply, "sent_bytes", pool.SentBytes);
        reply.WriteBulk("shards"u8);
        reply.WriteArray(snapshot.Shards.Count);
        foreach (ShardSnapshot shard in snapshot.Shards)
        {
            reply.WriteMap(11, call.Resp3);
            Write(reply, "shard", shard.Name);
            Write(reply, "kind", shard.Kind);
            Write(reply, "address", shard.Address);
            Write(reply, "up", shard.Counters.Up ? 1 : 0);
            Write(reply, "requests", shard.Counters.Requests);
            Write(reply, "in_flight", shard.Counters.InFlight);
            Write(reply, "queue_bytes", shard.Counters.QueueBytes);
            Write(reply, "errors", shard.Counters.Timeouts + shard.Counters.Lost + shard.Counters.Protocol + shard.Counters.Refused + shard.Counters.Breaker);
            Write(reply, "links", shard.Counters.SharedLinks + shard.Counters.PrivateLinks);
            Write(reply, "p99_usec", Microseconds(shard.Counters.Duration.QuantileSeconds(0.99)));
            Write(reply, "failovers", shard.Failovers);
        }
    }

    private static void SlowLog(in LocalCall call)
    {
        if (call.Arguments.Count == 2 || Ascii.EqualsIgnoreCase(call.Arguments[2], "GET"u8)) SlowLogCommands.Get(in call, 3, WriteSlow);
        else if (Ascii.EqualsIgnoreCase(call.Arguments[2], "LEN"u8)) SlowLogCommands.Len(in call);
        else if (Ascii.EqualsIgnoreCase(call.Arguments[2], "RESET"u8)) SlowLogCommands.Reset(in call);
        else call.Reply.WriteError("ERR unknown subcommand or wrong number of arguments for 'SLOWLOG'. Try KEYWAY HELP."u8);
    }

    // Redis's six fields, then where the time went.
    private static void WriteSlow(SlowRequest request, ReplyBuffer reply, bool resp3)
    {
        reply.WriteArray(7);
        SlowLogCommands.WriteRedisFields(request, reply);
        reply.WriteMap(4, resp3);
        Write(reply, "shard", request.Shard);
        Write(reply, "waited_usec", request.WaitedMicroseconds);
        Write(reply, "queued_usec", request.QueuedMicroseconds);
        Write(reply, "shard_usec", request.ShardMicroseconds);
    }

    // Where its master is now, as far as that is known.
    private static string AddressOf(GatewayInfo info, string shard) =>
        info.TakeSnapshot().Shards.FirstOrDefault(one => one.Name == shard)?.Address ?? "";

    private static string[] PartsOf(Placement placement, IReadOnlyList<string> shards) => placement switch
    {
        Placement.Slots slots => [.. slots.Ranges.Select(range => $"{range.First}-{range.Last} {shards[range.Shard]}")],
        Placement.Number number => [.. number.Ranges.Select(range => $"{range.First}-{range.Last} {shards[range.Shard]}")],
        Placement.Text text => [.. text.Ranges.Select(range => $"{Printed(range.From)}..{Printed(range.To)} {shards[range.Shard]}")],
        Placement.Single single => [shards[single.Shard]],
        Placement.Twemproxy twemproxy => [.. twemproxy.Servers.Select(server => $"{server.Declaration} {shards[server.Shard]}")],
        _ => [],
    };

    private static string Printed(byte[]? bound) => bound is null ? "" : Encoding.Latin1.GetString(bound);

    private static long Microseconds(double seconds) => double.IsInfinity(seconds) ? -1 : (long)(seconds * 1e6);

    private static void Write(ReplyBuffer reply, string name, string value)
    {
        reply.WriteBulk(name);
        reply.WriteBulk(value);
    }

    private static void Write(ReplyBuffer reply, string name, long value)
    {
        reply.WriteBulk(name);
        reply.WriteInteger(value);
    }
}
