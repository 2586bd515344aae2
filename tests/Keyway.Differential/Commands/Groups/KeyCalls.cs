namespace Keyway.Differential.Commands.Groups;

/// <summary>Commands on keys of whatever type.</summary>
internal static class KeyCalls
{
    public static CommandGroup Group { get; } = new CommandGroup("keys")
    {
        { "DEL", 8, d => ["DEL", .. d.Few(d.AnyKey)] },
        { "UNLINK", 5, d => ["UNLINK", .. d.Few(d.AnyKey)] },
        { "EXISTS", 6, d => ["EXISTS", .. d.Few(d.AnyKey)] },
        { "TOUCH", 4, d => ["TOUCH", .. d.Few(d.AnyKey)] },
        { "TYPE", 6, d => ["TYPE", d.AnyKey()] },
        { "EXPIRE", 8, d => ["EXPIRE", d.AnyKey(), d.Lifetime(), .. Conditions(d)] },
        { "PEXPIRE", 8, d => ["PEXPIRE", d.AnyKey(), d.LifetimeMs(), .. Conditions(d)] },
        { "EXPIREAT", 6, d => ["EXPIREAT", d.AnyKey(), d.Moment(), .. Conditions(d)] },
        { "PEXPIREAT", 6, d => ["PEXPIREAT", d.AnyKey(), d.MomentMs(), .. Conditions(d)] },
        { "TTL", 4, d => ["TTL", d.AnyKey()] },
        { "PTTL", 4, d => ["PTTL", d.AnyKey()] },
        { "EXPIRETIME", 4, d => ["EXPIRETIME", d.AnyKey()] },
        { "PEXPIRETIME", 4, d => ["PEXPIRETIME", d.AnyKey()] },
        { "PERSIST", 6, d => ["PERSIST", d.AnyKey()] },
        { "RENAME", 8, d => ["RENAME", d.AnyKey(), d.AnyKey()] },
        { "RENAMENX", 8, d => ["RENAMENX", d.AnyKey(), d.OneIn(2) ? $"none:{d.Below(500)}" : d.AnyKey()] },
        { "COPY", 12, d => ["COPY", d.AnyKey(), d.AnyKey(), .. CopyOptions(d)] },
        { "MOVE", 8, d => ["MOVE", d.AnyKey(), d.Pick("1", "2", "15", "1", d.Database())] },
        { "SWAPDB", 2, d => ["SWAPDB", d.Database(), d.Database()] },
        { "SELECT", 5, d => ["SELECT", d.Database()] },
        { "SELECT:home", 10, d => ["SELECT", "0"] },
        { "DBSIZE", 3, d => ["DBSIZE"] },
        { "KEYS", 5, d => ["KEYS", d.Pattern()] },
        { "SCAN", 6, d => ["SCAN", Cursor(d), .. d.Some(["MATCH", d.Pattern()], ["COUNT", d.Percent(90) ? $"{d.Between(1, 200)}" : d.Pick("0", "-1", "x")], TypeOption(d))] },
        { "RANDOMKEY", 3, d => ["RANDOMKEY"] },
        { "OBJECT ENCODING", 10, d => ["OBJECT", d.AnyCase("ENCODING"), d.AnyKey()] },
        { "OBJECT REFCOUNT", 3, d => ["OBJECT", "REFCOUNT", d.AnyKey()] },
        { "OBJECT IDLETIME", 2, d => ["OBJECT", "IDLETIME", d.AnyKey()] },
        { "OBJECT FREQ", 1, d => ["OBJECT", "FREQ", d.AnyKey()] },
        { "OBJECT HELP", 1, d => ["OBJECT", "HELP"] },
        { "OBJECT:unknown", 1, d => ["OBJECT", d.Pick("foo", "ENCODINGS", "", "\r\n"), d.AnyKey()] },
        { "DEBUG DIGEST-VALUE", 4, d => ["DEBUG", "DIGEST-VALUE", .. d.Few(d.AnyKey)] },
    }
        .With("MIGRATE", 1, d => [new Call(["MIGRATE", "127.0.0.1", d.Pick("1", "x"), d.Pick("none:1", ""), d.Pick("0", "99", "x"), d.Pick("10", "x"), .. d.OneOf([], ["COPY", "REPLACE"], ["KEYS", "none:1", "none:2"], ["AUTH", "x"], ["AUTH2", "x", "y", "KEYS", "none:1"], ["foo"])])])
        .With("WAIT", 1, d => [new Call(["WAIT", d.Pick("0", "0", "x", "-1"), d.Pick("0", "10", "x", "-1")])])
        .With("FLUSHDB", 1, d => [.. d.OneIn(3) ? [new Call(["FLUSHDB", .. d.Maybe(d.Pick("SYNC", "ASYNC", "x"))])] : Array.Empty<Call>()])
        .With("FLUSHALL", 1, d => [.. d.OneIn(6) ? [new Call(["FLUSHALL", .. d.Maybe(d.Pick("SYNC", "async", "x"))])] : Array.Empty<Call>()])

        // The frequency of a key is known only under some policies, and then differs from run to run: only that it is known.
        .With("OBJECT FREQ:lfu", 1, d =>
        [
            new Call(["CONFIG", "SET", "maxmemory-policy", d.Pick("allkeys-lfu", "volatile-lfu")]), new Call(["OBJECT", "FREQ", d.AnyKey()]),
            new Call(["OBJECT", "IDLETIME", d.AnyKey()]), new Call(["CONFIG", "SET", "maxmemory-policy", "noeviction"]),
        ]);

    private static string[] Conditions(Dice d) => d.Percent(90) ? d.OneOf([], [], ["NX"], ["XX"], ["GT"], ["LT"], ["gt"], ["XX", "GT"], ["LT", "XX"]) : d.Some(["NX"], ["XX"], ["GT"], ["LT"], ["foo"]);

    private static string[] CopyOptions(Dice d) => d.Percent(92) ? d.Shuffled(d.Maybe(d.AnyCase("REPLACE")), d.Often(30, "DB", d.Database())) : d.Some(["DB"], ["foo"], ["REPLACE"]);

    private static string[] TypeOption(Dice d) => ["TYPE", d.Pick("string", "list", "hash", "set", "zset", "stream", "STRING", "none", "x")];

    private static string Cursor(Dice d) => d.Percent(92) ? "0" : d.Pick("x", "-1", "", "18446744073709551616", "1.5", " 0");
}
