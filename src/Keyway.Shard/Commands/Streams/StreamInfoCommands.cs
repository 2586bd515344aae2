using Keyway.Shard.Keyspace;
using Keyway.Shard.Keyspace.Streams;

namespace Keyway.Shard.Commands.Streams;

/// <summary>XINFO: a stream, its groups and their consumers, for who looks after them.</summary>
internal static unsafe class StreamInfoCommands
{
    private const long DefaultCount = 10;

    private static readonly string[] HelpLines =
    [
        "CONSUMERS <key> <groupname>",
        "    Show consumers of <groupname>.",
        "GROUPS <key>",
        "    Show the stream consumer groups.",
        "STREAM <key> [FULL [COUNT <count>]",
        "    Show information about the stream.",
    ];

    // XINFO HELP
    public static void Help(ref CommandContext context) => context.ReplyHelp(HelpLines);

    // XINFO STREAM key [FULL [COUNT count]]
    public static void OfStream(ref CommandContext context)
    {
        if (!TryFind(ref context, out StreamValue stream)) return;

        int options = context.Arguments.Count - 3;
        bool isFull = options > 0;
        long count = DefaultCount;
        if (isFull)
        {
            bool isKnown = options is 1 or 3 && Word.Is(context.Arguments[3], "FULL"u8) && (options == 1 || Word.Is(context.Arguments[4], "COUNT"u8));
            if (!isKnown)
            {
                context.ReplyUnknownSubcommand();
                return;
            }

            if (options == 3 && !context.TryReadInteger(5, out count)) return;
            if (count < 0) count = DefaultCount;
            if (count == 0) count = long.MaxValue;
        }

        context.ReplyMap(isFull ? 9 : 10);
        Write(ref context, "length"u8, stream.Length);
        Write(ref context, "radix-tree-keys"u8, stream.Nodes.Count);
        Write(ref context, "radix-tree-nodes"u8, RadixTree.CountNodes(stream.Nodes));
        Write(ref context, "last-generated-id"u8, stream.LastId);
        Write(ref context, "max-deleted-entry-id"u8, stream.MaxDeletedId);
        Write(ref context, "entries-added"u8, stream.EntriesAdded);
        Write(ref context, "recorded-first-entry-id"u8, stream.FirstId);
        if (isFull)
        {
            context.ReplyBulk("entries"u8);
            context.Reply.WriteStreamEntries(stream, StreamId.Zero, StreamId.Max, count);
            context.ReplyBulk("groups"u8);
            context.ReplyArray(stream.Groups.Count);
            foreach (ConsumerGroup group in stream.Groups.InOrder) WriteInFull(ref context, stream, group, count);
            return;
        }

        Write(ref context, "groups"u8, stream.Groups.Count);
        context.ReplyBulk("first-entry"u8);
        WriteEdge(ref context, stream, isLast: false);
        context.ReplyBulk("last-entry"u8);
        WriteEdge(ref context, stream, isLast: true);
    }

    // XINFO GROUPS key
    public static void OfGroups(ref CommandContext context)
    {
        if (!TryFind(ref context, out StreamValue stream)) return;
        context.ReplyArray(stream.Groups.Count);
        foreach (ConsumerGroup group in stream.Groups.InOrder)
        {
            context.ReplyMap(6);
            context.ReplyBulk("name"u8);
            context.ReplyBulk(group.Name);
            Write(ref context, "consumers"u8, group.Consumers.Count);
            Write(ref context, "pending"u8, group.Pending.Count);
            WriteProgress(ref context, stream, group);
        }
    }

