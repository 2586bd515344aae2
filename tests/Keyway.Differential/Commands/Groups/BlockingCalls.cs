namespace Keyway.Differential.Commands.Groups;

/// <summary>Connections 1 to 3 wait, connection 0 serves them.</summary>
internal static class BlockingCalls
{
    public static CommandGroup Group { get; } = new CommandGroup("blocking", isExact: true)
        .With("BLPOP", 12, d => [Wait(d, ["BLPOP", .. d.Few(() => List(d)), Seconds(d)])])
        .With("BRPOP", 10, d => [Wait(d, ["BRPOP", .. d.Few(() => List(d)), Seconds(d)])])
        .With("BLMOVE", 10, d => [Wait(d, ["BLMOVE", List(d), List(d), End(d), End(d), Seconds(d)])])
        .With("BRPOPLPUSH", 6, d => [Wait(d, ["BRPOPLPUSH", List(d), List(d), Seconds(d)])])
        .With("BLMPOP", 10, d => [Wait(d, ["BLMPOP", Seconds(d), .. d.Counted(() => List(d)), End(d), .. d.Maybe("COUNT", d.Count())])])
        .With("BZPOPMIN", 8, d => [Wait(d, ["BZPOPMIN", .. d.Few(() => SortedSet(d)), Seconds(d)])])
        .With("BZPOPMAX", 8, d => [Wait(d, ["BZPOPMAX", .. d.Few(() => SortedSet(d)), Seconds(d)])])
        .With("BZMPOP", 8, d => [Wait(d, ["BZMPOP", Seconds(d), .. d.Counted(() => SortedSet(d)), d.Pick("MIN", "MAX"), .. d.Maybe("COUNT", d.Count())])])
        .With("XREAD", 10, d => [Wait(d, ["XREAD", .. d.Shuffled(["BLOCK", Milliseconds(d)], d.Maybe("COUNT", "2")), "STREAMS", .. Streams(d, "$")])])
        .With("XREADGROUP", 10, d => [Wait(d, ["XREADGROUP", "GROUP", d.Pick("g1", "g2"), d.Pick("Alice", "Bob"), .. d.Shuffled(["BLOCK", Milliseconds(d)], d.Maybe("NOACK")), "STREAMS", .. Streams(d, ">")])])
        .With("RPUSH:serve", 24, d => [new Call([d.Pick("RPUSH", "LPUSH"), List(d), .. d.Few(d.Member)])])
        .With("ZADD:serve", 14, d => [new Call(["ZADD", SortedSet(d), .. d.Pairs(d.Score, d.Member, few: true)])])
        .With("XADD:serve", 14, d => [new Call(["XADD", Stream(d), d.NewId(), "f", d.Member()])])
        .With("XGROUP CREATE", 10, d => [new Call(["XGROUP", "CREATE", Stream(d), d.Pick("g1", "g2"), d.Pick("$", "0"), "MKSTREAM"])])
        .With("XGROUP SETID", 1, d => [new Call(["XGROUP", "SETID", Stream(d), d.Pick("g1", "g2"), d.Pick("$", "0", d.OldId())])])
        .With("XSETID:serve", 1, d => [new Call(["XSETID", Stream(d), d.NewId()])])
        .With("XGROUP DESTROY", 1, d => [new Call(["XGROUP", "DESTROY", Stream(d), d.Pick("g1", "g2")])])
        .With("DEL:serve", 8, d => [new Call(["DEL", d.Pick(List(d), SortedSet(d), Stream(d))])])
        .With("EXEC:serve", 10, Transaction)
        .With("RENAME:serve", 5, d => [new Call(["RPUSH", "spare", .. d.Few(d.Member)]), new Call([d.Pick("RENAME", "RENAMENX"), "spare", List(d)])])
        .With("COPY:serve", 3, d => [new Call(["ZADD", "spare", "1", "a", "2", "b"]), new Call(["COPY", "spare", SortedSet(d), .. d.Maybe("REPLACE")])])

