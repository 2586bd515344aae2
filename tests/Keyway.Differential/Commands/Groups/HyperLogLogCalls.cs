namespace Keyway.Differential.Commands.Groups;

internal static class HyperLogLogCalls
{
    // No registers, too few, too many, of no encoding: but none whose last run lacks its second byte.
    private static readonly string[] Damaged =
    [
        "HYLL", "HYLL\0\0\0\0\0\0\0\0\0\0\0\0", "HYLL\u0001\0\0\0\0\0\0\0\0\0\0\0", "HYLL\u0001\0\0\0\0\0\0\0\0\0\0\u0080\x7f\xff", "HYLL\u0001\0\0\0\0\0\0\0\0\0\0\u0080\x60\xff\u0084",
        "HYLL\u0001\0\0\0\0\0\0\0\0\0\0\u0080\x7f\xff\u0088\u0088", "HYLL\u0002\0\0\0\0\0\0\0\0\0\0\u0080\x7f\xff", "x", "12",
    ];

    public static CommandGroup Group { get; } = new CommandGroup("hll", Kind.HyperLogLog)
    {
        { "PFADD", 30, d => ["PFADD", Key(d), .. d.OneIn(12) ? [] : d.Many(d.OneIn(2) ? d.Members() : () => $"v:{d.Below(100_000)}")] },
        { "PFCOUNT", 14, d => ["PFCOUNT", .. d.Few(() => Key(d))] },
        { "PFMERGE", 12, d => ["PFMERGE", Key(d), .. d.OneIn(8) ? [] : d.Few(() => Key(d))] },
        { "GET:hll", 6, d => ["GET", Key(d)] },
        { "STRLEN:hll", 6, d => ["STRLEN", Key(d)] },
    }
        .With("PFDEBUG", 6, d => [new Call(["PFDEBUG", d.Percent(95) ? d.AnyCase(d.Pick("ENCODING", "DECODE", "TODENSE", "GETREG")) : "x", Key(d)])])
        .With("SET:hll", 1, d => [new Call(["SET", Key(d), d.Pick(Damaged)])])
        .With("SETRANGE:hll", 1, d => [new Call(["SETRANGE", Key(d), $"{d.Below(16)}", d.RandomBytes(1)])])
        .With("PFADD:wrong", 1, d => [new Call(["RPUSH", "nohll", "a"]), new Call([d.Pick("PFADD", "PFCOUNT", "PFMERGE"), "nohll", Key(d)])])
        .With("PFCOUNT:wrong", 1, d => [new Call(["SET", "nohll", d.Value()]), new Call([d.Pick("PFCOUNT", "PFMERGE"), Key(d), "nohll"]), new Call(["DEL", "nohll"])])
        .With("COPY:hll", 2, d => [new Call([d.Pick("COPY", "RENAME", "RENAMENX"), Key(d), Key(d)])])
        .With("DUMP:hll", 2, d => [new Call(["DUMP", Key(d)])])
        .With("EXPIRE:hll", 2, d => [new Call(["EXPIRE", Key(d), d.Lifetime()])])
        .With("OBJECT ENCODING", 2, d => [new Call(["OBJECT", "ENCODING", Key(d)])])
        .With("DEL:hll", 6, d => [new Call(["DEL", Key(d)])]);

    private static string Key(Dice d) => d.Own(Kind.HyperLogLog);
}
