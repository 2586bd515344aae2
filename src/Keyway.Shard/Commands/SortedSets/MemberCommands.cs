using Keyway.Protocol;
using Keyway.Shard.Keyspace;
using Keyway.Shard.Keyspace.SortedSets;

namespace Keyway.Shard.Commands.SortedSets;

/// <summary>Questions about single members, and their removal.</summary>
internal static class MemberCommands
{
    // ZCARD key
    public static void ZCard(ref CommandContext context)
    {
        Place place = context.Keyspace.Find(context.Arguments[1], Lookup.Read);
        if (!place.Exists) context.ReplyInteger(0);
        else if (context.Is(place, ValueKind.SortedSet)) context.ReplyInteger(new StoredSortedSet(context.Keyspace, place.Entry).Count);
    }

    // ZSCORE key member
    public static void ZScore(ref CommandContext context)
    {
        Place place = context.Keyspace.Find(context.Arguments[1], Lookup.Read);
        if (!place.Exists)
        {
            context.ReplyNull();
            return;
        }

        if (!context.Is(place, ValueKind.SortedSet)) return;
        if (new StoredSortedSet(context.Keyspace, place.Entry).TryGetScore(context.Arguments[2], out double score)) context.ReplyDouble(score);
        else context.ReplyNull();
    }

    // ZMSCORE key member [member ...]
    public static void ZMScore(ref CommandContext context)
    {
        Place place = context.Keyspace.Find(context.Arguments[1], Lookup.Read);
        if (place.Exists && !context.Is(place, ValueKind.SortedSet)) return;

        StoredSortedSet set = place.Exists ? new StoredSortedSet(context.Keyspace, place.Entry) : default;
        context.ReplyArray(context.Arguments.Count - 2);
        for (int i = 2; i < context.Arguments.Count; i++)
        {
            if (set.TryGetScore(context.Arguments[i], out double score)) context.ReplyDouble(score);
            else context.ReplyNull();
        }
    }

    // ZRANK key member
    public static void ZRank(ref CommandContext context) => Rank(ref context, fromEnd: false);

    // ZREVRANK key member
    public static void ZRevRank(ref CommandContext context) => Rank(ref context, fromEnd: true);

    // ZREM key member [member ...]
    public static void ZRem(ref CommandContext context)
    {
        ReadOnlySpan<byte> key = context.Arguments[1];
        Place place = context.Keyspace.Find(key, Lookup.Write);
        if (!place.Exists)
        {
            context.ReplyInteger(0);
            return;
        }

        if (!context.Is(place, ValueKind.SortedSet)) return;

        var editor = new SortedSetEditor(context.Keyspace, context.Databases.Values, SortedSetLimits.Of(context.Server.Settings), place);
        long removed = 0;
        for (int i = 2; i < context.Arguments.Count && editor.Count > 0; i++)
        {
            if (editor.Remove(context.Arguments[i])) removed++;
        }

        NotifyRemoval(ref context, "zrem"u8, key, ref editor, removed);
        context.ReplyInteger(removed);
    }

    // ZSCAN key cursor [MATCH pattern] [COUNT count]
    public static void ZScan(ref CommandContext context)
    {
        if (!ScanOptions.TryBegin(ref context, ValueKind.SortedSet, out Entry entry, out ulong cursor, out ScanOptions options)) return;

        if (entry.IsLarge)
        {
            BlockList found = context.Server.ScanResults;
            options.Walk(((LargeSortedSet)context.Keyspace.LargeValueOf(entry)).Index, ref cursor, found);
            ScanOptions.ReplyHead(ref context, cursor, found.Count * 2L);
            for (int i = 0; i < found.Count; i++) ReplyScanned(ref context, found, i);
            return;
        }

        long matches = 0;
        for (var reader = new SortedSetReader(context.Keyspace, entry); reader.MoveNext();) matches += options.Matches(reader.Member) ? 1 : 0;
        ScanOptions.ReplyHead(ref context, 0, matches * 2);
        for (var reader = new SortedSetReader(context.Keyspace, entry); reader.MoveNext();)
        {
            if (!options.Matches(reader.Member)) continue;
            context.ReplyBulk(reader.Member);
            context.ReplyElement(reader.StoredScore);
        }
    }

    /// <summary>Ends a removal of so many elements: events, effect, and the key's end if nothing is left of it.</summary>
    public static void NotifyRemoval(ref CommandContext context, ReadOnlySpan<byte> what, ReadOnlySpan<byte> key, ref SortedSetEditor editor, long removed)
    {
        bool isGone = editor.Finish();
        context.Propagation.AsIs(removed);
        if (removed == 0) return;
        context.Notify(KeyspaceEvents.SortedSet, what, key);
        if (isGone) context.Notify(KeyspaceEvents.Generic, "del"u8, key);
    }

    // Scores are text here, whatever the client speaks, and a small set shows its own text of them.
    private static unsafe void ReplyScanned(ref CommandContext context, BlockList found, int index)
    {
        var element = new ScoredMember(found[index]);
        context.ReplyBulk(element.Bytes);
        context.Reply.WriteDouble(element.Score, resp3: false);
    }

    private static void Rank(ref CommandContext context, bool fromEnd)
    {
        Place place = context.Keyspace.Find(context.Arguments[1], Lookup.Read);
        if (!place.Exists)
        {
            context.ReplyNull();
            return;
        }

        if (!context.Is(place, ValueKind.SortedSet)) return;
        var set = new StoredSortedSet(context.Keyspace, place.Entry);
        long rank = set.RankOf(context.Arguments[2]);
        if (rank < 0) context.ReplyNull();
        else context.ReplyInteger(fromEnd ? set.Count - 1 - rank : rank);
    }
}
