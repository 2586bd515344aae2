using Keyway.Protocol;
using Keyway.Shard.Blocking;
using Keyway.Shard.Keyspace;
using Keyway.Shard.Keyspace.Streams;

namespace Keyway.Shard.Commands.Streams;

/// <summary>Reading on from where one was: XREAD by an ID that the client remembers, XREADGROUP by what the group does.</summary>
internal static unsafe class StreamReadCommands
{
    // Whoever waited for one entry and gave no COUNT does not want a million.
    private const long MostAfterWait = 1000;

    // Stands for ">": what the group has not given to anybody.
    private static readonly StreamId NewEntries = StreamId.Max;

    // XREAD [COUNT count] [BLOCK ms] STREAMS key [key ...] id|$ [id|$ ...]
    public static void XRead(ref CommandContext context)
    {
        if (!StreamReadOptions.TryRead(ref context, forGroup: false, out StreamReadOptions options)) return;
        if (context.IsRetry)
        {
            ServeWaiting(ref context, options, (StreamId[])context.RetryState!);
            return;
        }

        if (!TryReadIds(ref context, options, out StreamId[] positions)) return;

        var body = new ReplyBuffer(context.Server.Pool);
        int served = 0;
        for (int i = 0; i < options.StreamCount; i++)
        {
            ReadOnlySpan<byte> key = context.Arguments[options.FirstKey + i];
            StreamLookup.TryFind(ref context, key, Lookup.Read, out _, out StreamValue? stream);
            if (stream == null || stream.Length == 0 || stream.FindEdge(isLast: true, StreamId.Zero) <= positions[i]) continue;

            served++;
            WriteKey(context, body, key);
            positions[i].TryIncrement(out StreamId start);
            body.WriteStreamEntries(stream, start, StreamId.Max, LimitOf(options));
        }

        Finish(ref context, options, body, served, BlockedOn.Stream, positions);
    }

    // XREADGROUP GROUP group consumer [COUNT count] [BLOCK ms] [NOACK] STREAMS key [key ...] id|> [id|> ...]
    public static void XReadGroup(ref CommandContext context)
    {
        if (!StreamReadOptions.TryRead(ref context, forGroup: true, out StreamReadOptions options)) return;
        if (context.IsRetry)
        {
            ServeWaitingMember(ref context, options);
            return;
        }

        if (!TryReadIds(ref context, options, out StreamId[] positions)) return;

        var body = new ReplyBuffer(context.Server.Pool);
        int served = 0;
        for (int i = 0; i < options.StreamCount; i++)
        {
            ReadOnlySpan<byte> key = context.Arguments[options.FirstKey + i];
            StreamLookup.TryFind(ref context, key, Lookup.Read, out Place place, out StreamValue? stream);
            if (stream?.Groups.Find(context.Arguments[options.GroupIndex]) is not { } group) continue;

            bool readsHistory = positions[i] != NewEntries;
            if (!readsHistory && (stream.Length == 0 || stream.FindEdge(isLast: true, StreamId.Zero) <= group.LastId)) continue;

            served++;
            WriteKey(context, body, key);
            context.Keyspace.BeginChange(place);
            Consumer consumer = Meet(ref context, options, key, group);
            if (readsHistory)
            {
                positions[i].TryIncrement(out StreamId start);
                WriteHistory(context, body, stream, consumer, start, LimitOf(options));
            }
            else
            {
                Deliver(ref context, options, body, key, stream, group, consumer, LimitOf(options));
            }

            context.Propagation.Dirty++;
        }

        Finish(ref context, options, body, served, BlockedOn.StreamGroup, state: null);
    }

    private static void Finish(ref CommandContext context, in StreamReadOptions options, ReplyBuffer body, int served, BlockedOn kind, object? state)
    {
        if (served > 0)
        {
            WriteStreamCount(context, served);
            body.MoveTo(context.Reply);
            return;
        }

        bool mayWait = options.TimeoutMs != StreamReadOptions.NoTimeout;
        if (!mayWait || !context.TryBlock(kind, options.FirstKey, options.StreamCount, options.TimeoutMs, state)) context.ReplyNullArray();
    }

    // The key with which the client waited has been written. What has come meanwhile may be gone already: then it gets an empty list, as from Redis.
    private static void ServeWaiting(ref CommandContext context, in StreamReadOptions options, StreamId[] positions)
    {
        int i = IndexOfReady(context, options);
        ReadOnlySpan<byte> key = context.Arguments[options.FirstKey + i];
        StreamLookup.TryFind(ref context, key, Lookup.Read, out _, out StreamValue? stream);
        if (stream == null || stream.LastId <= positions[i])
        {
            context.TryBlock(BlockedOn.Stream, options.FirstKey, options.StreamCount, options.TimeoutMs);
            return;
        }

        WriteStreamCount(context, 1);
        WriteKey(context, context.Reply, key);
        positions[i].TryIncrement(out StreamId start);
        context.Reply.WriteStreamEntries(stream, start, StreamId.Max, options.Count > 0 ? options.Count : MostAfterWait);
    }

    private static void ServeWaitingMember(ref CommandContext context, in StreamReadOptions options)
    {
        ReadOnlySpan<byte> key = context.Arguments[options.FirstKey + IndexOfReady(context, options)];
        StreamLookup.TryFind(ref context, key, Lookup.Write, out Place place, out StreamValue? stream);
        if (stream?.Groups.Find(context.Arguments[options.GroupIndex]) is not { } group)
        {
            context.ReplyError("NOGROUP the consumer group this client was blocked on no longer exists"u8);
            return;
        }

        if (stream.LastId <= group.LastId)
        {
            context.TryBlock(BlockedOn.StreamGroup, options.FirstKey, options.StreamCount, options.TimeoutMs);
            return;
        }

        context.Keyspace.BeginChange(place);
        Consumer consumer = Meet(ref context, options, key, group);
        WriteStreamCount(context, 1);
        WriteKey(context, context.Reply, key);
        Deliver(ref context, options, context.Reply, key, stream, group, consumer, options.Count > 0 ? options.Count : MostAfterWait);
        context.Propagation.Dirty++;
    }

