using Keyway.Shard.Blocking;
using Keyway.Shard.Keyspace;
using Keyway.Shard.Keyspace.Lists;

namespace Keyway.Shard.Commands.Lists;

/// <summary>What takes elements off a list for its caller, at once or as soon as there are any.</summary>
internal static class ListPops
{
    // LPOP key [count]
    public static void LPop(ref CommandContext context) => Pop(ref context, ListEnd.Head);

    // RPOP key [count]
    public static void RPop(ref CommandContext context) => Pop(ref context, ListEnd.Tail);

    // LMPOP numkeys key [key ...] LEFT | RIGHT [COUNT count]
    public static void LMPop(ref CommandContext context)
    {
        if (!TryReadMultiple(ref context, numberAt: 1, out int keyCount, out ListEnd end, out long count)) return;
        if (!TryPopFirst(ref context, firstKey: 2, keyCount, end, count)) context.ReplyNullArray();
    }

    // BLMPOP timeout numkeys key [key ...] LEFT | RIGHT [COUNT count]
    public static void BLMPop(ref CommandContext context)
    {
        if (!TryReadMultiple(ref context, numberAt: 2, out int keyCount, out ListEnd end, out long count)) return;
        if (!context.TryReadTimeout(1, out long timeoutMs)) return;
        if (TryPopFirst(ref context, firstKey: 3, keyCount, end, count)) return;
        if (!context.TryBlock(BlockedOn.List, firstKey: 3, keyCount, timeoutMs)) context.ReplyNullArray();
    }

    // BLPOP key [key ...] timeout
    public static void BLPop(ref CommandContext context) => BlockingPop(ref context, ListEnd.Head);

    // BRPOP key [key ...] timeout
    public static void BRPop(ref CommandContext context) => BlockingPop(ref context, ListEnd.Tail);

    public static ReadOnlySpan<byte> PopEvent(ListEnd end) => end == ListEnd.Head ? "lpop"u8 : "rpop"u8;

    /// <summary>Takes so many elements off, and tells everybody but who propagates it.</summary>
    public static void Remove(ref CommandContext context, scoped StoredList list, ListEnd end, long count, ReadOnlySpan<byte> key)
    {
        bool isGone = list.RemoveFrom(end, count);
        context.Notify(KeyspaceEvents.List, PopEvent(end), key);
        if (isGone) context.Notify(KeyspaceEvents.Generic, "del"u8, key);
    }

    private static void Pop(ref CommandContext context, ListEnd end)
    {
        if (context.Arguments.Count > 3)
        {
            context.ReplyWrongArity();
            return;
        }

        bool hasCount = context.Arguments.Count == 3;
        long count = 1;
        if (hasCount && !context.TryReadAtLeast(2, 0, "ERR value is out of range, must be positive"u8, out count)) return;

        ReadOnlySpan<byte> key = context.Arguments[1];
        Place place = context.Keyspace.Find(key, Lookup.Write);
        if (!place.Exists)
        {
            if (hasCount) context.ReplyNullArray();
            else context.ReplyNull();
            return;
        }

        if (!context.Is(place, ValueKind.List)) return;
        StoredList list = ListCommands.Open(ref context, place);
        if (!hasCount)
        {
            context.ReplyElement(list.Peek(end));
        }
        else
        {
            count = Math.Min(count, list.Count);
            ReplyWithElements(ref context, list, end, count);
            if (count == 0) return;
        }

        Remove(ref context, list, end, count, key);
        context.Propagation.AsIs(count);
    }

    private static void BlockingPop(ref CommandContext context, ListEnd end)
    {
        int keyCount = context.Arguments.Count - 2;
        if (!context.TryReadTimeout(keyCount + 1, out long timeoutMs)) return;
        for (int i = 1; i <= keyCount; i++)
        {
            ReadOnlySpan<byte> key = context.Arguments[i];
            if (!context.MayServe(key)) continue;
            Place place = context.Keyspace.Find(key, Lookup.Write);
            if (!place.Exists) continue;
            if (!context.Is(place, ValueKind.List)) return;

            StoredList list = ListCommands.Open(ref context, place);
            context.ReplyArray(2);
            context.ReplyBulk(key);
            context.ReplyElement(list.Peek(end));
            Remove(ref context, list, end, 1, key);
            context.Propagation.Replace(context.Keyspace.Index, NameOf(end), key);
            return;
        }

        if (!context.TryBlock(BlockedOn.List, firstKey: 1, keyCount, timeoutMs)) context.ReplyNullArray();
    }

    /// <summary>What follows the number of keys at this index.</summary>
    private static bool TryReadMultiple(ref CommandContext context, int numberAt, out int keyCount, out ListEnd end, out long count)
    {
        keyCount = 0;
        end = default;
        count = 1;
        if (!context.TryReadAtLeast(numberAt, 1, "ERR numkeys should be greater than 0"u8, out long keys)) return false;
        if (keys > context.Arguments.Count - numberAt - 2)
        {
            context.ReplySyntaxError();
            return false;
        }

        keyCount = (int)keys;
        int at = numberAt + keyCount + 1;
        if (!TryReadEnd(ref context, at++, out end)) return false;
        if (at + 1 < context.Arguments.Count && Word.Is(context.Arguments[at], "COUNT"u8))
        {
            if (!context.TryReadAtLeast(at + 1, 1, "ERR count should be greater than 0"u8, out count)) return false;
            at += 2;
        }

        if (at == context.Arguments.Count) return true;
        context.ReplySyntaxError();
        return false;
    }

    public static bool TryReadEnd(ref CommandContext context, int index, out ListEnd end)
    {
        bool isHead = Word.Is(context.Arguments[index], "LEFT"u8);
        end = isHead ? ListEnd.Head : ListEnd.Tail;
        if (isHead || Word.Is(context.Arguments[index], "RIGHT"u8)) return true;
        context.ReplySyntaxError();
        return false;
    }

    /// <summary>Pops from the first of the keys that is there; true once something has been answered.</summary>
    private static bool TryPopFirst(ref CommandContext context, int firstKey, int keyCount, ListEnd end, long count)
    {
        for (int i = firstKey; i < firstKey + keyCount; i++)
        {
            ReadOnlySpan<byte> key = context.Arguments[i];
            if (!context.MayServe(key)) continue;
            Place place = context.Keyspace.Find(key, Lookup.Write);
            if (!place.Exists) continue;
            if (!context.Is(place, ValueKind.List)) return true;

            StoredList list = ListCommands.Open(ref context, place);
            count = Math.Min(count, list.Count);
            context.ReplyArray(2);
            context.ReplyBulk(key);
            ReplyWithElements(ref context, list, end, count);
            Remove(ref context, list, end, count, key);

            if (context.Propagation.BeginReplacement(3, count))
            {
                context.Propagation.Add(NameOf(end));
                context.Propagation.Add(key);
                context.Propagation.AddNumber(count);
                context.Propagation.EndReplacement(context.Keyspace.Index);
            }

            return true;
        }

        return false;
    }

    private static void ReplyWithElements(ref CommandContext context, scoped StoredList list, ListEnd end, long count)
    {
        if (count == 0)
        {
            context.ReplyArray(0);
            return;
        }

        ListReader reader = end == ListEnd.Head ? list.ReadFrom(0) : list.ReadFrom(list.Count - 1, goesBack: true);
        context.Reply.WriteElements(ref reader, count);
    }

    private static ReadOnlySpan<byte> NameOf(ListEnd end) => end == ListEnd.Head ? "LPOP"u8 : "RPOP"u8;
}
