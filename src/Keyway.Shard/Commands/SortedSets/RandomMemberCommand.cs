using Keyway.Shard.Keyspace;
using Keyway.Shard.Keyspace.SortedSets;

namespace Keyway.Shard.Commands.SortedSets;

/// <summary>ZRANDMEMBER.</summary>
internal static class RandomMemberCommand
{
    /// <summary>Above this part of all elements it is cheaper to walk past all of them than to throw until enough different ones have come.</summary>
    private const int WalkFromOneIn = 3;

    // ZRANDMEMBER key [count [WITHSCORES]]
    public static void ZRandMember(ref CommandContext context)
    {
        bool withScores = false;
        long count = 0;
        bool hasCount = context.Arguments.Count > 2;
        if (hasCount && !TryReadCount(ref context, out count, out withScores)) return;

        Place place = context.Keyspace.Find(context.Arguments[1], Lookup.Read);
        if (!place.Exists)
        {
            if (hasCount) context.ReplyArray(0);
            else context.ReplyNull();
            return;
        }

        if (!context.Is(place, ValueKind.SortedSet)) return;
        SortedSetReader reader = new StoredSortedSet(context.Keyspace, place.Entry).Read();
        if (!hasCount)
        {
            GoToRandom(ref context, ref reader);
            context.ReplyBulk(reader.Member);
        }
        else if (count < 0)
        {
            Repeat(ref context, ref reader, -count, withScores);
        }
        else
        {
            Sample(ref context, ref reader, Math.Min(count, reader.Count), withScores);
        }
    }

    private static bool TryReadCount(ref CommandContext context, out long count, out bool withScores)
    {
        withScores = context.Arguments.Count > 3;
        if (!RandomCount.TryRead(ref context, 2, out count)) return false;
        if (!withScores) return true;

        if (context.Arguments.Count > 4 || !Word.Is(context.Arguments[3], "WITHSCORES"u8))
        {
            context.ReplySyntaxError();
            return false;
        }

        // Twice as many elements must be a number too.
        if (count is >= -(long.MaxValue / 2) and <= long.MaxValue / 2) return true;
        context.ReplyError("ERR value is out of range"u8);
        return false;
    }

    private static void Repeat(ref CommandContext context, ref SortedSetReader reader, long times, bool withScores)
    {
        if (!RandomCount.MayRepeat(ref context, times)) return;
        ElementReply.WriteHead(ref context, times, withScores);
        for (; times > 0 && !RandomCount.GivesUp(ref context); times--)
        {
            GoToRandom(ref context, ref reader);
            ElementReply.Write(ref context, reader.Member, reader.Score, withScores);
        }
    }

    private static void Sample(ref CommandContext context, ref SortedSetReader reader, long count, bool withScores)
    {
        ElementReply.WriteHead(ref context, count, withScores);
        if (count > reader.Count / WalkFromOneIn)
        {
            // Downwards: whoever asks for all gets them in this order.
            long left = reader.Count;
            for (reader.Seek(left - 1); count > 0 && reader.MovePrevious(); left--)
            {
                if (!RandomSample.Takes(ref context.Databases.Random, count, left)) continue;
                ElementReply.Write(ref context, reader.Member, reader.Score, withScores);
                count--;
            }

            return;
        }

        var seen = new HashSet<long>();
        while (seen.Count < count)
        {
            long rank = RandomState.Below(ref context.Databases.Random, reader.Count);
            if (!seen.Add(rank)) continue;
            reader.Seek(rank);
            reader.MoveNext();
            ElementReply.Write(ref context, reader.Member, reader.Score, withScores);
        }
    }

    private static void GoToRandom(ref CommandContext context, ref SortedSetReader reader)
    {
        reader.Seek(RandomState.Below(ref context.Databases.Random, reader.Count));
        reader.MoveNext();
    }
}
