namespace Keyway.Differential.Commands.Groups;

internal static class ConnectionCalls
{
    private static readonly string[] CommandNames =
    [
        .. ((string[])["get", "SET", "xgroup|create", "config|get", "foo", "lpush", "zrangestore", "sort", "xread", "migrate", "client", "memory|usage", "config|foo", "pfcount"]).Where(name => !NotServedYet.Names(name)),
    ];

    public static CommandGroup Group { get; } = new("connection", isExact: true)
    {
        { "PING", 10, d => ["PING", .. d.Maybe(d.Value()), .. d.Often(5, "x")] },
        { "ECHO", 10, d => ["ECHO", d.Value(), .. d.Often(5, "x")] },
        { "SELECT", 10, d => ["SELECT", d.Database()] },
        { "HELLO", 5, d => ["HELLO", .. d.Some([d.Pick("2", "3", "4", "x", "1", "")], ["AUTH", "default", "x"], ["SETNAME", d.Pick("me", "a b", "")], ["foo"])] },
        { "HELLO:twice", 4, d => ["HELLO", d.Pick("2", "3"), "SETNAME", d.Pick("me", "you", "a\nb")] },
        { "RESET", 2, d => ["RESET"] },
        { "AUTH", 4, d => ["AUTH", .. d.OneOf(["x"], ["default", "x"], ["nobody", "x"], ["a", "b", "c"])] },
        { "CLIENT SETNAME", 5, d => ["CLIENT", "SETNAME", d.Pick("me", "you", "", "a b", "a\nb", "x!~", Dice.Utf8("я"))] },
        { "CLIENT GETNAME", 5, d => ["CLIENT", d.AnyCase("GETNAME")] },
        { "CLIENT ID", 2, d => ["CLIENT", "ID"] },
        { "CLIENT INFO", 3, d => ["CLIENT", "INFO"] },
        { "CLIENT LIST", 3, d => ["CLIENT", "LIST", .. d.OneOf([], ["TYPE", d.Pick("normal", "pubsub", "master", "replica", "x")], ["ID", "99999", "x"], ["ID", "999999"], ["foo"])] },
        { "CLIENT KILL", 4, d => ["CLIENT", "KILL", .. d.OneOf(["1.2.3.4:5"], ["ID", "999999"], ["ID", "x"], ["ADDR", "1.2.3.4:5"], ["LADDR", "1.2.3.4:5"], ["TYPE", "x"], ["TYPE", "pubsub"], ["USER", "nobody"], ["SKIPME", "x"], ["foo", "bar"], ["ID"])] },
        { "CLIENT NO-EVICT", 3, d => ["CLIENT", "NO-EVICT", d.Pick("on", "off", "ON", "x")] },
        { "CLIENT UNBLOCK", 3, d => ["CLIENT", "UNBLOCK", d.Pick("99999", "x", "-1"), .. d.Maybe(d.Pick("TIMEOUT", "ERROR", "x"))] },
        { "CLIENT GETREDIR", 1, d => ["CLIENT", "GETREDIR"] },
        { "CLIENT TRACKINGINFO", 1, d => ["CLIENT", "TRACKINGINFO"] },
        { "CLIENT CACHING", 1, d => ["CLIENT", "CACHING", d.Pick("YES", "NO", "x")] },
        { "CLIENT UNPAUSE", 1, d => ["CLIENT", "UNPAUSE"] },
        { "CLIENT PAUSE", 1, d => ["CLIENT", "PAUSE", d.Pick("x", "-1", "1.5", ""), .. d.Maybe("WRITE")] },
        { "CLIENT REPLY", 2, d => ["CLIENT", "REPLY", d.Pick("ON", "on", "x")] },
        { "CLIENT HELP", 1, d => ["CLIENT", d.Pick("HELP", "foo", "SETINFO")] },
        { "COMMAND", 1, d => ["COMMAND", .. d.Often(30, d.Pick("INFO", "LIST"))] },
        { "COMMAND COUNT", 1, d => ["COMMAND", "COUNT", .. d.Often(30, "x")] },
        { "COMMAND INFO", 8, d => ["COMMAND", "INFO", .. d.Few(() => d.Pick(CommandNames))] },
        { "COMMAND DOCS", 1, d => ["COMMAND", "DOCS", d.Pick(CommandNames)] },
        { "COMMAND LIST", 2, d => ["COMMAND", "LIST", "FILTERBY", .. d.OneOf(["ACLCAT", d.Pick("hash", "list", "bitmap", "x")], ["PATTERN", d.Pick("zr*", "*len", "", "x*")], ["MODULE", "none"], ["foo"])] },
        { "COMMAND GETKEYS", 10, d => ["COMMAND", "GETKEYS", .. Keyed(d)] },
        { "COMMAND GETKEYSANDFLAGS", 6, d => ["COMMAND", "GETKEYSANDFLAGS", .. Keyed(d)] },
        { "COMMAND HELP", 1, d => ["COMMAND", d.Pick("HELP", "foo")] },
        { "UNKNOWN", 6, d => [d.Pick("foo", "get1", "", "\r\n", new string('x', 200), "\0", "SET\n"), .. d.Times(d.Below(4), d.Value)] },
        { "LOLWUT", 1, d => ["LOLWUT", "VERSION", "0"] },
        { "CLUSTER INFO", 1, d => ["CLUSTER", d.Pick("INFO", "SLOTS", "NODES", "MYID", "COUNTKEYSINSLOT", "foo"), .. d.Often(30, "1")] },
        { "CLUSTER KEYSLOT", 1, d => ["CLUSTER", "KEYSLOT", d.AnyKey()] },
        { "CLUSTER HELP", 1, d => ["CLUSTER", "HELP"] },
        { "READONLY", 1, d => ["READONLY"] },
        { "READWRITE", 1, d => ["READWRITE"] },
        { "ASKING", 1, d => ["ASKING"] },
    };

    private static string[] Keyed(Dice d)
    {
        string[] words = d.AnyData().Words;
        return d.Percent(90) || words.Length == 1 ? words : words[..^1];
    }
}
