namespace Keyway.Differential.Commands.Groups;

internal static class HashCalls
{
    public static CommandGroup Group { get; } = new CommandGroup("hash", Kind.Hash)
    {
        { "HSET", 24, d => ["HSET", d.Key(Kind.Hash), .. d.Pairs(Field(d), d.Value)] },
        { "HMSET", 8, d => ["HMSET", d.Key(Kind.Hash), .. d.Pairs(Field(d), d.Value)] },
        { "HSETNX", 8, d => ["HSETNX", d.Key(Kind.Hash), d.Member(), d.Value()] },
        { "HGET", 10, d => ["HGET", d.Key(Kind.Hash), d.Member()] },
        { "HMGET", 8, d => ["HMGET", d.Key(Kind.Hash), .. d.Few(d.Member)] },
        { "HGETALL", 12, d => ["HGETALL", d.Key(Kind.Hash)] },
        { "HKEYS", 8, d => ["HKEYS", d.Key(Kind.Hash)] },
        { "HVALS", 8, d => ["HVALS", d.Key(Kind.Hash)] },
        { "HLEN", 8, d => ["HLEN", d.Key(Kind.Hash)] },
        { "HSTRLEN", 8, d => ["HSTRLEN", d.Key(Kind.Hash), d.Member()] },
        { "HEXISTS", 8, d => ["HEXISTS", d.Key(Kind.Hash), d.Member()] },
        { "HDEL", 12, d => ["HDEL", d.Key(Kind.Hash), .. d.Many(Field(d))] },
        { "HINCRBY", 12, d => ["HINCRBY", d.Key(Kind.Hash), Number(d), d.Integer()] },
        { "HINCRBYFLOAT", 12, d => ["HINCRBYFLOAT", d.Key(Kind.Hash), Number(d), d.Real()] },
        { "HSET:number", 8, d => ["HSET", d.Key(Kind.Hash), $"n{d.Below(4)}", d.Percent(60) ? d.Integer() : d.Real()] },
        { "HSCAN", 8, d => ["HSCAN", d.Key(Kind.Hash), Cursor(d), .. ScanOptions(d)] },
        { "HRANDFIELD", 10, d => ["HRANDFIELD", d.Key(Kind.Hash), .. d.OneOf([], [d.Repetitions()], [d.Repetitions(), d.AnyCase("WITHVALUES")], [d.Repetitions(), "WITHVALUES", .. d.Often(5, "x")])] },
        { "OBJECT ENCODING", 4, d => ["OBJECT", "ENCODING", d.Key(Kind.Hash)] },
    };

    public static string Cursor(Dice d) => d.Percent(95) ? "0" : d.Pick("x", "-1", "", "18446744073709551616", "1.5");

    public static string[] ScanOptions(Dice d) =>
        d.Some([d.AnyCase("MATCH"), d.Pick("*", "a*", "m:1*", "[a-d]", "?", "", "[", "*1")], ["COUNT", d.Percent(92) ? $"{d.Between(1, 1000)}" : d.Pick("0", "-1", "x", "")]);

    private static Func<string> Field(Dice d) => d.OneIn(2) ? d.Members() : d.Member;

    private static string Number(Dice d) => d.Percent(80) ? $"n{d.Below(4)}" : d.Member();
}
