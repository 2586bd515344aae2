using Keyway.Shard.Blocking;
using Keyway.Shard.Keyspace;
using Keyway.Shard.Keyspace.Compact;
using Keyway.Shard.Keyspace.Lists;

namespace Keyway.Shard.Commands.Lists;

/// <summary>What takes an element from one list to another, or from one end of a list to the other.</summary>
internal static class ListMoves
{
    private enum Outcome
    {
        NothingThere,
        Refused,
        Moved,
    }

    // LMOVE source destination LEFT | RIGHT LEFT | RIGHT
    public static void LMove(ref CommandContext context)
    {
        if (TryReadEnds(ref context, out ListEnd from, out ListEnd to)) MoveAtOnce(ref context, from, to);
    }

    // RPOPLPUSH source destination
    public static void RPopLPush(ref CommandContext context) => MoveAtOnce(ref context, ListEnd.Tail, ListEnd.Head);

    // BLMOVE source destination LEFT | RIGHT LEFT | RIGHT timeout
    public static void BLMove(ref CommandContext context)
    {
        if (!TryReadEnds(ref context, out ListEnd from, out ListEnd to) || !context.TryReadTimeout(5, out long timeoutMs)) return;
        if (!TryMoveOrBlock(ref context, from, to, timeoutMs) || !context.Propagation.BeginReplacement(5)) return;

        // Who has waited is repeated in Redis's own words for the ends, not in the client's.
        context.Propagation.Add("LMOVE"u8);
        context.Propagation.Add(context.Arguments[1]);
        context.Propagation.Add(context.Arguments[2]);
        context.Propagation.Add(context.IsRetry ? NameOf(from) : context.Arguments[3]);
        context.Propagation.Add(context.IsRetry ? NameOf(to) : context.Arguments[4]);
        context.Propagation.EndReplacement(context.Keyspace.Index);
    }

    // BRPOPLPUSH source destination timeout
    public static void BRPopLPush(ref CommandContext context)
    {
        if (!context.TryReadTimeout(3, out long timeoutMs)) return;
        if (!TryMoveOrBlock(ref context, ListEnd.Tail, ListEnd.Head, timeoutMs)) return;

        context.Propagation.Replace(context.Keyspace.Index, "RPOPLPUSH"u8, context.Arguments[1], context.Arguments[2]);
    }

    private static ReadOnlySpan<byte> NameOf(ListEnd end) => end == ListEnd.Head ? "left"u8 : "right"u8;

    private static bool TryReadEnds(ref CommandContext context, out ListEnd from, out ListEnd to)
    {
        to = default;
        return ListPops.TryReadEnd(ref context, 3, out from) && ListPops.TryReadEnd(ref context, 4, out to);
    }

    private static void MoveAtOnce(ref CommandContext context, ListEnd from, ListEnd to)
    {
        Outcome outcome = Move(ref context, from, to);
        if (outcome == Outcome.Moved) context.Propagation.AsIs();
        else if (outcome == Outcome.NothingThere) context.ReplyNull();
    }

    /// <returns>True if an element has been moved.</returns>
    private static bool TryMoveOrBlock(ref CommandContext context, ListEnd from, ListEnd to, long timeoutMs)
    {
        Outcome outcome = Move(ref context, from, to);
        if (outcome != Outcome.NothingThere) return outcome == Outcome.Moved;
        if (!context.TryBlock(BlockedOn.List, firstKey: 1, keyCount: 1, timeoutMs)) context.ReplyNull();
        return false;
    }

    /// <summary>Moves an element and answers with it, or with an error; says nothing when there is none.</summary>
    private static Outcome Move(ref CommandContext context, ListEnd from, ListEnd to)
    {
        ReadOnlySpan<byte> sourceKey = context.Arguments[1];
        ReadOnlySpan<byte> targetKey = context.Arguments[2];
        Place source = context.Keyspace.Find(sourceKey, Lookup.Write);
        if (!source.Exists) return Outcome.NothingThere;
        if (!context.Is(source, ValueKind.List)) return Outcome.Refused;

        if (sourceKey.SequenceEqual(targetKey))
        {
            StoredList list = ListCommands.Open(ref context, source);
            context.ReplyElement(list.Peek(from));
            list.Rotate(from, to);
            context.Notify(KeyspaceEvents.List, ListCommands.PushEvent(to), targetKey);
            context.Notify(KeyspaceEvents.List, ListPops.PopEvent(from), sourceKey);
            return Outcome.Moved;
        }

        Entry entry = source.Entry;
        Place target = context.Keyspace.Find(targetKey, Lookup.Write);
        if (target.Exists && !context.Is(target, ValueKind.List)) return Outcome.Refused;

        // A push elsewhere moves no element of the source, though perhaps the source's place in the table.
        ListpackElement element = StoredList.Peek(context.Keyspace, entry, from);
        StoredList targetList = ListCommands.Open(ref context, target);
        targetList.Push(to, element);
        context.ReplyElement(element);
        context.Notify(KeyspaceEvents.List, ListCommands.PushEvent(to), targetKey);

        StoredList sourceList = ListCommands.Open(ref context, context.Keyspace.Find(sourceKey));
        ListPops.Remove(ref context, sourceList, from, 1, sourceKey);
        return Outcome.Moved;
    }
}
