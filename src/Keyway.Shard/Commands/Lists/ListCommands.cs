using Keyway.Protocol;
using Keyway.Shard.Keyspace;
using Keyway.Shard.Keyspace.Compact;
using Keyway.Shard.Keyspace.Lists;

namespace Keyway.Shard.Commands.Lists;

/// <summary>LPUSH, LRANGE and what else works on one list without taking elements for its caller.</summary>
internal static class ListCommands
{
    // LPUSH key element [element ...]
    public static void LPush(ref CommandContext context) => Push(ref context, ListEnd.Head, onlyIfPresent: false);

    // RPUSH key element [element ...]
    public static void RPush(ref CommandContext context) => Push(ref context, ListEnd.Tail, onlyIfPresent: false);

    // LPUSHX key element [element ...]
    public static void LPushX(ref CommandContext context) => Push(ref context, ListEnd.Head, onlyIfPresent: true);

    // RPUSHX key element [element ...]
    public static void RPushX(ref CommandContext context) => Push(ref context, ListEnd.Tail, onlyIfPresent: true);

    // LLEN key
    public static void LLen(ref CommandContext context)
    {
        Place place = context.Keyspace.Find(context.Arguments[1], Lookup.Read);
        if (!place.Exists) context.ReplyInteger(0);
        else if (context.Is(place, ValueKind.List)) context.ReplyInteger(Open(ref context, place).Count);
    }

    // LINDEX key index
    public static void LIndex(ref CommandContext context)
    {
        Place place = context.Keyspace.Find(context.Arguments[1], Lookup.Read);
        if (!place.Exists)
        {
            context.ReplyNull();
            return;
        }

        if (!context.Is(place, ValueKind.List) || !context.TryReadInteger(2, out long index)) return;
        StoredList list = Open(ref context, place);
        if (!TryResolve(ref index, list.Count))
        {
            context.ReplyNull();
            return;
        }

        ListReader reader = list.ReadFrom(index);
        reader.MoveNext();
        context.ReplyElement(reader.Value);
    }

    // LSET key index element
    public static void LSet(ref CommandContext context)
    {
        ReadOnlySpan<byte> key = context.Arguments[1];
        Place place = context.Keyspace.Find(key, Lookup.Write);
        if (!place.Exists)
        {
            context.ReplyNoSuchKey();
            return;
        }

        if (!context.Is(place, ValueKind.List) || !context.TryReadInteger(2, out long index)) return;
        StoredList list = Open(ref context, place);
        if (!TryResolve(ref index, list.Count))
        {
            context.ReplyError("ERR index out of range"u8);
            return;
        }

        list.Replace(index, context.Arguments[3]);
        context.Propagation.AsIs();
        context.ReplyOk();
        context.Notify(KeyspaceEvents.List, "lset"u8, key);
    }

    // LINSERT key BEFORE | AFTER pivot element
    public static void LInsert(ref CommandContext context)
    {
        ReadOnlySpan<byte> key = context.Arguments[1];
        bool isBehind = Word.Is(context.Arguments[2], "AFTER"u8);
        if (!isBehind && !Word.Is(context.Arguments[2], "BEFORE"u8))
        {
            context.ReplySyntaxError();
            return;
        }

        Place place = context.Keyspace.Find(key, Lookup.Write);
        if (!place.Exists)
        {
            context.ReplyInteger(0);
            return;
        }

        if (!context.Is(place, ValueKind.List)) return;
        StoredList list = Open(ref context, place);
        if (!list.Insert(context.Arguments[3], isBehind, context.Arguments[4]))
        {
            context.ReplyInteger(-1);
            return;
        }

        context.Propagation.AsIs();
        context.Notify(KeyspaceEvents.List, "linsert"u8, key);
        context.ReplyInteger(list.Count);
    }

