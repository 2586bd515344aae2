using Keyway.Protocol;
using Keyway.Shard.Blocking;
using Keyway.Shard.Keyspace;
using Keyway.Shard.Keyspace.SortedSets;

namespace Keyway.Shard.Commands.SortedSets;

/// <summary>The lowest or highest elements leave the set.</summary>
internal static class PopCommands
{
    // ZPOPMIN key [count]
    public static void ZPopMin(ref CommandContext context) => Pop(ref context, fromEnd: false);

    // ZPOPMAX key [count]
    public static void ZPopMax(ref CommandContext context) => Pop(ref context, fromEnd: true);

    // BZPOPMIN key [key ...] timeout
    public static void BZPopMin(ref CommandContext context) => PopOrWait(ref context, fromEnd: false);

    // BZPOPMAX key [key ...] timeout
    public static void BZPopMax(ref CommandContext context) => PopOrWait(ref context, fromEnd: true);

    // ZMPOP numkeys key [key ...] MIN | MAX [COUNT count]
    public static void ZMPop(ref CommandContext context)
    {
        if (!TryReadMultiple(ref context, 1, out int keys, out bool fromEnd, out long count)) return;
        if (!TryPopFirst(ref context, 2, keys, fromEnd, count, isMultiple: true)) context.ReplyNullArray();
    }

    // BZMPOP timeout numkeys key [key ...] MIN | MAX [COUNT count]
    public static void BZMPop(ref CommandContext context)
    {
        if (!TryReadMultiple(ref context, 2, out int keys, out bool fromEnd, out long count)) return;
        if (!context.TryReadTimeout(1, out long timeoutMs)) return;
        if (TryPopFirst(ref context, 3, keys, fromEnd, count, isMultiple: true)) return;
        if (!context.TryBlock(BlockedOn.SortedSet, 3, keys, timeoutMs)) context.ReplyNullArray();
    }

    private static void Pop(ref CommandContext context, bool fromEnd)
    {
        if (context.Arguments.Count > 3)
        {
            context.ReplySyntaxError();
            return;
        }

        long count = 1;
        bool hasCount = context.Arguments.Count == 3;
        if (hasCount && (!RespNumber.TryParseLong(context.Arguments[2], out count) || count < 0))
        {
            context.ReplyError("ERR value is out of range, must be positive"u8);
            return;
        }

        Place place = context.Keyspace.Find(context.Arguments[1], Lookup.Write);
        if (place.Exists && !context.Is(place, ValueKind.SortedSet)) return;
        if (!place.Exists || count == 0)
        {
            context.ReplyArray(0);
            return;
        }

        // A count makes RESP3 answer with pairs, even for one.
        bool inPairs = hasCount && context.Resp3;
        count = Math.Min(count, new StoredSortedSet(context.Keyspace, place.Entry).Count);
        context.ReplyArray(inPairs ? count : count * 2);
        Take(ref context, place, fromEnd, count, inPairs);
        context.Propagation.AsIs(count);
    }

    private static void PopOrWait(ref CommandContext context, bool fromEnd)
    {
        int keys = context.Arguments.Count - 2;
        if (!context.TryReadTimeout(keys + 1, out long timeoutMs)) return;
        if (TryPopFirst(ref context, 1, keys, fromEnd, 1, isMultiple: false)) return;
        if (!context.TryBlock(BlockedOn.SortedSet, 1, keys, timeoutMs)) context.ReplyNullArray();
    }

    // numkeys key [key ...] MIN | MAX [COUNT count]
    private static bool TryReadMultiple(ref CommandContext context, int at, out int keys, out bool fromEnd, out long count)
    {
        keys = 0;
        fromEnd = false;
        count = 1;
        if (!RespNumber.TryParseLong(context.Arguments[at], out long number) || number <= 0)
        {
            context.ReplyError("ERR numkeys should be greater than 0"u8);
            return false;
        }

        int rest = context.Arguments.Count - at - 1;
        if (number >= rest)
        {
            context.ReplySyntaxError();
            return false;
        }

        keys = (int)number;
        int option = at + 1 + keys;
        fromEnd = Word.Is(context.Arguments[option], "MAX"u8);
        bool isPlain = option + 1 == context.Arguments.Count;
        bool hasCount = option + 2 < context.Arguments.Count && Word.Is(context.Arguments[option + 1], "COUNT"u8);
        if ((!fromEnd && !Word.Is(context.Arguments[option], "MIN"u8)) || (!isPlain && !hasCount))
        {
            context.ReplySyntaxError();
            return false;
        }

        if (isPlain) return true;
        if (!RespNumber.TryParseLong(context.Arguments[option + 2], out count) || count <= 0)
        {
            context.ReplyError("ERR count should be greater than 0"u8);
            return false;
        }

        if (option + 3 == context.Arguments.Count) return true;
        context.ReplySyntaxError();
        return false;
    }

    /// <summary>Pops from the first key that holds anything; false when none does and nothing has been answered.</summary>
    private static bool TryPopFirst(ref CommandContext context, int firstKey, int keys, bool fromEnd, long count, bool isMultiple)
    {
        for (int i = firstKey; i < firstKey + keys; i++)
        {
            ReadOnlySpan<byte> key = context.Arguments[i];
            if (!context.MayServe(key)) continue;
            Place place = context.Keyspace.Find(key, Lookup.Write);
            if (!place.Exists) continue;
            if (!context.Is(place, ValueKind.SortedSet)) return true;

            count = Math.Min(count, new StoredSortedSet(context.Keyspace, place.Entry).Count);
            context.ReplyArray(isMultiple ? 2 : 3);
            context.ReplyBulk(key);
            if (isMultiple) context.ReplyArray(count);
            Take(ref context, place, fromEnd, count, inPairs: isMultiple);
            Propagate(ref context, key, fromEnd, count, isMultiple);
            return true;
        }

        return false;
    }

    /// <summary>Answers with so many elements, from the lowest up or the highest down, and removes them.</summary>
    private static void Take(ref CommandContext context, Place place, bool fromEnd, long count, bool inPairs)
    {
        SortedSetReader reader = new StoredSortedSet(context.Keyspace, place.Entry).Read();
        reader.Seek(fromEnd ? reader.Count - 1 : 0);
        for (long left = count; left > 0; left--)
        {
            if (fromEnd) reader.MovePrevious();
            else reader.MoveNext();
            if (inPairs) context.ReplyArray(2);
            context.ReplyBulk(reader.Member);
            context.ReplyDouble(reader.Score);
        }

        var editor = new SortedSetEditor(context.Keyspace, context.Databases.Values, SortedSetLimits.Of(context.Server.Settings), place);
        editor.RemoveRange(fromEnd ? reader.Count - count : 0, count);
        bool isGone = editor.Finish();
        context.Notify(KeyspaceEvents.SortedSet, fromEnd ? "zpopmax"u8 : "zpopmin"u8, place.Key);
        if (isGone) context.Notify(KeyspaceEvents.Generic, "del"u8, place.Key);
    }

    // A replica pops from the key that served, without waiting.
    private static void Propagate(ref CommandContext context, ReadOnlySpan<byte> key, bool fromEnd, long count, bool isMultiple)
    {
        if (!context.Propagation.BeginReplacement(isMultiple ? 3 : 2, count)) return;
        context.Propagation.Add(fromEnd ? "ZPOPMAX"u8 : "ZPOPMIN"u8);
        context.Propagation.Add(key);
        if (isMultiple) context.Propagation.AddNumber(count);
        context.Propagation.EndReplacement(context.Keyspace.Index);
    }
}
