using Keyway.Protocol;

namespace Keyway.Shard.Commands.SortedSets;

/// <summary>What ZUNION and its kin take behind their keys: <c>[WEIGHTS weight …] [AGGREGATE SUM | MIN | MAX] [WITHSCORES] [LIMIT limit]</c>.</summary>
internal struct CombineOptions
{
    public Aggregate Aggregate;
    public bool WithScores;

    /// <summary>Of ZINTERCARD; 0 for none.</summary>
    public long Limit;

    /// <summary>Reads the options from this argument on, weights into the inputs; when false an error has been answered.</summary>
    /// <param name="context">Of the request.</param>
    /// <param name="first">The argument behind the keys.</param>
    /// <param name="inputs">One for each key.</param>
    /// <param name="takesAggregate">Scores are made of several.</param>
    /// <param name="takesWithScores">Elements are answered.</param>
    /// <param name="takesLimit">Elements are counted.</param>
    public bool TryRead(ref CommandContext context, int first, Span<ScoredSource> inputs, bool takesAggregate, bool takesWithScores, bool takesLimit)
    {
        for (int i = first; i < context.Arguments.Count; i++)
        {
            ReadOnlySpan<byte> word = context.Arguments[i];
            int following = context.Arguments.Count - i - 1;
            if (takesAggregate && following >= inputs.Length && Word.Is(word, "WEIGHTS"u8))
            {
                foreach (ref ScoredSource input in inputs)
                {
                    if (!Scores.TryRead(ref context, ++i, "ERR weight value is not a float"u8, out input.Weight)) return false;
                }
            }
            else if (takesAggregate && following >= 1 && Word.Is(word, "AGGREGATE"u8))
            {
                if (!TryReadAggregate(context.Arguments[++i]))
                {
                    context.ReplySyntaxError();
                    return false;
                }
            }
            else if (takesWithScores && Word.Is(word, "WITHSCORES"u8))
            {
                WithScores = true;
            }
            else if (takesLimit && following >= 1 && Word.Is(word, "LIMIT"u8))
            {
                if (!RespNumber.TryParseLong(context.Arguments[++i], out Limit) || Limit < 0)
                {
                    context.ReplyError("ERR LIMIT can't be negative"u8);
                    return false;
                }
            }
            else
            {
                context.ReplySyntaxError();
                return false;
            }
        }

        return true;
    }

    public readonly void Add(ref double score, double other)
    {
        if (Aggregate == Aggregate.Sum)
        {
            score += other;
            if (double.IsNaN(score)) score = 0;      // infinity less infinity
        }
        else if (Aggregate == Aggregate.Min ? other < score : other > score)
        {
            score = other;
        }
    }

    private bool TryReadAggregate(ReadOnlySpan<byte> word)
    {
        if (Word.Is(word, "SUM"u8)) Aggregate = Aggregate.Sum;
        else if (Word.Is(word, "MIN"u8)) Aggregate = Aggregate.Min;
        else if (Word.Is(word, "MAX"u8)) Aggregate = Aggregate.Max;
        else return false;
        return true;
    }
}
