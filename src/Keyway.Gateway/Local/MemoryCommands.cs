using System.Text;
using Keyway.Gateway.Local.Clients;
using Keyway.Protocol;

namespace Keyway.Gateway.Local;

/// <summary>MEMORY, but for USAGE, which the key's shard answers: what the gateway itself takes. It keeps no data.</summary>
internal static class MemoryCommands
{
    private static readonly string[] HelpLines =
    [
        "MEMORY <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
        "DOCTOR",
        "    Says in words whether this gateway takes more memory than it should.",
        "MALLOC-STATS",
        "    Shows the figures of the garbage collector.",
        "PURGE",
        "    Accepted; memory that is not used goes back by itself.",
        "STATS",
        "    Shows what this gateway uses memory for.",
        "USAGE <key> [SAMPLES <count>]",
        "    Asks the key's shard how many bytes it takes.",
        "HELP",
        "    Prints this text.",
    ];

    // MEMORY HELP
    public static void Help(in LocalCall call) => ClientCommands.WriteHelp(call.Reply, HelpLines);

    // MEMORY PURGE
    public static void Purge(in LocalCall call) => call.Reply.WriteOk();

    // MEMORY DOCTOR
    public static void Doctor(in LocalCall call) => call.Reply.WriteVerbatim(
        Encoding.ASCII.GetBytes("This is a gateway: it keeps no data, only requests and replies on their way. MEMORY STATS shows how much. Ask the shards for theirs.\n"), call.Resp3);

    // MEMORY MALLOC-STATS
    public static void MallocStats(in LocalCall call)
    {
        GCMemoryInfo info = GC.GetGCMemoryInfo();
        call.Reply.WriteVerbatim(Encoding.ASCII.GetBytes(
            $"heap_bytes: {info.HeapSizeBytes}\ncommitted_bytes: {info.TotalCommittedBytes}\nfragmented_bytes: {info.FragmentedBytes}\n" +
            $"collections: {GC.CollectionCount(0)} {GC.CollectionCount(1)} {GC.CollectionCount(2)}\n"), call.Resp3);
    }

    // MEMORY STATS: of Redis's figures those that a gateway has.
    public static void Stats(in LocalCall call) => call.Session.Loop.Info.Questions.AskFor(
        call.Session,
        loop => (Clients: loop.Sessions.Sum(session => session.PendingBytes + session.OutputBytes), Links: loop.Backends.Sum(backend => backend.Counters.QueueBytes)),
        (loops, reply, resp3) =>
        {
            GCMemoryInfo info = GC.GetGCMemoryInfo();
            (string Name, long Value)[] figures =
            [
                ("peak.allocated", Math.Max(info.TotalCommittedBytes, GC.GetTotalMemory(false))), ("total.allocated", GC.GetTotalMemory(false)),
                ("startup.allocated", 0), ("replication.backlog", 0), ("clients.slaves", 0), ("clients.normal", loops.Sum(one => one.Clients)),
                ("cluster.links", 0), ("aof.buffer", 0), ("shard.links", loops.Sum(one => one.Links)), ("keys.count", 0), ("dataset.bytes", 0),
                ("allocator.resident", Environment.WorkingSet),
            ];
            reply.WriteMap(figures.Length, resp3);
            foreach ((string name, long value) in figures)
            {
                reply.WriteBulk(name);
                reply.WriteInteger(value);
            }
        });
}
