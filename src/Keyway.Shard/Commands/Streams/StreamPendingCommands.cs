using Keyway.Shard.Keyspace;
using Keyway.Shard.Keyspace.Streams;

namespace Keyway.Shard.Commands.Streams;

/// <summary>What a group has given to its consumers and they have not acknowledged.</summary>
internal static unsafe class StreamPendingCommands
{
    // XACK key group id [id ...]
    public static void XAck(ref CommandContext context)
    {
        if (!StreamLookup.TryFind(ref context, context.Arguments[1], Lookup.Read, out Place place, out StreamValue? stream)) return;
        if (stream?.Groups.Find(context.Arguments[2]) is not { } group)
        {
            context.ReplyInteger(0);
            return;
        }

        if (!StreamArguments.AreIds(ref context, 3)) return;
        long acknowledged = 0;
        context.Keyspace.BeginChange(place);
        for (int i = 3; i < context.Arguments.Count; i++)
        {
            StreamId.TryParse(context.Arguments[i], missingSequence: 0, out StreamId id);
            if (group.Acknowledge(id)) acknowledged++;
        }

        context.Propagation.AsIs(acknowledged);
        context.ReplyInteger(acknowledged);
    }

    // XPENDING key group [[IDLE min-idle-ms] start end count [consumer]]
    public static void XPending(ref CommandContext context)
    {
        if (context.Arguments.Count == 3)
        {
            if (StreamLookup.TryFindGroup(ref context, out _, out _, out ConsumerGroup all)) ReplySummary(ref context, all);
            return;
        }

        if (!TryReadRange(ref context, out PendingRange range)) return;
        if (!StreamLookup.TryFindGroup(ref context, out _, out _, out ConsumerGroup group)) return;

        IdMap pending = group.Pending;
        if (range.ConsumerIndex > 0)
        {
            if (group.Consumers.Find(context.Arguments[range.ConsumerIndex]) is not { } consumer)
            {
                context.ReplyArray(0);
                return;
            }

            pending = consumer.Pending;
        }

        context.ReplyArray(Visit(ref context, group, pending, range, writes: false));
        Visit(ref context, group, pending, range, writes: true);
    }

    private static bool TryReadRange(ref CommandContext context, out PendingRange range)
    {
        range = default;
        bool hasIdle = context.Arguments.Count > 3 && Word.Is(context.Arguments[3], "IDLE"u8);
        if (context.Arguments.Count is < 6 or > 9)
        {
            context.ReplySyntaxError();
            return false;
        }

        int first = 3;
        if (hasIdle)
        {
            if (!context.TryReadInteger(4, out range.MinIdleMs)) return false;
            first = 5;
            if (context.Arguments.Count < 8)
            {
                context.ReplySyntaxError();
                return false;
            }
        }

        if (!context.TryReadInteger(first + 2, out range.Count)) return false;
        if (!StreamArguments.TryReadStart(ref context, first, out range.Start) || !StreamArguments.TryReadEnd(ref context, first + 1, out range.End)) return false;
        if (first + 3 < context.Arguments.Count) range.ConsumerIndex = first + 3;
        return true;
    }

    /// <summary>Counts the deliveries in the range, or writes them.</summary>
    private static long Visit(ref CommandContext context, ConsumerGroup group, IdMap pending, in PendingRange range, bool writes)
    {
        long count = 0;
        for (IdMap.Position position = pending.SeekAtLeast(range.Start); count < range.Count && pending.IsValid(position); position = pending.Next(position))
        {
            StreamId id = pending.IdAt(position);
            if (id > range.End) break;

            var delivery = (Delivery*)pending[position];
            long idleMs = context.NowMs - delivery->TimeMs;
            if (range.MinIdleMs != 0 && idleMs < range.MinIdleMs) continue;

            count++;
            if (!writes) continue;
            context.ReplyArray(4);
            context.Reply.WriteStreamId(id);
            context.ReplyBulk(group.ConsumerOf(delivery).Name);
            context.ReplyInteger(Math.Max(0, idleMs));
            context.ReplyInteger(delivery->Times);
        }

        return count;
    }

    private static void ReplySummary(ref CommandContext context, ConsumerGroup group)
    {
        IdMap pending = group.Pending;
        context.ReplyArray(4);
        context.ReplyInteger(pending.Count);
        if (pending.Count == 0)
        {
            context.ReplyNull();
            context.ReplyNull();
            context.ReplyNullArray();
            return;
        }

        context.Reply.WriteStreamId(pending.IdAt(pending.First));
        context.Reply.WriteStreamId(pending.IdAt(pending.Last));
        int busy = 0;
        foreach (Consumer consumer in group.Consumers.InOrder) busy += consumer.Pending.Count > 0 ? 1 : 0;
        context.ReplyArray(busy);
        foreach (Consumer consumer in group.Consumers.InOrder)
        {
            if (consumer.Pending.Count == 0) continue;
            context.ReplyArray(2);
            context.ReplyBulk(consumer.Name);
            context.ReplyBulk($"{consumer.Pending.Count}");
        }
    }

    private struct PendingRange
    {
        public StreamId Start;
        public StreamId End;
        public long Count;
        public long MinIdleMs;
        public int ConsumerIndex;
    }
}
