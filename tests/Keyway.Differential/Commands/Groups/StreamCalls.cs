namespace Keyway.Differential.Commands.Groups;

internal static class StreamCalls
{
    // What lies between two moments is either nothing or a long time, whatever the clocks of two servers say.
    private static readonly string[] IdleTimes = ["0", "0", "0", "500000", "-1"];

    private static readonly string[] BadIdleTimes = ["x", "1.5", "", "9223372036854775808", "9223372036854775807"];

    public static CommandGroup Group { get; } = new CommandGroup("stream", Kind.Stream)
    {
        { "XADD", 50, d => ["XADD", Stream(d), .. AddOptions(d), d.NewId(), .. Fields(d)] },
        { "XDEL", 8, d => ["XDEL", Stream(d), .. d.Few(d.OldId)] },
        { "XLEN", 6, d => ["XLEN", Stream(d)] },
        { "XRANGE", 12, d => ["XRANGE", Stream(d), d.RangeId(true), d.RangeId(false), .. d.Maybe(d.AnyCase("COUNT"), d.Count())] },
        { "XREVRANGE", 10, d => ["XREVRANGE", Stream(d), d.RangeId(false), d.RangeId(true), .. d.Maybe("COUNT", d.Count())] },
        { "XREAD", 10, d => ["XREAD", .. d.Maybe("COUNT", d.Count()), d.AnyCase("STREAMS"), .. Streams(d, () => d.Percent(90) ? d.OldId() : d.Pick("$", ">", "0"))] },
        { "XTRIM", 10, d => ["XTRIM", Stream(d), .. Trim(d)] },
        { "XSETID", 6, d => ["XSETID", Stream(d), d.NewId(), .. d.Shuffled(d.Maybe(d.AnyCase("ENTRIESADDED"), d.Percent(80) ? $"{d.Below(400)}" : d.Integer()), d.Maybe("MAXDELETEDID", d.OldId()))] },
        { "XGROUP CREATE", 20, d => ["XGROUP", d.AnyCase("CREATE"), Stream(d), Name(d), d.Pick("$", "0", "0-0", d.OldId()), .. d.Shuffled(d.Maybe("MKSTREAM"), d.Maybe("ENTRIESREAD", d.Percent(90) ? $"{d.Between(-1, 20)}" : d.Integer()))] },
        { "XGROUP SETID", 6, d => ["XGROUP", "SETID", Stream(d), Name(d), d.Pick("$", "0", d.OldId()), .. d.Maybe("ENTRIESREAD", d.Percent(90) ? $"{d.Between(-1, 20)}" : d.Integer())] },
        { "XGROUP DESTROY", 2, d => ["XGROUP", "DESTROY", Stream(d), Name(d)] },
        { "XGROUP CREATECONSUMER", 6, d => ["XGROUP", "CREATECONSUMER", Stream(d), Name(d), Consumer(d)] },
        { "XGROUP DELCONSUMER", 3, d => ["XGROUP", "DELCONSUMER", Stream(d), Name(d), Consumer(d)] },
        { "XGROUP HELP", 1, d => ["XGROUP", d.Pick("HELP", "foo")] },
        { "XREADGROUP", 24, d => ["XREADGROUP", d.AnyCase("GROUP"), Name(d), Consumer(d), .. d.Shuffled(d.Maybe("COUNT", d.Count()), d.Maybe(d.AnyCase("NOACK"))), "STREAMS", .. Streams(d, () => d.Percent(75) ? ">" : d.Pick("0", "$", d.OldId()))] },
        { "XACK", 10, d => ["XACK", Stream(d), Name(d), .. d.Few(d.OldId)] },
        { "XCLAIM", 14, d => ["XCLAIM", Stream(d), Name(d), Consumer(d), d.Percent(97) ? d.Pick(IdleTimes) : d.Pick(BadIdleTimes), .. d.Few(d.OldId), .. ClaimOptions(d)] },
        { "XAUTOCLAIM", 12, d => ["XAUTOCLAIM", Stream(d), Name(d), Consumer(d), d.Percent(97) ? d.Pick(IdleTimes) : d.Pick(BadIdleTimes), d.Percent(70) ? "0" : d.RangeId(true), .. d.Shuffled(d.Maybe("COUNT", d.Percent(80) ? $"{d.Between(1, 5)}" : d.Count()), d.Maybe(d.AnyCase("JUSTID")))] },
        { "XPENDING", 8, d => ["XPENDING", Stream(d), Name(d)] },
        { "XPENDING:extended", 12, d => ["XPENDING", Stream(d), Name(d), .. d.Often(30, d.AnyCase("IDLE"), d.Pick(IdleTimes)), d.RangeId(true), d.RangeId(false), d.Count(), .. d.Often(30, Consumer(d))] },
        { "XINFO STREAM", 12, d => ["XINFO", d.AnyCase("STREAM"), Stream(d), .. d.OneOf([], [d.AnyCase("FULL")], ["FULL", "COUNT", d.Count()], ["FULL", "COUNT", "0"], ["foo"])] },
        { "XINFO GROUPS", 8, d => ["XINFO", "GROUPS", Stream(d)] },
        { "XINFO CONSUMERS", 8, d => ["XINFO", "CONSUMERS", Stream(d), Name(d)] },
        { "XINFO HELP", 1, d => ["XINFO", d.Pick("HELP", "foo")] },
        { "DEL:stream", 4, d => ["DEL", d.Own(Kind.Stream)] },
        { "OBJECT ENCODING", 1, d => ["OBJECT", "ENCODING", Stream(d)] },
    }
        .With("XGROUP CREATE:all", 8, d => [.. Enumerable.Range(1, 4).Select(i => new Call(["XGROUP", "CREATE", $"stream:{i}", d.Pick("g1", "g2"), "0", "MKSTREAM"]))])