    /// <summary>Gives the entries that the group has not read to the consumer.</summary>
    private static void Deliver(
        ref CommandContext context, in StreamReadOptions options, ReplyBuffer body, ReadOnlySpan<byte> key, StreamValue stream, ConsumerGroup group, Consumer consumer, long limit)
    {
        group.LastId.TryIncrement(out StreamId start);
        long count = stream.CountBetween(start, StreamId.Max, limit);
        body.WriteArray(count);
        bool movesOn = count > 0;
        var cursor = new StreamCursor(stream, start, StreamId.Max);
        for (; count > 0 && cursor.MoveNext(); count--)
        {
            StreamId id = cursor.Id;
            stream.Advance(group, id);
            body.WriteStreamEntry(ref cursor);
            if (options.NeedsNoAcknowledgement) continue;

            Delivery* delivery = group.Deliver(id, consumer, context.NowMs);
            StreamEffects.Claim(ref context, key, group, id, delivery, changes: 0);
        }

        if (options.NeedsNoAcknowledgement && movesOn) StreamEffects.GroupPosition(ref context, key, group, changes: 0);
    }

    /// <summary>What the consumer has been given already: the ID alone where the entry itself is gone.</summary>
    private static void WriteHistory(in CommandContext context, ReplyBuffer body, StreamValue stream, Consumer consumer, StreamId start, long limit)
    {
        IdMap pending = consumer.Pending;
        IdMap.Position position = pending.SeekAtLeast(start);
        long count = pending.CountFrom(position, limit);
        body.WriteArray(count);
        for (; count > 0; count--, position = pending.Next(position))
        {
            StreamId id = pending.IdAt(position);
            if (body.TryWriteStreamEntry(stream, id))
            {
                var delivery = (Delivery*)pending[position];
                delivery->TimeMs = context.NowMs;
                delivery->Times++;
                continue;
            }

            body.WriteArray(2);
            body.WriteStreamId(id);
            body.WriteNullArray(context.Resp3);
        }
    }

    /// <summary>The consumer who reads, known from now on if it was not.</summary>
    private static Consumer Meet(ref CommandContext context, in StreamReadOptions options, ReadOnlySpan<byte> key, ConsumerGroup group)
    {
        ReadOnlySpan<byte> name = context.Arguments[options.GroupIndex + 1];
        Consumer? consumer = group.Consumers.Find(name);
        if (consumer != null)
        {
            consumer.SeenMs = context.NowMs;
            return consumer;
        }

        consumer = StreamGroupCommands.AddConsumer(ref context, key, group, name);
        context.Propagation.Dirty++;
        if (options.NeedsNoAcknowledgement) StreamEffects.NewConsumer(ref context, key, group, consumer);
        return consumer;
    }

    /// <summary>Checks keys and groups, and turns "$" and "&gt;" into IDs, before anything is read; else it has been answered.</summary>
    private static bool TryReadIds(ref CommandContext context, in StreamReadOptions options, out StreamId[] positions)
    {
        positions = new StreamId[options.StreamCount];
        for (int i = 0; i < options.StreamCount; i++)
        {
            ReadOnlySpan<byte> key = context.Arguments[options.FirstKey + i];
            int idIndex = options.FirstKey + options.StreamCount + i;
            ReadOnlySpan<byte> id = context.Arguments[idIndex];
            bool forGroup = options.GroupIndex > 0;
            if (!StreamLookup.TryFind(ref context, key, Lookup.Read, out _, out StreamValue? stream)) return false;
            if (forGroup && stream?.Groups.Find(context.Arguments[options.GroupIndex]) == null)
            {
                StreamLookup.ReplyNoGroup(ref context, key, context.Arguments[options.GroupIndex], " in XREADGROUP with GROUP option"u8);
                return false;
            }

            if (id is [(byte)'$'])
            {
                positions[i] = stream?.LastId ?? StreamId.Zero;
                if (!forGroup) continue;
                context.ReplyError(
                    "ERR The $ ID is meaningless in the context of XREADGROUP: you want to read the history of this consumer by specifying a proper ID, or use the > ID to get new messages. The $ ID would just return an empty result set."u8);
                return false;
            }

            if (id is [(byte)'>'])
            {
                positions[i] = NewEntries;
                if (forGroup) continue;
                context.ReplyError("ERR The > ID can be specified only when calling XREADGROUP using the GROUP <group> <consumer> option."u8);
                return false;
            }

            if (!StreamArguments.TryReadId(ref context, idIndex, out positions[i])) return false;
        }

        return true;
    }

    private static int IndexOfReady(in CommandContext context, in StreamReadOptions options)
    {
        int i = 0;
        while (!context.MayServe(context.Arguments[options.FirstKey + i])) i++;
        return i;
    }

    // A map in RESP3; in RESP2 a list of pairs.
    private static void WriteStreamCount(in CommandContext context, int streams)
    {
        if (context.Resp3) context.ReplyMap(streams);
        else context.ReplyArray(streams);
    }

    private static void WriteKey(in CommandContext context, ReplyBuffer body, ReadOnlySpan<byte> key)
    {
        if (!context.Resp3) body.WriteArray(2);
        body.WriteBulk(key);
    }

    private static long LimitOf(in StreamReadOptions options) => options.Count > 0 ? options.Count : long.MaxValue;
}
