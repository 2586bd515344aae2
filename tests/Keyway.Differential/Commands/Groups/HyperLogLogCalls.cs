namespace Keyway.Differential.Commands.Groups;

internal static class HyperLogLogCalls
{
    public static CommandGroup Group { get; } = new CommandGroup("hll", Kind.HyperLogLog)
    {
        { "PFADD", 30, d => ["PFADD", d.Key(Kind.HyperLogLog), .. d.OneIn(12) ? [] : d.Many(d.OneIn(2) ? d.Members() : () => $"v:{d.Below(100_000)}")] },
        { "PFCOUNT", 14, d => ["PFCOUNT", .. d.Few(() => d.Key(Kind.HyperLogLog))] },
        { "PFMERGE", 12, d => ["PFMERGE", d.Key(Kind.HyperLogLog), .. d.OneIn(8) ? [] : d.Few(() => d.Key(Kind.HyperLogLog))] },
        { "GET:hll", 6, d => ["GET", d.Key(Kind.HyperLogLog)] },
        { "STRLEN:hll", 6, d => ["STRLEN", d.Key(Kind.HyperLogLog)] },
        { "APPEND:hll", 1, d => ["APPEND", d.Key(Kind.HyperLogLog), d.RandomBytes(d.Between(1, 5))] },
        { "SETRANGE:hll", 1, d => ["SETRANGE", d.Key(Kind.HyperLogLog), $"{d.Below(30)}", d.RandomBytes(1)] },
        { "SET:hll", 1, d => ["SET", d.Key(Kind.HyperLogLog), d.Pick("HYLL", "HYLL\0\0\0\0\0\0\0\0\0\0\0\0", "HYLL\u0001\0\0\0\0\0\0\0\0\0\0\0", "HYLL\u0001\0\0\0\0\0\0\0\0\0\0\u0080\x7f\xff", "x")] },
    }
        .With("PFDEBUG", 6, d => [new Call(["PFDEBUG", d.Percent(95) ? d.AnyCase(d.Pick("ENCODING", "DECODE", "TODENSE", "GETREG")) : "x", d.Key(Kind.HyperLogLog)])])
        .With("DEL:hll", 6, d => [new Call(["DEL", d.Key(Kind.HyperLogLog)])]);
}
