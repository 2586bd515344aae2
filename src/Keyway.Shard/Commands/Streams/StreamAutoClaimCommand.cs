using Keyway.Protocol;
using Keyway.Shard.Keyspace;
using Keyway.Shard.Keyspace.Streams;

namespace Keyway.Shard.Commands.Streams;

/// <summary>XAUTOCLAIM: a consumer takes over whatever has been idle for long, some at a time.</summary>
internal static unsafe class StreamAutoClaimCommand
{
    private const long DefaultCount = 100;
    private const int VisitsPerClaim = 10;
    private const long LargestCount = long.MaxValue / StreamId.Bytes;

    // Redis keeps room for so many IDs and refuses what its address space cannot hold; nothing is kept here for more than there are.
    private const long MostThatFits = (1L << 47) / StreamId.Bytes;

    // XAUTOCLAIM key group consumer min-idle-ms start [COUNT count] [JUSTID]
    public static void XAutoClaim(ref CommandContext context)
    {
        // The key is looked for first, which whoever listens for misses hears even of a request that is refused.
        context.Keyspace.Find(context.Arguments[1], Lookup.Read);
        if (!StreamClaimCommands.TryReadMinIdle(ref context, "ERR Invalid min-idle-time argument for XAUTOCLAIM"u8, out long minIdleMs)) return;
        if (!StreamArguments.TryReadStart(ref context, 5, out StreamId start)) return;
        if (!TryReadOptions(ref context, out long count, out bool justIds)) return;
        if (!StreamLookup.TryFindGroup(ref context, out Place place, out StreamValue stream, out ConsumerGroup group, Lookup.Write)) return;
        if (count >= MostThatFits)
        {
            context.ReplyError("ERR Insufficient memory, failed allocating transient memory, COUNT too high."u8);
            return;
        }

        context.Keyspace.BeginChange(place);
        ReadOnlySpan<byte> key = context.Arguments[1];
        Consumer? consumer = null;
        var body = new ReplyBuffer(context.Server.Pool);
        var gone = new ReplyBuffer(context.Server.Pool);
        long claimed = 0;
        long goneCount = 0;
        IdMap.Position position = group.Pending.SeekAtLeast(start);
        for (long visits = count * VisitsPerClaim; visits > 0 && count > 0 && group.Pending.IsValid(position); visits--)
        {
            StreamId id = group.Pending.IdAt(position);
            var delivery = (Delivery*)group.Pending[position];
            if (!stream.Contains(id))
            {
                StreamEffects.Claim(ref context, key, group, id, delivery, changes: 1);
                group.Acknowledge(id);
                gone.WriteStreamId(id);
                goneCount++;
                count--;
                position = group.Pending.SeekAtLeast(id);
                continue;
            }

            position = group.Pending.Next(position);
            if (minIdleMs > 0 && context.NowMs - delivery->TimeMs < minIdleMs) continue;

            consumer ??= StreamClaimCommands.Meet(ref context, key, group);
            group.Assign(id, delivery, consumer);
            delivery->TimeMs = context.NowMs;
            if (!justIds) delivery->Times++;

            if (justIds) body.WriteStreamId(id);
            else body.TryWriteStreamEntry(stream, id);
            claimed++;
            count--;
            StreamEffects.Claim(ref context, key, group, id, delivery, changes: 1);
        }

        context.ReplyArray(3);
        context.Reply.WriteStreamId(group.Pending.IsValid(position) ? group.Pending.IdAt(position) : StreamId.Zero);
        context.ReplyArray(claimed);
        body.MoveTo(context.Reply);
        context.ReplyArray(goneCount);
        gone.MoveTo(context.Reply);
    }

    private static bool TryReadOptions(ref CommandContext context, out long count, out bool justIds)
    {
        count = DefaultCount;
        justIds = false;
        for (int i = 6; i < context.Arguments.Count; i++)
        {
            if (i + 1 < context.Arguments.Count && Word.Is(context.Arguments[i], "COUNT"u8))
            {
                if (RespNumber.TryParseLong(context.Arguments[++i], out count) && count is >= 1 and <= LargestCount) continue;
                context.ReplyError("ERR COUNT must be > 0"u8);
                return false;
            }

            if (Word.Is(context.Arguments[i], "JUSTID"u8))
            {
                justIds = true;
                continue;
            }

            context.ReplySyntaxError();
            return false;
        }

        return true;
    }
}