    // XINFO CONSUMERS key group
    public static void OfConsumers(ref CommandContext context)
    {
        if (!TryFind(ref context, out StreamValue stream)) return;
        if (stream.Groups.Find(context.Arguments[3]) is not { } group)
        {
            StreamLookup.ReplyNoGroupOfKey(ref context, context.Arguments[2], context.Arguments[3]);
            return;
        }

        context.ReplyArray(group.Consumers.Count);
        foreach (Consumer consumer in group.Consumers.InOrder)
        {
            context.ReplyMap(3);
            context.ReplyBulk("name"u8);
            context.ReplyBulk(consumer.Name);
            Write(ref context, "pending"u8, consumer.Pending.Count);
            Write(ref context, "idle"u8, Math.Max(0, context.NowMs - consumer.SeenMs));
        }
    }

    private static void WriteInFull(ref CommandContext context, StreamValue stream, ConsumerGroup group, long count)
    {
        context.ReplyMap(7);
        context.ReplyBulk("name"u8);
        context.ReplyBulk(group.Name);
        WriteProgress(ref context, stream, group);
        Write(ref context, "pel-count"u8, group.Pending.Count);
        context.ReplyBulk("pending"u8);
        WritePending(ref context, group.Pending, count, group);

        context.ReplyBulk("consumers"u8);
        context.ReplyArray(group.Consumers.Count);
        foreach (Consumer consumer in group.Consumers.InOrder)
        {
            context.ReplyMap(4);
            context.ReplyBulk("name"u8);
            context.ReplyBulk(consumer.Name);
            Write(ref context, "seen-time"u8, consumer.SeenMs);
            Write(ref context, "pel-count"u8, consumer.Pending.Count);
            context.ReplyBulk("pending"u8);
            WritePending(ref context, consumer.Pending, count, groupOfOthers: null);
        }
    }

    /// <param name="context">The call's.</param>
    /// <param name="pending">A group's deliveries or a consumer's.</param>
    /// <param name="count">The most that are shown.</param>
    /// <param name="groupOfOthers">Given where each delivery has a consumer to be named.</param>
    private static void WritePending(ref CommandContext context, IdMap pending, long count, ConsumerGroup? groupOfOthers)
    {
        IdMap.Position position = pending.First;
        count = pending.CountFrom(position, count);
        context.ReplyArray(count);
        for (; count > 0; count--, position = pending.Next(position))
        {
            var delivery = (Delivery*)pending[position];
            context.ReplyArray(groupOfOthers == null ? 3 : 4);
            context.Reply.WriteStreamId(pending.IdAt(position));
            if (groupOfOthers != null) context.ReplyBulk(groupOfOthers.ConsumerOf(delivery).Name);
            context.ReplyInteger(delivery->TimeMs);
            context.ReplyInteger(delivery->Times);
        }
    }

    private static void WriteProgress(ref CommandContext context, StreamValue stream, ConsumerGroup group)
    {
        Write(ref context, "last-delivered-id"u8, group.LastId);
        context.ReplyBulk("entries-read"u8);
        if (group.EntriesRead == ConsumerGroup.UnknownRead) context.ReplyNull();
        else context.ReplyInteger(group.EntriesRead);
        context.ReplyBulk("lag"u8);
        if (stream.TryGetLag(group, out long lag)) context.ReplyInteger(lag);
        else context.ReplyNull();
    }

    private static void WriteEdge(ref CommandContext context, StreamValue stream, bool isLast)
    {
        var cursor = new StreamCursor(stream, isLast);
        if (cursor.MoveNext()) context.Reply.WriteStreamEntry(ref cursor);
        else context.ReplyNull();
    }

    private static void Write(ref CommandContext context, ReadOnlySpan<byte> name, long number)
    {
        context.ReplyBulk(name);
        context.ReplyInteger(number);
    }

    private static void Write(ref CommandContext context, ReadOnlySpan<byte> name, StreamId id)
    {
        context.ReplyBulk(name);
        context.Reply.WriteStreamId(id);
    }

    private static bool TryFind(ref CommandContext context, out StreamValue stream)
    {
        stream = null!;
        if (!StreamLookup.TryFind(ref context, context.Arguments[2], Lookup.Read, out _, out StreamValue? found)) return false;
        if (found == null) context.ReplyNoSuchKey();
        stream = found!;
        return found != null;
    }
}
