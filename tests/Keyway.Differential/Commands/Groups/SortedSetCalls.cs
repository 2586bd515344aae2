namespace Keyway.Differential.Commands.Groups;

internal static class SortedSetCalls
{
    private static readonly string[] TinyScores = ["2.2250738585072014e-308", "5e-324", "4.9e-324", "-5e-324", "1e-310", "-1e-320", "0", "1", "-0", "1e-300"];

    public static CommandGroup Group { get; } = new CommandGroup("zset", Kind.SortedSet)
    {
        { "ZADD", 30, d => ["ZADD", d.Key(Kind.SortedSet), .. d.Pairs(d.Score, d.OneIn(2) ? d.Members() : d.Member)] },
        { "ZADD:options", 20, d => ["ZADD", d.Key(Kind.SortedSet), .. AddOptions(d), .. d.Pairs(d.Score, d.Member, few: true)] },
        { "ZADD:increment", 10, d => ["ZADD", d.Key(Kind.SortedSet), .. d.Shuffled(AddOptions(d), [d.AnyCase("INCR")]), d.Score(), d.Member(), .. d.Often(3, "1", "b")] },
        { "ZINCRBY", 12, d => ["ZINCRBY", d.Key(Kind.SortedSet), d.Score(), d.Member()] },
        { "ZREM", 10, d => ["ZREM", d.Key(Kind.SortedSet), .. d.Many(d.OneIn(2) ? d.Members() : d.Member)] },
        { "ZCARD", 6, d => ["ZCARD", d.Key(Kind.SortedSet)] },
        { "ZSCORE", 8, d => ["ZSCORE", d.Key(Kind.SortedSet), d.Member()] },
        { "ZMSCORE", 8, d => ["ZMSCORE", d.Key(Kind.SortedSet), .. d.Few(d.Member)] },
        { "ZRANK", 8, d => ["ZRANK", d.Key(Kind.SortedSet), d.Member()] },
        { "ZREVRANK", 8, d => ["ZREVRANK", d.Key(Kind.SortedSet), d.Member()] },
        { "ZCOUNT", 8, d => ["ZCOUNT", d.Key(Kind.SortedSet), d.ScoreBound(), d.ScoreBound()] },
        { "ZLEXCOUNT", 8, 2, d => ["ZLEXCOUNT", Lexical(d), d.LexBound(), d.LexBound()] },
        { "ZRANGE", 14, d => ["ZRANGE", d.Key(Kind.SortedSet), .. Range(d, withScores: true)] },
        { "ZRANGE:lexical", 6, 2, d => ["ZRANGE", Lexical(d), .. ByLex(d, withScores: true)] },
        { "ZREVRANGE", 6, d => ["ZREVRANGE", d.Key(Kind.SortedSet), d.Index(), d.Index(), .. d.Maybe(d.AnyCase("WITHSCORES"))] },
        { "ZRANGEBYSCORE", 10, d => ["ZRANGEBYSCORE", d.Key(Kind.SortedSet), d.ScoreBound(), d.ScoreBound(), .. d.Shuffled(Limit(d), d.Maybe("WITHSCORES"), d.Often(2, "foo"))] },
        { "ZREVRANGEBYSCORE", 10, d => ["ZREVRANGEBYSCORE", d.Key(Kind.SortedSet), d.ScoreBound(), d.ScoreBound(), .. d.Shuffled(Limit(d), d.Maybe("WITHSCORES"), d.Often(2, "foo"))] },
        { "ZRANGEBYLEX", 10, 2, d => ["ZRANGEBYLEX", Lexical(d), d.LexBound(), d.LexBound(), .. d.Shuffled(Limit(d), d.Often(2, "WITHSCORES"))] },
        { "ZREVRANGEBYLEX", 10, 2, d => ["ZREVRANGEBYLEX", Lexical(d), d.LexBound(), d.LexBound(), .. d.Shuffled(Limit(d), d.Often(2, "WITHSCORES"))] },
        { "ZRANGESTORE", 8, d => ["ZRANGESTORE", d.Key(Kind.SortedSet), d.Key(Kind.SortedSet), .. Range(d, withScores: false)] },
        { "ZREMRANGEBYRANK", 5, d => ["ZREMRANGEBYRANK", d.Key(Kind.SortedSet), d.Index(), d.Percent(50) ? d.Index() : "0"] },
        { "ZREMRANGEBYSCORE", 5, d => ["ZREMRANGEBYSCORE", d.Key(Kind.SortedSet), d.ScoreBound(), d.ScoreBound()] },
        { "ZREMRANGEBYLEX", 5, 2, d => ["ZREMRANGEBYLEX", Lexical(d), d.LexBound(), d.LexBound()] },
        { "ZPOPMIN", 6, d => ["ZPOPMIN", d.Key(Kind.SortedSet), .. d.Maybe(d.Count())] },
        { "ZPOPMAX", 6, d => ["ZPOPMAX", d.Key(Kind.SortedSet), .. d.Maybe(d.Count())] },
        { "ZMPOP", 10, d => ["ZMPOP", .. d.Counted(() => d.Key(Kind.SortedSet)), d.Percent(97) ? d.AnyCase(d.Pick("MIN", "MAX")) : "x", .. d.Maybe("COUNT", d.Count()), .. d.Often(2, "foo")] },
        { "ZRANDMEMBER", 8, d => ["ZRANDMEMBER", d.Key(Kind.SortedSet), .. d.OneOf([], [d.Repetitions()], [d.Repetitions(), d.AnyCase("WITHSCORES")], [d.Repetitions(), "WITHSCORES", .. d.Often(5, "x")])] },
        { "ZSCAN", 8, d => ["ZSCAN", d.Key(Kind.SortedSet), HashCalls.Cursor(d), .. HashCalls.ScanOptions(d)] },
        { "ZUNION", 8, d => ["ZUNION", .. Sources(d), .. d.Shuffled(Aggregate(d), d.Maybe("WITHSCORES"))] },
        { "ZINTER", 8, d => ["ZINTER", .. Sources(d), .. d.Shuffled(Aggregate(d), d.Maybe("WITHSCORES"))] },
        { "ZDIFF", 8, d => ["ZDIFF", .. d.Counted(() => Source(d)), .. d.Maybe(d.AnyCase("WITHSCORES")), .. d.Often(2, "AGGREGATE", "SUM")] },
        { "ZUNIONSTORE", 10, d => ["ZUNIONSTORE", d.Key(Kind.SortedSet), .. Sources(d), .. Aggregate(d), .. d.Often(2, "WITHSCORES")] },
        { "ZINTERSTORE", 10, d => ["ZINTERSTORE", d.Key(Kind.SortedSet), .. Sources(d), .. Aggregate(d), .. d.Often(2, "WITHSCORES")] },
        { "ZDIFFSTORE", 10, d => ["ZDIFFSTORE", d.Key(Kind.SortedSet), .. d.Counted(() => Source(d)), .. d.Often(2, "WITHSCORES")] },
        { "ZINTERCARD", 10, d => ["ZINTERCARD", .. d.Counted(() => Source(d)), .. d.Maybe(d.AnyCase("LIMIT"), d.Count()), .. d.Often(2, "foo")] },
        { "SADD:beside", 5, d => ["SADD", d.Key(Kind.Set), .. d.Many(d.Members())] },
        { "ZREM:lexical", 4, d => ["ZREM", d.Own(Kind.Lexical), .. d.Few(d.Member)] },
        { "OBJECT ENCODING", 4, d => ["OBJECT", "ENCODING", d.Key(Kind.SortedSet)] },
    }
        .With("ZADD:lexical", 12, d => [new Call(["ZADD", d.Own(Kind.Lexical), .. d.Pairs(() => "0", d.OneIn(2) ? d.Members() : d.Member)])])