    // LRANGE key start stop
    public static void LRange(ref CommandContext context)
    {
        if (!context.TryReadInteger(2, out long start) || !context.TryReadInteger(3, out long stop)) return;

        Place place = context.Keyspace.Find(context.Arguments[1], Lookup.Read);
        if (!place.Exists)
        {
            context.ReplyArray(0);
            return;
        }

        if (!context.Is(place, ValueKind.List)) return;
        StoredList list = Open(ref context, place);
        long count = Resolve(ref start, stop, list.Count);
        if (count == 0)
        {
            context.ReplyArray(0);
            return;
        }

        ListReader reader = list.ReadFrom(start);
        context.Reply.WriteElements(ref reader, count);
    }

    // LREM key count element
    public static void LRem(ref CommandContext context)
    {
        if (!context.TryReadInteger(2, out long count)) return;

        ReadOnlySpan<byte> key = context.Arguments[1];
        Place place = context.Keyspace.Find(key, Lookup.Write);
        if (!place.Exists)
        {
            context.ReplyInteger(0);
            return;
        }

        if (!context.Is(place, ValueKind.List)) return;
        StoredList list = Open(ref context, place);
        long removed = list.RemoveEqual(
            context.Arguments[3],
            most: count is 0 or long.MinValue ? long.MaxValue : Math.Abs(count),
            from: count < 0 ? ListEnd.Tail : ListEnd.Head,
            out bool isGone);
        if (removed > 0)
        {
            context.Propagation.AsIs(removed);
            context.Notify(KeyspaceEvents.List, "lrem"u8, key);
            if (isGone) context.Notify(KeyspaceEvents.Generic, "del"u8, key);
        }

        context.ReplyInteger(removed);
    }

    // LTRIM key start stop
    public static void LTrim(ref CommandContext context)
    {
        if (!context.TryReadInteger(2, out long start) || !context.TryReadInteger(3, out long stop)) return;

        ReadOnlySpan<byte> key = context.Arguments[1];
        Place place = context.Keyspace.Find(key, Lookup.Write);
        if (!place.Exists)
        {
            context.ReplyOk();
            return;
        }

        if (!context.Is(place, ValueKind.List)) return;
        StoredList list = Open(ref context, place);
        long before = list.Count;
        long kept = Resolve(ref start, stop, before);
        bool isGone = list.Trim(start, kept);
        context.Notify(KeyspaceEvents.List, "ltrim"u8, key);
        if (isGone) context.Notify(KeyspaceEvents.Generic, "del"u8, key);
        context.Propagation.AsIs(before - kept);
        context.ReplyOk();
    }

    public static StoredList Open(ref CommandContext context, Place place) => new(context.Keyspace, context.Databases.Values, place);

    public static ReadOnlySpan<byte> PushEvent(ListEnd end) => end == ListEnd.Head ? "lpush"u8 : "rpush"u8;

    private static void Push(ref CommandContext context, ListEnd end, bool onlyIfPresent)
    {
        ReadOnlySpan<byte> key = context.Arguments[1];
        Place place = context.Keyspace.Find(key, Lookup.Write);
        if (place.Exists)
        {
            if (!context.Is(place, ValueKind.List)) return;
        }
        else if (onlyIfPresent)
        {
            context.ReplyInteger(0);
            return;
        }

        StoredList list = Open(ref context, place);
        list.Push(end, context.Arguments, first: 2);
        context.Propagation.AsIs(context.Arguments.Count - 2);
        context.ReplyInteger(list.Count);
        context.Notify(KeyspaceEvents.List, PushEvent(end), key);
    }

    /// <summary>An index from the end made one from the start; false when there is no such element.</summary>
    private static bool TryResolve(ref long index, long count)
    {
        if (index < 0) index += count;
        return (ulong)index < (ulong)count;
    }

    /// <summary>How many elements of so many lie in the range; where they begin.</summary>
    private static long Resolve(ref long start, long stop, long count)
    {
        if (start < 0) start = Math.Max(0, start + count);
        if (stop < 0) stop += count;
        stop = Math.Min(stop, count - 1);
        return start > stop ? 0 : stop - start + 1;
    }
}
