using Keyway.Shard.Keyspace;
using Keyway.Shard.Keyspace.Streams;

namespace Keyway.Shard.Commands.Streams;

/// <summary>XGROUP: groups and their consumers. Who watches the key hears of none of this, as in Redis, but for a stream that is made.</summary>
internal static class StreamGroupCommands
{
    private static readonly string[] HelpLines =
    [
        "CREATE <key> <groupname> <id|$> [option]",
        "    Create a new consumer group. Options are:",
        "    * MKSTREAM",
        "      Create the empty stream if it does not exist.",
        "    * ENTRIESREAD entries_read",
        "      Set the group's entries_read counter (internal use).",
        "CREATECONSUMER <key> <groupname> <consumer>",
        "    Create a new consumer in the specified group.",
        "DELCONSUMER <key> <groupname> <consumer>",
        "    Remove the specified consumer.",
        "DESTROY <key> <groupname>",
        "    Remove the specified group.",
        "SETID <key> <groupname> <id|$> [ENTRIESREAD entries_read]",
        "    Set the current group ID and entries_read counter.",
    ];

    // XGROUP HELP
    public static void Help(ref CommandContext context) => context.ReplyHelp(HelpLines);

    // XGROUP CREATE key group id|$ [MKSTREAM] [ENTRIESREAD entries-read]
    public static void Create(ref CommandContext context)
    {
        if (!TryReadOptions(ref context, mayMakeStream: true, out bool makesStream, out long entriesRead)) return;

        ReadOnlySpan<byte> key = context.Arguments[2];
        if (!StreamLookup.TryFind(ref context, key, Lookup.Write, out Place place, out StreamValue? stream)) return;
        if (stream == null && !makesStream)
        {
            ReplyKeyRequired(ref context);
            return;
        }

        // The most that an arity of its own could not say.
        if (context.Arguments.Count > 8)
        {
            context.ReplyUnknownSubcommand();
            return;
        }

        if (!TryReadPosition(ref context, stream?.LastId ?? StreamId.Zero, allowsBounds: false, out StreamId lastId)) return;
        if (stream?.Groups.Find(context.Arguments[3]) != null)
        {
            context.ReplyError("BUSYGROUP Consumer Group name already exists"u8);
            return;
        }

        if (stream == null)
        {
            stream = new StreamValue(context.Databases.Values);
            context.Keyspace.SetLarge(place, ValueKind.Stream, stream);
        }
        else
        {
            context.Keyspace.BeginChange(place);
        }

        stream.AddGroup(context.Arguments[3], lastId, entriesRead);
        context.ReplyOk();
        context.Propagation.AsIs();
        context.Notify(KeyspaceEvents.Stream, "xgroup-create"u8, key);
    }

    // XGROUP SETID key group id|$ [ENTRIESREAD entries-read]
    public static void SetId(ref CommandContext context)
    {
        if (!TryReadOptions(ref context, mayMakeStream: false, out _, out long entriesRead)) return;
        if (!TryFind(ref context, needsGroup: true, out Place place, out StreamValue stream, out ConsumerGroup? group)) return;
        if (context.Arguments.Count > 7)
        {
            context.ReplyUnknownSubcommand();
            return;
        }

        if (!TryReadPosition(ref context, stream.LastId, allowsBounds: true, out StreamId lastId)) return;
        context.Keyspace.BeginChange(place);
        group!.LastId = lastId;
        group.EntriesRead = entriesRead;
        context.ReplyOk();
        context.Propagation.AsIs();
        context.Notify(KeyspaceEvents.Stream, "xgroup-setid"u8, context.Arguments[2]);
    }

    // XGROUP DESTROY key group
    public static void Destroy(ref CommandContext context)
    {
        if (!TryFind(ref context, needsGroup: false, out Place place, out StreamValue stream, out ConsumerGroup? group)) return;
        if (group == null)
        {
            context.ReplyInteger(0);
            return;
        }

        context.Keyspace.BeginChange(place);
        stream.RemoveGroup(group);
        context.ReplyInteger(1);
        context.Propagation.AsIs();
        context.Notify(KeyspaceEvents.Stream, "xgroup-destroy"u8, context.Arguments[2]);

        // Whoever waits as a member of the group waits in vain.
        context.Server.Blocked.Wake(context.Keyspace, context.Arguments[2]);
    }

