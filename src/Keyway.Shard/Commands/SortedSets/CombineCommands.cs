using Keyway.Shard.Keyspace;
using Keyway.Shard.Keyspace.SortedSets;

namespace Keyway.Shard.Commands.SortedSets;

/// <summary>Unions, intersections and differences of sorted sets and sets.</summary>
internal static class CombineCommands
{
    private enum Operation
    {
        Union,
        Intersection,
        Difference,
    }

    // ZUNION numkeys key [key ...] [WEIGHTS weight [weight ...]] [AGGREGATE SUM | MIN | MAX] [WITHSCORES]
    public static void ZUnion(ref CommandContext context) => Combine(ref context, Operation.Union);

    // ZINTER numkeys key [key ...] [WEIGHTS weight [weight ...]] [AGGREGATE SUM | MIN | MAX] [WITHSCORES]
    public static void ZInter(ref CommandContext context) => Combine(ref context, Operation.Intersection);

    // ZDIFF numkeys key [key ...] [WITHSCORES]
    public static void ZDiff(ref CommandContext context) => Combine(ref context, Operation.Difference);

    // ZUNIONSTORE destination numkeys key [key ...] [WEIGHTS weight [weight ...]] [AGGREGATE SUM | MIN | MAX]
    public static void ZUnionStore(ref CommandContext context) => CombineAndStore(ref context, Operation.Union, "zunionstore"u8);

    // ZINTERSTORE destination numkeys key [key ...] [WEIGHTS weight [weight ...]] [AGGREGATE SUM | MIN | MAX]
    public static void ZInterStore(ref CommandContext context) => CombineAndStore(ref context, Operation.Intersection, "zinterstore"u8);

    // ZDIFFSTORE destination numkeys key [key ...]
    public static void ZDiffStore(ref CommandContext context) => CombineAndStore(ref context, Operation.Difference, "zdiffstore"u8);

    // ZINTERCARD numkeys key [key ...] [LIMIT limit]
    public static void ZInterCard(ref CommandContext context)
    {
        if (!TryReadInputs(ref context, 1, out ScoredSource[] inputs)) return;

        var options = default(CombineOptions);
        if (!options.TryRead(ref context, 2 + inputs.Length, inputs, takesAggregate: false, takesWithScores: false, takesLimit: true)) return;

        SortBySize(inputs);
        long count = 0;
        for (ScoredSourceReader reader = inputs[0].Read(); reader.MoveNext();)
        {
            if (!TryAggregate(inputs, ref reader, options, out _)) continue;
            if (++count == options.Limit) break;
        }

        context.ReplyInteger(count);
    }

    private static void Combine(ref CommandContext context, Operation operation)
    {
        if (!TryReadInputs(ref context, 1, out ScoredSource[] inputs)) return;

        var options = default(CombineOptions);
        bool takesAggregate = operation != Operation.Difference;
        if (!options.TryRead(ref context, 2 + inputs.Length, inputs, takesAggregate, takesWithScores: true, takesLimit: false)) return;

        using SortedSetBuilder result = Compute(ref context, operation, inputs, options);
        ElementReply.WriteHead(ref context, result.Count, options.WithScores);
        for (TreePosition at = result.First; at.IsElement; at.MoveNext()) ElementReply.Write(ref context, at.Member.Bytes, at.Score, options.WithScores);
    }

    private static void CombineAndStore(ref CommandContext context, Operation operation, ReadOnlySpan<byte> what)
    {
        if (!TryReadInputs(ref context, 2, out ScoredSource[] inputs)) return;

        var options = default(CombineOptions);
        bool takesAggregate = operation != Operation.Difference;
        if (!options.TryRead(ref context, 3 + inputs.Length, inputs, takesAggregate, takesWithScores: false, takesLimit: false)) return;

        using SortedSetBuilder result = Compute(ref context, operation, inputs, options);
        StoredResult.Store(ref context, 1, result, what);
    }

