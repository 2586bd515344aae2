using Keyway.Shard.Keyspace;
using Keyway.Shard.Keyspace.SortedSets;

namespace Keyway.Shard.Commands.SortedSets;

/// <summary>Ranges of sorted sets: to read, to count, to keep.</summary>
internal static class RangeCommands
{
    // ZRANGE key min max [BYSCORE | BYLEX] [REV] [LIMIT offset count] [WITHSCORES]
    public static void ZRange(ref CommandContext context) => Range(ref context, new RangeRequest(2, RangeKind.Unsaid));

    // ZREVRANGE key start stop [WITHSCORES]
    public static void ZRevRange(ref CommandContext context) => Range(ref context, RangeKind.Rank, isReversed: true);

    // ZRANGEBYSCORE key min max [WITHSCORES] [LIMIT offset count]
    public static void ZRangeByScore(ref CommandContext context) => Range(ref context, RangeKind.Score, isReversed: false);

    // ZREVRANGEBYSCORE key max min [WITHSCORES] [LIMIT offset count]
    public static void ZRevRangeByScore(ref CommandContext context) => Range(ref context, RangeKind.Score, isReversed: true);

    // ZRANGEBYLEX key min max [LIMIT offset count]
    public static void ZRangeByLex(ref CommandContext context) => Range(ref context, RangeKind.Lex, isReversed: false);

    // ZREVRANGEBYLEX key max min [LIMIT offset count]
    public static void ZRevRangeByLex(ref CommandContext context) => Range(ref context, RangeKind.Lex, isReversed: true);

    // ZRANGESTORE dst src min max [BYSCORE | BYLEX] [REV] [LIMIT offset count]
    public static void ZRangeStore(ref CommandContext context)
    {
        var request = new RangeRequest(3, RangeKind.Unsaid);
        if (!request.TryRead(ref context, takesWithScores: false)) return;

        Place source = context.Keyspace.Find(context.Arguments[2], Lookup.Read);
        if (source.Exists && !context.Is(source, ValueKind.SortedSet)) return;

        SortedSetLimits limits = SortedSetLimits.Of(context.Server.Settings);
        using var result = new SortedSetBuilder(context.Databases.Values, limits);
        if (source.Exists) Copy(context.Keyspace, source.Entry, request, limits, result);
        StoredResult.Store(ref context, 1, result, "zrangestore"u8);
    }

    // ZCOUNT key min max
    public static void ZCount(ref CommandContext context)
    {
        if (!RangeSyntax.TryReadScores(ref context, 2, 3, out ScoreRange range)) return;
        if (TryFind(ref context, Lookup.Read, out StoredSortedSet set)) context.ReplyInteger(set.Find(range).Count);
    }

    // ZLEXCOUNT key min max
    public static void ZLexCount(ref CommandContext context)
    {
        if (!RangeSyntax.TryReadMembers(ref context, 2, 3, out LexRange range)) return;
        if (TryFind(ref context, Lookup.Read, out StoredSortedSet set)) context.ReplyInteger(set.Find(range).Count);
    }

    // ZREMRANGEBYRANK key start stop
    public static void ZRemRangeByRank(ref CommandContext context)
    {
        if (!context.TryReadInteger(2, out long start) || !context.TryReadInteger(3, out long end)) return;
        if (TryFind(ref context, Lookup.Write, out StoredSortedSet set))
            Remove(ref context, RankSpan.Between(start, end, set.Count, fromEnd: false), "zremrangebyrank"u8);
    }

    // ZREMRANGEBYSCORE key min max
    public static void ZRemRangeByScore(ref CommandContext context)
    {
        if (!RangeSyntax.TryReadScores(ref context, 2, 3, out ScoreRange range)) return;
        if (TryFind(ref context, Lookup.Write, out StoredSortedSet set)) Remove(ref context, set.Find(range), "zremrangebyscore"u8);
    }

    // ZREMRANGEBYLEX key min max
    public static void ZRemRangeByLex(ref CommandContext context)
    {
        if (!RangeSyntax.TryReadMembers(ref context, 2, 3, out LexRange range)) return;
        if (TryFind(ref context, Lookup.Write, out StoredSortedSet set)) Remove(ref context, set.Find(range), "zremrangebylex"u8);
    }

    private static void Range(ref CommandContext context, RangeKind kind, bool isReversed)
    {
        var request = new RangeRequest(2, kind);
        request.Direct(isReversed);
        Range(ref context, request);
    }

    private static void Range(ref CommandContext context, RangeRequest request)
    {
        if (!request.TryRead(ref context, takesWithScores: true)) return;

        Place place = context.Keyspace.Find(context.Arguments[1], Lookup.Read);
        if (!place.Exists)
        {
            context.ReplyArray(0);
            return;
        }

        if (!context.Is(place, ValueKind.SortedSet)) return;
        var set = new StoredSortedSet(context.Keyspace, place.Entry);
        RankSpan span = request.Of(set);
        SortedSetReader reader = set.Read();
        reader.Seek(request.IsReversed ? span.Last : span.First);
        ElementReply.WriteHead(ref context, span.Count, request.WithScores);
        for (long left = span.Count; left > 0; left--)
        {
            if (request.IsReversed) reader.MovePrevious();
            else reader.MoveNext();
            ElementReply.Write(ref context, reader.Member, reader.Score, request.WithScores);
        }
    }

    private static void Copy(Database database, Entry source, RangeRequest request, SortedSetLimits limits, SortedSetBuilder result)
    {
        var set = new StoredSortedSet(database, source);
        RankSpan span = request.Of(set);
        SortedSetReader reader = set.Read();
        reader.Seek(request.IsReversed ? span.Last : span.First);

        // A small set knows no minus zero: Redis begins with one, and elements that come before it turns large lose the sign.
        bool isSmall = request.Kind != RangeKind.Rank || span.Count <= limits.Entries;
        for (long left = span.Count; left > 0; left--)
        {
            if (request.IsReversed) reader.MovePrevious();
            else reader.MoveNext();
            isSmall = isSmall && limits.Allow(result.Count + 1, reader.Member.Length);
            result.TryAdd(reader.Member, isSmall ? reader.Score + 0.0 : reader.Score);
        }
    }

    /// <summary>The set to look into; a missing key and a wrong kind have been answered.</summary>
    private static bool TryFind(ref CommandContext context, Lookup lookup, out StoredSortedSet set)
    {
        set = default;
        Place place = context.Keyspace.Find(context.Arguments[1], lookup);
        if (!place.Exists)
        {
            context.ReplyInteger(0);
            return false;
        }

        if (!context.Is(place, ValueKind.SortedSet)) return false;
        set = new StoredSortedSet(context.Keyspace, place.Entry);
        return true;
    }

    private static void Remove(ref CommandContext context, RankSpan span, ReadOnlySpan<byte> what)
    {
        if (span.Count > 0)
        {
            ReadOnlySpan<byte> key = context.Arguments[1];
            var editor = new SortedSetEditor(context.Keyspace, context.Databases.Values, SortedSetLimits.Of(context.Server.Settings), context.Keyspace.Find(key));
            editor.RemoveRange(span.First, span.Count);
            MemberCommands.NotifyRemoval(ref context, what, key, ref editor, span.Count);
        }

        context.ReplyInteger(span.Count);
    }
}