        // What each server's clock has named is not to be met again.
        .With("XADD:clock", 1, d => [Added(d, out string key), new Call(["DEL", key])])
        .With("XADD:fill", 2, d =>
        {
            string key = d.Own(Kind.Stream);
            return [.. Enumerable.Range(0, d.Between(50, 250)).Select(_ => new Call(["XADD", key, d.NewId(), .. Fields(d)]))];
        });

    private static string Stream(Dice d) => d.Key(Kind.Stream);

    private static string Name(Dice d) => d.Percent(96) ? d.Pick("g1", "g1", "g2") : d.Pick("g3", "none", "");

    private static string Consumer(Dice d) => d.Pick("Alice", "Bob", "carol", "", "x\0y");

    private static string[] Fields(Dice d) => d.Percent(98) ? d.OneIn(2) ? ["f", d.Value(), "g", d.Value()] : d.Pairs(d.Member, d.Value, few: true) : ["odd"];

    private static string[] AddOptions(Dice d) => d.Percent(70) ? [] : d.Percent(95) ? d.Shuffled(d.Often(20, d.AnyCase("NOMKSTREAM")), d.Maybe(Trim(d))) : d.Some(["NOMKSTREAM"], ["MAXLEN"], ["LIMIT", "1"], ["MINID", "1"]);

    private static string[] Trim(Dice d)
    {
        string sign = d.Pick("", "=", "~", "~");
        string[] limit = sign == "~" ? d.Often(40, d.AnyCase("LIMIT"), d.Percent(90) ? $"{d.Below(300)}" : d.Integer()) : d.Often(3, "LIMIT", "5");
        string[] threshold = d.OneIn(2) ? [d.AnyCase("MAXLEN"), sign, d.Percent(92) ? $"{d.Between(0, 250)}" : d.Integer()] : [d.AnyCase("MINID"), sign, d.OldId()];
        return [.. threshold.Where(word => word.Length > 0), .. limit];
    }

    private static string[] Streams(Dice d, Func<string> id)
    {
        string[] keys = d.Percent(70) ? [Stream(d)] : d.Few(() => Stream(d));
        return [.. keys, .. d.Times(d.Percent(98) ? keys.Length : d.Below(4), id)];
    }

    private static string[] ClaimOptions(Dice d) => d.OneIn(2) ? [] : d.Shuffled(
        d.OneOf([], [d.AnyCase("IDLE"), d.Percent(95) ? d.Pick("1000000", "0") : d.Pick(BadIdleTimes)], ["TIME", d.Percent(95) ? d.Pick("1000", "1700000000000") : d.Pick(BadIdleTimes)]),
        d.Maybe("RETRYCOUNT", d.Count()), d.Maybe(d.AnyCase("FORCE")), d.Maybe("JUSTID"), d.Often(20, "LASTID", d.OldId()));

    private static Call Added(Dice d, out string key)
    {
        key = Stream(d);
        return new Call(["XADD", key, .. d.Often(20, "MAXLEN", "3"), "*", .. Fields(d)]);
    }
}
