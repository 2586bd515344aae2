using System.Globalization;
using System.Text;
using Keyway.Gateway.Local;
using Keyway.Gateway.Local.Clients;
using Keyway.Protocol;
using Keyway.Topology;

namespace Keyway.Gateway.Presented;

/// <summary>
/// CLUSTER, READONLY and their kin: to a client of clusters the gateway is a cluster of one node, the master of all slots, at the address that the client
/// is connected to. Which shard has a key is the map's business behind it.
/// </summary>
internal static class ClusterCommands
{
    private static readonly string[] HelpLines =
    [
        "CLUSTER <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
        "COUNTKEYSINSLOT <slot>",
        "    Counts the keys of a slot, on whichever shards they are.",
        "INFO",
        "    Tells the state of the cluster that this gateway stands for.",
        "KEYSLOT <key>",
        "    Tells the hash slot of a key.",
        "MYID",
        "    Tells this gateway's id.",
        "NODES",
        "    Describes the one node: this gateway.",
        "SHARDS",
        "    Describes the one shard: this gateway, with all slots.",
        "SLOTS",
        "    Tells who has which slots: this gateway, all of them.",
        "HELP",
        "    Prints this text.",
    ];

    private static readonly byte[] State = Encoding.ASCII.GetBytes(string.Concat(new[]
    {
        "cluster_state:ok", "cluster_slots_assigned:16384", "cluster_slots_ok:16384", "cluster_slots_pfail:0", "cluster_slots_fail:0", "cluster_known_nodes:1",
        "cluster_size:1", "cluster_current_epoch:1", "cluster_my_epoch:1", "cluster_stats_messages_sent:0", "cluster_stats_messages_received:0",
        "total_cluster_links_buffer_limit_exceeded:0",
    }.Select(line => line + "\r\n")));

    // CLUSTER INFO
    public static void Info(in LocalCall call) => call.Reply.WriteVerbatim(State, call.Resp3);

    // CLUSTER NODES
    public static void Nodes(in LocalCall call)
    {
        NodeAddress me = NodeAddress.Of(call.Session);
        string line = string.Create(CultureInfo.InvariantCulture,
            $"{call.Session.Loop.Info.RunId} {me.Host}:{me.Port}@{me.Port + NodeAddress.BusOffset} myself,master - 0 0 1 connected 0-{HashSlot.Count - 1}\n");
        call.Reply.WriteVerbatim(Encoding.ASCII.GetBytes(line), call.Resp3);
    }

    // CLUSTER SLOTS: [[0, 16383, [host, port, id, metadata]]]
    public static void Slots(in LocalCall call)
    {
        NodeAddress me = NodeAddress.Of(call.Session);
        call.Reply.WriteArray(1);
        call.Reply.WriteArray(3);
        call.Reply.WriteInteger(0);
        call.Reply.WriteInteger(HashSlot.Count - 1);
        call.Reply.WriteArray(4);
        call.Reply.WriteBulk(me.Host);
        call.Reply.WriteInteger(me.Port);
        call.Reply.WriteBulk(call.Session.Loop.Info.RunId);
        call.Reply.WriteMap(0, call.Resp3);
    }

    // CLUSTER SHARDS: [{slots: [0, 16383], nodes: [{…}]}]
    public static void Shards(in LocalCall call)
    {
        NodeAddress me = NodeAddress.Of(call.Session);
        ReplyBuffer reply = call.Reply;
        reply.WriteArray(1);
        reply.WriteMap(2, call.Resp3);
        reply.WriteBulk("slots"u8);
        reply.WriteArray(2);
        reply.WriteInteger(0);
        reply.WriteInteger(HashSlot.Count - 1);
        reply.WriteBulk("nodes"u8);
        reply.WriteArray(1);
        reply.WriteMap(7, call.Resp3);
        reply.WriteBulk("id"u8);
        reply.WriteBulk(call.Session.Loop.Info.RunId);
        reply.WriteBulk(call.Session.Pool.Definition.Tls is null ? "port"u8 : "tls-port"u8);
        reply.WriteInteger(me.Port);
        reply.WriteBulk("ip"u8);
        reply.WriteBulk(me.Host);
        reply.WriteBulk("endpoint"u8);
        reply.WriteBulk(me.Host);
        reply.WriteBulk("role"u8);
        reply.WriteBulk("master"u8);
        reply.WriteBulk("replication-offset"u8);
        reply.WriteInteger(0);
        reply.WriteBulk("health"u8);
        reply.WriteBulk("online"u8);
    }

    // CLUSTER MYID
    public static void MyId(in LocalCall call) => call.Reply.WriteBulk(call.Session.Loop.Info.RunId);

    // CLUSTER KEYSLOT key
    public static void KeySlot(in LocalCall call) => call.Reply.WriteInteger(HashSlot.Of(call.Arguments[2]));

    // CLUSTER HELP
    public static void Help(in LocalCall call) => ClientCommands.WriteHelp(call.Reply, HelpLines);

    // READONLY, READWRITE, ASKING: a client of clusters says them before its reads, or when it was redirected. Who may read from replicas is the pool's
    // to say, and nobody is redirected here.
    public static void Accept(in LocalCall call) => call.Reply.WriteOk();
}