    // XGROUP CREATECONSUMER key group consumer
    public static void CreateConsumer(ref CommandContext context)
    {
        if (!TryFind(ref context, needsGroup: true, out Place place, out _, out ConsumerGroup? group)) return;
        if (group!.Consumers.Find(context.Arguments[4]) != null)
        {
            context.ReplyInteger(0);
            return;
        }

        context.Keyspace.BeginChange(place);
        AddConsumer(ref context, context.Arguments[2], group, context.Arguments[4]);
        context.Propagation.AsIs();
        context.ReplyInteger(1);
    }

    // XGROUP DELCONSUMER key group consumer
    public static void DelConsumer(ref CommandContext context)
    {
        if (!TryFind(ref context, needsGroup: true, out Place place, out _, out ConsumerGroup? group)) return;
        Consumer? consumer = group!.Consumers.Find(context.Arguments[4]);
        long pending = 0;
        if (consumer != null)
        {
            pending = consumer.Pending.Count;
            context.Keyspace.BeginChange(place);
            group.RemoveConsumer(consumer);
            context.Propagation.AsIs();
            context.Notify(KeyspaceEvents.Stream, "xgroup-delconsumer"u8, context.Arguments[2]);
        }

        context.ReplyInteger(pending);
    }

    /// <summary>A consumer that was not there, with its event.</summary>
    public static Consumer AddConsumer(ref CommandContext context, ReadOnlySpan<byte> key, ConsumerGroup group, ReadOnlySpan<byte> name)
    {
        Consumer consumer = group.AddConsumer(name, context.NowMs);
        context.Notify(KeyspaceEvents.Stream, "xgroup-createconsumer"u8, key);
        return consumer;
    }

    private static bool TryReadOptions(ref CommandContext context, bool mayMakeStream, out bool makesStream, out long entriesRead)
    {
        makesStream = false;
        entriesRead = ConsumerGroup.UnknownRead;
        for (int i = 5; i < context.Arguments.Count; i++)
        {
            if (mayMakeStream && Word.Is(context.Arguments[i], "MKSTREAM"u8))
            {
                makesStream = true;
            }
            else if (i + 1 < context.Arguments.Count && Word.Is(context.Arguments[i], "ENTRIESREAD"u8))
            {
                if (!context.TryReadInteger(++i, out entriesRead)) return false;
                if (entriesRead >= ConsumerGroup.UnknownRead) continue;
                context.ReplyError("ERR value for ENTRIESREAD must be positive or -1"u8);
                return false;
            }
            else
            {
                context.ReplyUnknownSubcommand();
                return false;
            }
        }

        return true;
    }

    private static bool TryReadPosition(ref CommandContext context, StreamId last, bool allowsBounds, out StreamId id)
    {
        ReadOnlySpan<byte> text = context.Arguments[4];
        id = last;
        if (text is [(byte)'$']) return true;
        if (allowsBounds ? StreamId.TryParseBound(text, missingSequence: 0, out id) : StreamId.TryParse(text, missingSequence: 0, out id)) return true;
        StreamArguments.ReplyInvalidId(ref context);
        return false;
    }

    /// <summary>The stream, which must be there, and the group, which must be too if it is needed; else it has been answered.</summary>
    private static bool TryFind(ref CommandContext context, bool needsGroup, out Place place, out StreamValue stream, out ConsumerGroup? group)
    {
        stream = null!;
        group = null;
        if (!StreamLookup.TryFind(ref context, context.Arguments[2], Lookup.Write, out place, out StreamValue? found)) return false;
        if (found == null)
        {
            ReplyKeyRequired(ref context);
            return false;
        }

        stream = found;
        group = stream.Groups.Find(context.Arguments[3]);
        if (group != null || !needsGroup) return true;
        StreamLookup.ReplyNoGroupOfKey(ref context, context.Arguments[2], context.Arguments[3]);
        return false;
    }

    private static void ReplyKeyRequired(ref CommandContext context) =>
        context.ReplyError(
            "ERR The XGROUP subcommand requires the key to exist. Note that for CREATE you may want to use the MKSTREAM option to create an empty stream automatically."u8);
}