        .With("ZADD:tiny", 3, d => [new Call(["ZADD", d.Own(Kind.Tiny), .. d.Pairs(() => d.Pick(TinyScores), d.Member, few: true)])])
        .With("ZINCRBY:tiny", 2, d => [new Call(["ZINCRBY", d.Own(Kind.Tiny), d.Pick(TinyScores), d.Member()])])
        .With("ZRANGE:tiny", 3, d => [new Call(["ZRANGE", d.Own(Kind.Tiny), "0", "-1", "WITHSCORES"]), new Call(["ZCOUNT", d.Own(Kind.Tiny), d.Pick(TinyScores), "(1"])])

        // Not to be mangled: with its words in another order it would write other scores into a set whose scores must all be the same.
        .With("ZRANGESTORE:lexical", 4, d => [new Call(["ZRANGESTORE", d.Key(Kind.SortedSet), Lexical(d), .. ByLex(d, withScores: false)])]);

    private static string[] AddOptions(Dice d) => d.Percent(90)
        ? d.Shuffled(d.OneOf([], ["NX"], [d.AnyCase("XX")], ["XX", "GT"], ["XX", "LT"], ["GT"], [d.AnyCase("LT")]), d.Maybe(d.AnyCase("CH")))
        : d.Some(["NX"], ["XX"], ["GT"], ["LT"], ["CH"], ["INCR"]);

    private static string[] Limit(Dice d) => d.Maybe(d.AnyCase("LIMIT"), d.Percent(80) ? $"{d.Below(4)}" : d.Index(), d.Percent(80) ? $"{d.Between(-1, 6)}" : d.Index());

    private static string[] Range(Dice d, bool withScores)
    {
        string[] scores = withScores ? d.Maybe(d.AnyCase("WITHSCORES")) : d.Often(2, "WITHSCORES");
        return d.OneIn(2)
            ? [d.Index(), d.Index(), .. d.Shuffled(d.Maybe(d.AnyCase("REV")), scores, d.Often(3, "LIMIT", "0", "1"))]
            : [d.ScoreBound(), d.ScoreBound(), .. d.Shuffled([d.AnyCase("BYSCORE")], d.Maybe("REV"), Limit(d), scores)];
    }

    private static string[] ByLex(Dice d, bool withScores) =>
        [d.LexBound(), d.LexBound(), .. d.Shuffled([d.AnyCase("BYLEX")], d.Maybe("REV"), Limit(d), d.Often(withScores ? 2 : 0, "WITHSCORES"))];

    private static string Lexical(Dice d) => d.Percent(96) ? d.Own(Kind.Lexical) : d.Pick("none:lex", d.Own(Kind.List));

    // A set counts as a sorted set whose scores are all 1.
    private static string Source(Dice d) => d.Percent(80) ? d.Key(Kind.SortedSet) : d.Key(Kind.Set);

    private static string[] Sources(Dice d)
    {
        string[] sources = d.Counted(() => Source(d));
        int weights = d.Percent(97) ? sources.Length - 1 : d.Below(4);
        return [.. sources, .. d.OneIn(3) ? [d.AnyCase("WEIGHTS"), .. d.Times(weights, d.Score)] : Array.Empty<string>()];
    }

    private static string[] Aggregate(Dice d) => d.OneIn(3) ? [d.AnyCase("AGGREGATE"), d.Percent(96) ? d.AnyCase(d.Pick("SUM", "MIN", "MAX")) : "x"] : [];
}