    // numkeys key [key ...]
    private static bool TryReadInputs(ref CommandContext context, int at, out ScoredSource[] inputs)
    {
        inputs = [];
        if (!context.TryReadInteger(at, out long count)) return false;
        if (count < 1)
        {
            context.ReplyError($"ERR at least 1 input key is needed for '{context.Command.Name}' command");
            return false;
        }

        if (count > context.Arguments.Count - at - 1)
        {
            context.ReplySyntaxError();
            return false;
        }

        inputs = new ScoredSource[count];
        for (int i = 0; i < inputs.Length; i++)
        {
            Place place = context.Keyspace.Find(context.Arguments[at + 1 + i], Lookup.Read);
            if (place.Exists && place.Entry.Kind is not (ValueKind.SortedSet or ValueKind.Set))
            {
                context.ReplyWrongType();
                return false;
            }

            // A search moves no entry that lives.
            inputs[i] = new ScoredSource(context.Keyspace, place.Exists ? place.Entry : default);
        }

        return true;
    }

    private static SortedSetBuilder Compute(ref CommandContext context, Operation operation, ScoredSource[] inputs, CombineOptions options)
    {
        var result = new SortedSetBuilder(context.Databases.Values, SortedSetLimits.Of(context.Server.Settings));
        if (operation == Operation.Difference)
        {
            Subtract(inputs, result);
            return result;
        }

        // Sums of floating point numbers depend on their order.
        SortBySize(inputs);
        if (operation == Operation.Union) Unite(inputs, options, result);
        else Intersect(inputs, options, result);
        result.Order();
        return result;
    }

    private static void Unite(ScoredSource[] inputs, CombineOptions options, SortedSetBuilder result)
    {
        foreach (ScoredSource input in inputs)
        {
            for (ScoredSourceReader reader = input.Read(); reader.MoveNext();)
            {
                double score = Weighted(reader.Score, input.Weight);
                ScoredMember present = result.Find(reader.Member);
                if (present.IsNull)
                {
                    result.AddUnordered(reader.Member, score);
                    continue;
                }

                double sum = present.Score;
                options.Add(ref sum, score);
                present.Score = sum;
            }
        }
    }

    private static void Intersect(ScoredSource[] inputs, CombineOptions options, SortedSetBuilder result)
    {
        for (ScoredSourceReader reader = inputs[0].Read(); reader.MoveNext();)
        {
            if (TryAggregate(inputs, ref reader, options, out double score)) result.AddUnordered(reader.Member, score);
        }
    }

    private static void Subtract(ScoredSource[] inputs, SortedSetBuilder result)
    {
        for (ScoredSourceReader reader = inputs[0].Read(); reader.MoveNext();)
        {
            bool isElsewhere = false;
            for (int i = 1; i < inputs.Length && !isElsewhere; i++) isElsewhere = inputs[i].TryGetScore(reader.Member, out _);
            if (!isElsewhere) result.TryAdd(reader.Member, reader.Score);
        }
    }

    /// <summary>The score of an element of the first input, if all others have it too.</summary>
    private static bool TryAggregate(ScoredSource[] inputs, ref ScoredSourceReader reader, CombineOptions options, out double score)
    {
        score = Weighted(reader.Score, inputs[0].Weight);
        for (int i = 1; i < inputs.Length; i++)
        {
            if (!inputs[i].TryGetScore(reader.Member, out double other)) return false;
            options.Add(ref score, other * inputs[i].Weight);
        }

        return true;
    }

    private static double Weighted(double score, double weight)
    {
        double product = score * weight;
        return double.IsNaN(product) ? 0 : product;      // infinity times zero
    }

    // Among equals the first stays the first.
    private static void SortBySize(ScoredSource[] inputs)
    {
        if (inputs.Length == 1) return;
        var sizes = new (long Count, int Index)[inputs.Length];
        for (int i = 0; i < inputs.Length; i++) sizes[i] = (inputs[i].Count, i);
        Array.Sort(sizes, inputs);
    }
}
