using System.Text;
using Keyway.Platform;
using Keyway.Protocol;
using Keyway.Shard.Keyspace;

namespace Keyway.Shard.Commands.Server;

/// <summary>MEMORY: where it goes.</summary>
internal static class MemoryCommands
{
    private const int SlotBytes = 8;               // what an entry takes in its database's table
    private const long TooLittleToJudge = 5 * 1024 * 1024;
    private const long LargeFragment = 10 * 1024 * 1024;

    private static readonly string[] HelpLines =
    [
        "DOCTOR",
        "    Return memory problems reports.",
        "MALLOC-STATS",
        "    Return internal statistics report from the memory allocator.",
        "PURGE",
        "    Attempt to purge dirty pages for reclamation by the allocator.",
        "STATS",
        "    Return information about the memory usage of the server.",
        "USAGE <key> [SAMPLES <count>]",
        "    Return memory in bytes used by <key> and its value. Nested values are",
        "    sampled up to <count> times (default: 5, 0 means sample all).",
    ];

    // MEMORY HELP
    public static void Help(ref CommandContext context) => context.ReplyHelp(HelpLines);

    // MEMORY USAGE key [SAMPLES count]
    public static void Usage(ref CommandContext context)
    {
        for (int i = 3; i < context.Arguments.Count; i += 2)
        {
            if (!Word.Is(context.Arguments[i], "SAMPLES"u8) || i + 1 == context.Arguments.Count)
            {
                context.ReplySyntaxError();
                return;
            }

            // Values know what they take: no sample is needed.
            if (!context.TryReadInteger(i + 1, out long samples)) return;
            if (samples < 0)
            {
                context.ReplySyntaxError();
                return;
            }
        }

        Place place = context.Keyspace.FindAnyway(context.Arguments[2]);
        if (!place.Exists)
        {
            context.ReplyNull();
            return;
        }

        long large = place.Entry.IsLarge ? context.Keyspace.LargeValueOf(place.Entry).MemoryBytes : 0;
        context.ReplyInteger(place.Entry.MemoryBytes + SlotBytes + large);
    }

    // MEMORY STATS
    public static void Stats(ref CommandContext context)
    {
        var memory = new MemoryUse(context.Server);
        long active = Math.Max(memory.Reserved, memory.Used);
        int databases = 0;
        for (int i = 0; i < context.Databases.Count; i++) databases += context.Databases[i].Count > 0 ? 1 : 0;

        context.ReplyMap(27 + databases);
        Write(ref context, "peak.allocated", memory.Peak);
        Write(ref context, "total.allocated", memory.Used);
        Write(ref context, "startup.allocated", memory.Startup);
        Write(ref context, "replication.backlog", memory.Backlog);
        Write(ref context, "clients.slaves", memory.Replicas);
        Write(ref context, "clients.normal", memory.Clients);
        Write(ref context, "cluster.links", 0);
        Write(ref context, "aof.buffer", 0);
        Write(ref context, "lua.caches", 0);
        Write(ref context, "functions.caches", 0);
        for (int i = 0; i < context.Databases.Count; i++) WriteDatabase(ref context, context.Databases[i]);
        Write(ref context, "overhead.total", memory.Overhead);
        Write(ref context, "keys.count", memory.Keys);
        Write(ref context, "keys.bytes-per-key", memory.BytesPerKey);
        Write(ref context, "dataset.bytes", memory.Dataset);
        Write(ref context, "dataset.percentage", memory.DatasetPercent);
        Write(ref context, "peak.percentage", memory.Used * 100.0 / memory.Peak);
        Write(ref context, "allocator.allocated", memory.Used);
        Write(ref context, "allocator.active", active);
        Write(ref context, "allocator.resident", active);
        Write(ref context, "allocator-fragmentation.ratio", memory.AllocatorFragmentation);
        Write(ref context, "allocator-fragmentation.bytes", active - memory.Used);
        Write(ref context, "allocator-rss.ratio", 1.0);
        Write(ref context, "allocator-rss.bytes", 0);
        Write(ref context, "rss-overhead.ratio", memory.ResidentOverhead);
        Write(ref context, "rss-overhead.bytes", memory.Resident - active);
        Write(ref context, "fragmentation", memory.Fragmentation);
        Write(ref context, "fragmentation.bytes", memory.Resident - memory.Used);
    }

    // MEMORY DOCTOR
    public static void Doctor(ref CommandContext context)
    {
        var memory = new MemoryUse(context.Server);
        if (memory.Used < TooLittleToJudge)
        {
            context.ReplyVerbatim("There is so little data here that nothing can be said about its memory.\n");
            return;
        }

        var text = new StringBuilder();
        if (memory.Peak > memory.Used * 1.5)
            text.Append($" * Peak memory: {InfoText.Human(memory.Peak)} were in use once, {InfoText.Human(memory.Used)} are now. What is free within slabs serves new keys.\n");
        if (memory.AllocatorFragmentation > 1.4 && memory.Reserved - memory.Used > LargeFragment)
            text.Append($" * Fragmentation: {InfoText.Human(memory.Reserved - memory.Used)} are free within slabs that other keys keep in use. They serve new keys of the same sizes.\n");
        if (memory.Clients > memory.Used / 2)
            text.Append($" * Client buffers: {InfoText.Human(memory.Clients)} wait to be read by clients, or to be completed by them. CLIENT LIST shows whose they are.\n");
        if (context.Server.Settings.MaxMemory > 0 && memory.Used > context.Server.Settings.MaxMemory)
            text.Append($" * Limit: {InfoText.Human(memory.Used)} are in use, more than maxmemory allows.\n");
        context.ReplyVerbatim(text.Length == 0 ? "No memory problem was found.\n" : $"These memory problems were found:\n\n{text}");
    }

    // MEMORY PURGE
    public static void Purge(ref CommandContext context)
    {
        SystemMemory.GiveBack();
        context.ReplyOk();
    }

    // MEMORY MALLOC-STATS
    public static void MallocStats(ref CommandContext context)
    {
        SlabAllocator memory = context.Databases.Memory;
        context.ReplyVerbatim(
            $"""
            slabs of {SlabAllocator.SlabBytes} bytes in regions of sixteen; larger blocks from the system
            in use: {memory.UsedBytes}
            held: {memory.ReservedBytes}
            large blocks on their way to the system: {memory.BytesBeingFreed}
            lent to clients: {context.Server.Pool.LentBytes}
            kept for them: {context.Server.Pool.KeptBytes}

            """.ReplaceLineEndings("\n"));
    }

    private static void WriteDatabase(ref CommandContext context, Database database)
    {
        if (database.Count == 0) return;
        context.ReplyBulk($"db.{database.Index}");
        context.ReplyMap(3);
        Write(ref context, "overhead.hashtable.main", database.TableBytes - database.VolatileIndexBytes);
        Write(ref context, "overhead.hashtable.expires", database.VolatileIndexBytes);
        Write(ref context, "overhead.hashtable.slot-to-keys", 0);
    }

    private static void Write(ref CommandContext context, string name, long value)
    {
        context.ReplyBulk(name);
        context.ReplyInteger(value);
    }

    private static void Write(ref CommandContext context, string name, double value)
    {
        context.ReplyBulk(name);
        context.Reply.WriteDouble(value, context.Resp3);
    }
}