        // One key only: of several that are there at once, redis-server serves them in the order of a hash table.
        .With("SWAPDB:serve", 2, d => [new Call(["SELECT", "1"]), new Call(["FLUSHDB"]), new Call(["RPUSH", List(d), "moved"]), new Call(["SELECT", "0"]), new Call(["SWAPDB", "0", "1"])])
        .With("SORT:serve", 2, d => [new Call(["RPUSH", "spare", "3", "1", "2"]), SortCalls.Forget, new Call(["SORT", "spare", "STORE", List(d)])])
        .With("SET:serve", 3, d => [new Call(["SET", d.Pick(List(d), SortedSet(d), Stream(d)), "x"])])
        .With("CLIENT UNBLOCK", 8, d => [new Call(["CLIENT", "UNBLOCK", Call.IdOf(d.Between(0, 3)), .. d.Maybe(d.Pick("TIMEOUT", "ERROR"))])])
        .With("CLIENT KILL", 1, d => [new Call(["CLIENT", "KILL", "ID", Call.IdOf(d.Between(1, 3))])])
        .With("LRANGE:look", 5, d => [new Call(["LRANGE", List(d), "0", "-1"])])
        .With("XINFO GROUPS", 2, d => [new Call(["XINFO", "GROUPS", Stream(d)])])
        .With("FLUSHALL", 1, d => [new Call([d.Pick("FLUSHALL", "FLUSHDB")])])
        .With("GET:any", 12, d => [d.AnyDataOn(0)]);

    private static Call Wait(Dice d, string[] words) => new(words, d.Between(1, 3));

    // Few keys, so that several wait for one.
    private static string List(Dice d) => d.Percent(96) ? $"list:{d.Between(1, 3)}" : d.AnyKey();

    private static string SortedSet(Dice d) => d.Percent(96) ? $"zset:{d.Between(1, 2)}" : d.AnyKey();

    private static string Stream(Dice d) => d.Percent(96) ? $"stream:{d.Between(1, 2)}" : d.AnyKey();

    private static string End(Dice d) => d.Percent(97) ? d.Pick("LEFT", "RIGHT") : "x";

    // Either for ever, or over before anybody else does anything.
    private static string Seconds(Dice d) => d.Below(40) switch
    {
        < 30 => "0",
        < 34 => "1000",
        < 36 => "1000.5",
        36 => "0.01",
        37 => "0.02",
        _ => d.Pick("-1", "x", "inf", "nan", "1e400", "", "9223372036854775807", "-0.1", "9223372036854775"),
    };

    private static string Milliseconds(Dice d) => d.Below(40) switch
    {
        < 34 => "0",
        < 37 => "1000000",
        37 => "10",
        _ => d.Pick("-1", "x", "1.5", "9223372036854775807", ""),
    };

    private static string[] Streams(Dice d, string id)
    {
        string[] keys = d.Few(() => Stream(d));
        return [.. keys, .. d.Times(keys.Length, () => d.Percent(85) ? id : "0")];
    }

    private static Call[] Transaction(Dice d)
    {
        var body = new List<Call> { new(["MULTI"]) };
        for (int i = d.Below(5); i >= 0; i--)
        {
            body.Add(new Call(d.Below(5) switch
            {
                0 => [d.Pick("LPOP", "RPOP"), List(d)],
                1 => ["ZADD", SortedSet(d), .. d.Pairs(d.Score, d.Member, few: true)],
                2 => ["XADD", Stream(d), d.NewId(), "f", d.Member()],
                3 => ["DEL", d.Pick(List(d), SortedSet(d), Stream(d))],
                _ => [d.Pick("RPUSH", "LPUSH"), List(d), .. d.Few(d.Member)],
            }));
        }

        body.Add(new Call(["EXEC"]));
        return [.. body];
    }
}
