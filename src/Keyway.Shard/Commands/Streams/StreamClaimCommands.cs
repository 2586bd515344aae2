using Keyway.Protocol;
using Keyway.Shard.Keyspace;
using Keyway.Shard.Keyspace.Streams;

namespace Keyway.Shard.Commands.Streams;

/// <summary>XCLAIM: a consumer takes over what others were given.</summary>
internal static unsafe class StreamClaimCommands
{
    // XCLAIM key group consumer min-idle-ms id [id ...] [IDLE ms] [TIME unix-ms] [RETRYCOUNT count] [FORCE] [JUSTID] [LASTID id]
    public static void XClaim(ref CommandContext context)
    {
        if (!StreamLookup.TryFindGroup(ref context, out Place place, out StreamValue stream, out ConsumerGroup group)) return;
        if (!TryReadMinIdle(ref context, "ERR Invalid min-idle-time argument for XCLAIM"u8, out long minIdleMs)) return;
        if (!TryReadOptions(ref context, out Options options)) return;

        context.Keyspace.BeginChange(place);
        bool movesGroup = options.LastId > group.LastId;
        if (movesGroup) group.LastId = options.LastId;

        ReadOnlySpan<byte> key = context.Arguments[1];
        Consumer? consumer = null;
        var body = new ReplyBuffer(context.Server.Pool);
        long claimed = 0;
        for (int i = 5; i < options.EndOfIds; i++)
        {
            StreamId.TryParse(context.Arguments[i], missingSequence: 0, out StreamId id);
            Delivery* delivery = group.FindPending(id);
            if (!stream.Contains(id))
            {
                // There is nothing left to claim: the delivery goes, here and wherever this is repeated.
                if (delivery == null) continue;
                StreamEffects.Claim(ref context, key, group, context.Arguments[i], delivery, changes: 1);
                group.Acknowledge(id);
                movesGroup = false;
                continue;
            }

            if (delivery == null)
            {
                if (!options.Force) continue;
                delivery = group.AddUnassigned(id, context.NowMs);
            }
            else if (minIdleMs > 0 && context.NowMs - delivery->TimeMs < minIdleMs)
            {
                continue;
            }

            consumer ??= Meet(ref context, key, group);
            group.Assign(id, delivery, consumer);
            delivery->TimeMs = options.DeliveredMs;
            if (options.Times >= 0) delivery->Times = options.Times;
            else if (!options.JustIds) delivery->Times++;

            if (options.JustIds) body.WriteStreamId(id);
            else body.TryWriteStreamEntry(stream, id);
            claimed++;
            StreamEffects.Claim(ref context, key, group, context.Arguments[i], delivery, changes: 1);
            movesGroup = false;         // each claim says so
        }

        if (movesGroup) StreamEffects.GroupPosition(ref context, key, group, changes: 1);
        context.ReplyArray(claimed);
        body.MoveTo(context.Reply);
    }

    /// <summary>The consumer who claims, known from now on if it was not.</summary>
    public static Consumer Meet(ref CommandContext context, ReadOnlySpan<byte> key, ConsumerGroup group)
    {
        Consumer? consumer = group.Consumers.Find(context.Arguments[3]);
        if (consumer == null)
        {
            context.Propagation.Dirty++;
            return StreamGroupCommands.AddConsumer(ref context, key, group, context.Arguments[3]);
        }

        consumer.SeenMs = context.NowMs;
        return consumer;
    }

    public static bool TryReadMinIdle(ref CommandContext context, ReadOnlySpan<byte> error, out long minIdleMs)
    {
        if (!TryRead(ref context, 4, error, out minIdleMs)) return false;
        minIdleMs = Math.Max(0, minIdleMs);
        return true;
    }

    private static bool TryReadOptions(ref CommandContext context, out Options options)
    {
        options = new Options { DeliveredMs = -1, Times = -1, EndOfIds = 5 };
        while (options.EndOfIds < context.Arguments.Count && StreamId.TryParse(context.Arguments[options.EndOfIds], 0, out _)) options.EndOfIds++;

        for (int i = options.EndOfIds; i < context.Arguments.Count; i++)
        {
            ReadOnlySpan<byte> word = context.Arguments[i];
            bool hasMore = i + 1 < context.Arguments.Count;
            if (Word.Is(word, "FORCE"u8))
            {
                options.Force = true;
            }
            else if (Word.Is(word, "JUSTID"u8))
            {
                options.JustIds = true;
            }
            else if (hasMore && Word.Is(word, "IDLE"u8))
            {
                if (!TryRead(ref context, ++i, "ERR Invalid IDLE option argument for XCLAIM"u8, out long idleMs)) return false;
                options.DeliveredMs = unchecked(context.NowMs - idleMs);
            }
            else if (hasMore && Word.Is(word, "TIME"u8))
            {
                if (!TryRead(ref context, ++i, "ERR Invalid TIME option argument for XCLAIM"u8, out options.DeliveredMs)) return false;
            }
            else if (hasMore && Word.Is(word, "RETRYCOUNT"u8))
            {
                if (!TryRead(ref context, ++i, "ERR Invalid RETRYCOUNT option argument for XCLAIM"u8, out options.Times)) return false;
            }
            else if (hasMore && Word.Is(word, "LASTID"u8))
            {
                if (!StreamArguments.TryReadId(ref context, ++i, out options.LastId)) return false;
            }
            else
            {
                context.ReplyError([.. "ERR Unrecognized XCLAIM option '"u8, .. StreamLookup.Shown(word), .. "'"u8]);
                return false;
            }
        }

        // A time that cannot be is no reason to fail: clients reckon it by clocks of their own.
        if (options.DeliveredMs < 0 || options.DeliveredMs > context.NowMs) options.DeliveredMs = context.NowMs;
        return true;
    }

    private static bool TryRead(ref CommandContext context, int index, ReadOnlySpan<byte> error, out long value)
    {
        if (RespNumber.TryParseLong(context.Arguments[index], out value)) return true;
        context.ReplyError(error);
        return false;
    }

    private struct Options
    {
        /// <summary>The argument behind the last ID.</summary>
        public int EndOfIds;

        public bool Force;
        public bool JustIds;
        public long DeliveredMs;

        /// <summary>Negative: one more than before.</summary>
        public long Times;

        public StreamId LastId;
    }
}
