using Keyway.Protocol;
using Keyway.Shard.Keyspace.Compact;

namespace Keyway.Shard.Keyspace.SortedSets;

/// <summary>
/// A small sorted set: a listpack of member, score, member, score … in order. Scores are integers where they are whole, else text of 17 digits, as Redis
/// keeps them. A position is the offset of a member; the listpack's end mark is the position behind the last one.
/// </summary>
internal static class CompactSortedSet
{
    private const double LargestInteger = 1L << 62;

    public static int Count(ReadOnlySpan<byte> listpack) => Listpack.Count(listpack) / 2;

    public static int Find(ReadOnlySpan<byte> listpack, ReadOnlySpan<byte> member) => Listpack.Find(listpack, Listpack.First(listpack), member, skip: 1);

    public static double ScoreAt(ReadOnlySpan<byte> listpack, int at) => ReadScore(listpack, Listpack.Next(listpack, at));

    public static int End(ReadOnlySpan<byte> listpack) => Listpack.BytesOf(listpack) - 1;

    public static int Next(ReadOnlySpan<byte> listpack, int at) => Listpack.Next(listpack, Listpack.Next(listpack, at));

    public static int Previous(ReadOnlySpan<byte> listpack, int at)
    {
        int score = Listpack.Previous(listpack, at);
        return score == Listpack.None ? Listpack.None : Listpack.Previous(listpack, score);
    }

    /// <summary>How many elements precede the bound, and where the next one is.</summary>
    public static int CountBefore<TBound>(ReadOnlySpan<byte> listpack, in TBound bound, out int at)
        where TBound : IOrderBound, allows ref struct
    {
        int count = 0;
        for (at = Listpack.First(listpack); at != Listpack.None; count++)
        {
            int scoreAt = Listpack.Next(listpack, at);
            if (!bound.Precedes(ReadScore(listpack, scoreAt), Listpack.Read(listpack, at))) return count;
            at = Listpack.Next(listpack, scoreAt);
        }

        at = End(listpack);
        return count;
    }

    /// <summary>How many elements stand before the member; -1 when it is not there.</summary>
    public static int RankOf(ReadOnlySpan<byte> listpack, ReadOnlySpan<byte> member)
    {
        int found = Find(listpack, member);
        if (found == Listpack.None) return -1;

        int rank = 0;
        for (int at = Listpack.First(listpack); at != found; at = Next(listpack, at)) rank++;
        return rank;
    }

    /// <summary>
    /// What a walk from the one end or the other finds in the range: it begins at the first element within the nearer bound, if that is within the farther
    /// one too, passes over as many as it is told to, and goes on to the farther bound.
    /// </summary>
    public static RankSpan Find(ReadOnlySpan<byte> listpack, LexRange range, bool fromEnd, long offset)
    {
        LexBound start = range.Start;
        LexBound end = range.End;
        int last = Previous(listpack, End(listpack));
        if (start.Precedes(0, Listpack.Read(listpack, last)) || !end.Precedes(0, Listpack.Read(listpack, Listpack.First(listpack)))) return default;

        int skipped = 0;
        int found = 0;
        bool hasBegun = false;
        for (int at = fromEnd ? last : Listpack.First(listpack); at != Listpack.None; at = fromEnd ? Previous(listpack, at) : Next(listpack, at))
        {
            ListpackElement member = Listpack.Read(listpack, at);
            bool isBelow = start.Precedes(0, member);
            bool isAbove = !end.Precedes(0, member);
            bool isBeyond = fromEnd ? isBelow : isAbove;
            if (!hasBegun)
            {
                hasBegun = !(fromEnd ? isAbove : isBelow);
                if (hasBegun && isBeyond) break;
            }

            if (!hasBegun || offset-- > 0)
            {
                skipped++;
                continue;
            }

            if (isBeyond) break;
            found++;
        }

        return new RankSpan(fromEnd ? Count(listpack) - skipped - found : skipped, found);
    }

    /// <summary>The bytes that an element takes.</summary>
    public static int SizeOf(ReadOnlySpan<byte> member, double score)
    {
        if (IsInteger(score)) return Listpack.SizeOf(member) + Listpack.SizeOf((long)score);

        Span<byte> text = stackalloc byte[RespNumber.MaxDoubleLength];
        return Listpack.SizeOf(member) + Listpack.SizeOf(text[..RespNumber.FormatDouble(text, score)]);
    }

    /// <summary>Puts an element in at a position; the buffer is already longer by <see cref="SizeOf"/>.</summary>
    /// <returns>The position behind it.</returns>
    public static int Insert(Span<byte> buffer, int at, ReadOnlySpan<byte> member, double score)
    {
        at = Listpack.Insert(buffer, at, member);
        if (IsInteger(score)) return Listpack.Insert(buffer, at, (long)score);

        Span<byte> text = stackalloc byte[RespNumber.MaxDoubleLength];
        return Listpack.Insert(buffer, at, text[..RespNumber.FormatDouble(text, score)]);
    }

    /// <summary>Takes out so many elements, from a position on.</summary>
    /// <returns>The bytes that the listpack now takes.</returns>
    public static int Remove(Span<byte> buffer, int at, int count = 1) => Listpack.Remove(buffer, at, count * 2);

    /// <summary>Writes a listpack of all elements from this one on.</summary>
    public static void Fill(Span<byte> buffer, TreePosition from)
    {
        Listpack.WriteEmpty(buffer);
        int at = Listpack.HeaderBytes;
        for (; from.IsElement; from.MoveNext()) at = Insert(buffer, at, from.Member.Bytes, from.Score);
    }

    internal static double ReadScore(ReadOnlySpan<byte> listpack, int at)
    {
        ListpackElement element = Listpack.Read(listpack, at);
        if (element.IsInteger) return element.Integer;
        RespNumber.TryParseDouble(element.Bytes, out double score);
        return score;
    }

    // Minus zero too becomes plain zero here.
    private static bool IsInteger(double score) => Math.Abs(score) <= LargestInteger && (long)score == score;
}
