using Keyway.Shard.Keyspace;

namespace Keyway.Shard.Commands;

/// <summary>OBJECT: how a value lies in memory and when it was used.</summary>
internal static class ObjectCommands
{
    // Redis keeps one shared object for each of these, and says so by this count.
    private const long SharedIntegers = 10_000;
    private const long SharedReferences = int.MaxValue;

    private static readonly string[] HelpLines =
    [
        "ENCODING <key>",
        "    Return the kind of internal representation used in order to store the value",
        "    associated with a <key>.",
        "FREQ <key>",
        "    Return the access frequency index of the <key>. The returned integer is",
        "    proportional to the logarithm of the recent access frequency of the key.",
        "IDLETIME <key>",
        "    Return the idle time of the <key>, that is the approximated number of",
        "    seconds elapsed since the last access to the key.",
        "REFCOUNT <key>",
        "    Return the number of references of the value associated with the specified",
        "    <key>.",
    ];

    // OBJECT HELP
    public static void Help(ref CommandContext context) => context.ReplyHelp(HelpLines);

    // OBJECT ENCODING key
    public static void Encoding(ref CommandContext context)
    {
        if (TryFind(ref context, out Entry entry)) context.ReplyBulk(KeyCommands.EncodingOf(entry));
    }

    // OBJECT REFCOUNT key
    public static void RefCount(ref CommandContext context)
    {
        if (TryFind(ref context, out Entry entry)) context.ReplyInteger(ReferencesOf(context.Server, entry));
    }

    // OBJECT IDLETIME key
    public static void IdleTime(ref CommandContext context)
    {
        if (!TryFind(ref context, out Entry entry)) return;
        if (context.Databases.Access.CountsFrequency)
        {
            context.ReplyError("ERR An LFU maxmemory policy is selected, idle time not tracked. Please note that when switching between policies at runtime LRU and LFU data will take some time to adjust."u8);
            return;
        }

        context.ReplyInteger(context.Databases.Access.IdleSeconds(entry));
    }

    // OBJECT FREQ key
    public static void Freq(ref CommandContext context)
    {
        if (!TryFind(ref context, out Entry entry)) return;
        if (!context.Databases.Access.CountsFrequency)
        {
            context.ReplyError("ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note that when switching between policies at runtime LRU and LFU data will take some time to adjust."u8);
            return;
        }

        context.ReplyInteger(context.Databases.Access.Frequency(entry));
    }

    public static long ReferencesOf(ShardServer server, Entry entry)
    {
        // Under an eviction policy by age each value needs a clock of its own, so Redis shares none then.
        bool mayShare = server.Settings.MaxMemory == 0 || !(server.Settings.MaxMemoryPolicy.EndsWith("-lru", StringComparison.Ordinal) || server.Settings.CountsFrequency);
        bool isShared = mayShare && !entry.IsCopy && entry.Encoding == ValueEncoding.Integer && (ulong)entry.Integer < SharedIntegers;
        return isShared ? SharedReferences : 1;
    }

    private static bool TryFind(ref CommandContext context, out Entry entry)
    {
        Place place = context.Keyspace.Find(context.Arguments[2], Lookup.Examine);
        entry = place.Exists ? place.Entry : default;
        if (!place.Exists) context.ReplyNull();
        return place.Exists;
    }
}
