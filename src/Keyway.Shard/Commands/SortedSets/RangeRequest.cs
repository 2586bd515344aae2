using Keyway.Shard.Keyspace;
using Keyway.Shard.Keyspace.SortedSets;

namespace Keyway.Shard.Commands.SortedSets;

/// <summary>A range of a sorted set, as ZRANGE and its kin take it: <c>min max [BYSCORE | BYLEX] [REV] [LIMIT offset count] [WITHSCORES]</c>.</summary>
internal ref struct RangeRequest(int min, RangeKind kind)
{
    private ScoreRange _scores;
    private LexRange _members;
    private long _start, _end;
    private long _offset;
    private long _limit = -1;
    private bool _saysDirection;

    public RangeKind Kind { get; private set; } = kind;

    public bool IsReversed { get; private set; }

    public bool WithScores { get; private set; }

    /// <summary>The direction is the command's, and no option.</summary>
    public void Direct(bool isReversed)
    {
        IsReversed = isReversed;
        _saysDirection = true;
    }

    /// <summary>Reads the options and then both ends; when false the error has been answered.</summary>
    public bool TryRead(ref CommandContext context, bool takesWithScores)
    {
        for (int i = min + 2; i < context.Arguments.Count; i++)
        {
            ReadOnlySpan<byte> word = context.Arguments[i];
            if (takesWithScores && Word.Is(word, "WITHSCORES"u8))
            {
                WithScores = true;
            }
            else if (Word.Is(word, "LIMIT"u8) && i + 2 < context.Arguments.Count)
            {
                if (!context.TryReadInteger(i + 1, out _offset) || !context.TryReadInteger(i + 2, out _limit)) return false;
                i += 2;
            }
            else if (!_saysDirection && Word.Is(word, "REV"u8))
            {
                Direct(isReversed: true);
            }
            else if (Kind == RangeKind.Unsaid && Word.Is(word, "BYLEX"u8))
            {
                Kind = RangeKind.Lex;
            }
            else if (Kind == RangeKind.Unsaid && Word.Is(word, "BYSCORE"u8))
            {
                Kind = RangeKind.Score;
            }
            else
            {
                context.ReplySyntaxError();
                return false;
            }
        }

        if (Kind == RangeKind.Unsaid) Kind = RangeKind.Rank;
        return AreCompatible(ref context) && TryReadEnds(ref context);
    }

    /// <summary>The elements of the range, in the order of the set: a reversed request begins with the last one.</summary>
    public readonly RankSpan Of(StoredSortedSet set) => Kind switch
    {
        RangeKind.Rank => RankSpan.Between(_start, _end, set.Count, IsReversed),
        RangeKind.Score => set.Find(_scores).Limit(_offset, _limit, IsReversed),
        _ => set.Find(_members, IsReversed, _offset).Limit(0, _limit, IsReversed),
    };

    private readonly bool AreCompatible(ref CommandContext context)
    {
        if (_limit != -1 && Kind == RangeKind.Rank)
            context.ReplyError("ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX"u8);
        else if (WithScores && Kind == RangeKind.Lex)
            context.ReplyError("ERR syntax error, WITHSCORES not supported in combination with BYLEX"u8);
        else
            return true;
        return false;
    }

    private bool TryReadEnds(ref CommandContext context)
    {
        if (Kind == RangeKind.Rank) return context.TryReadInteger(min, out _start) && context.TryReadInteger(min + 1, out _end);

        // Whoever goes down names the upper end first.
        int from = IsReversed ? min + 1 : min;
        int to = IsReversed ? min : min + 1;
        return Kind == RangeKind.Score
            ? RangeSyntax.TryReadScores(ref context, from, to, out _scores)
            : RangeSyntax.TryReadMembers(ref context, from, to, out _members);
    }
}
