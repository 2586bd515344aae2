namespace Keyway.Differential.Commands.Groups;

internal static class BitmapCalls
{
    public static CommandGroup Group { get; } = new CommandGroup("bitmap", Kind.Bits)
    {
        { "SETBIT", 20, d => ["SETBIT", d.Key(Kind.Bits), Offset(d), d.Percent(97) ? d.Pick("0", "1", "1") : d.Pick("2", "x", "-1")] },
        { "GETBIT", 10, d => ["GETBIT", d.Key(Kind.Bits), Offset(d)] },
        { "BITCOUNT", 14, d => ["BITCOUNT", d.Key(Kind.Bits), .. d.OneIn(3) ? [] : d.Percent(97) ? [d.Index(), d.Index(), .. d.Maybe(Unit(d))] : new[] { d.Index() }] },
        { "BITPOS", 14, d => ["BITPOS", d.Key(Kind.Bits), d.Percent(96) ? d.Pick("0", "1") : d.Integer(), .. d.OneOf([], [d.Index()], [d.Index(), d.Index()], [d.Index(), d.Index(), Unit(d)])] },
        { "BITOP", 14, d => ["BITOP", d.Percent(97) ? d.AnyCase(d.Pick("AND", "OR", "XOR")) : "x", d.Key(Kind.Bits), .. d.Few(() => d.Key(Kind.Bits))] },
        { "BITOP:not", 6, d => ["BITOP", d.AnyCase("NOT"), d.Key(Kind.Bits), d.Key(Kind.Bits), .. d.Often(4, "x")] },
        { "BITFIELD", 24, d => ["BITFIELD", d.Key(Kind.Bits), .. d.Times(d.Below(5), () => "").SelectMany(_ => Operation(d))] },
        { "BITFIELD_RO", 10, d => ["BITFIELD_RO", d.Key(Kind.Bits), .. d.Times(d.Below(4), () => "").SelectMany(_ => d.Percent(96) ? ["GET", Type(d), FieldOffset(d)] : Operation(d))] },
        { "SET:bits", 10, d => ["SET", d.Key(Kind.Bits), d.Percent(80) ? d.RandomBytes(d.Between(0, 40)) : d.Value()] },
        { "APPEND:bits", 2, d => ["APPEND", d.Key(Kind.Bits), d.RandomBytes(d.Between(0, 20))] },
        { "GET:bits", 8, d => ["GET", d.Key(Kind.Bits)] },
        { "STRLEN:bits", 3, d => ["STRLEN", d.Key(Kind.Bits)] },
    };

    private static string Offset(Dice d) => d.Percent(93) ? $"{d.Below(400)}" : d.Pick("-1", "4294967296", "9223372036854775807", "x", "70000", "1.5", "");

    private static string Unit(Dice d) => d.Percent(96) ? d.AnyCase(d.Pick("BYTE", "BIT")) : "x";

    private static string Type(Dice d) => d.Percent(97) ? d.Pick("u1", "u2", "u8", "i8", "u16", "i16", "i32", "u32", "u63", "i64", "i1", "i5", $"u{d.Between(1, 63)}", $"i{d.Between(1, 64)}") : d.Pick("u64", "i65", "u0", "x8", "", "u", "i-1", "u08");

    private static string FieldOffset(Dice d) => d.Percent(97) ? (d.OneIn(3) ? $"#{d.Below(12)}" : $"{d.Below(300)}") : d.Pick("-1", "#-1", "x", "#", "4294967296", "#9223372036854775807", "9223372036854775807");

    private static string[] Operation(Dice d) => d.Below(4) switch
    {
        0 => [d.AnyCase("GET"), Type(d), FieldOffset(d)],
        1 => [d.AnyCase("SET"), Type(d), FieldOffset(d), d.Integer()],
        2 => [d.AnyCase("INCRBY"), Type(d), FieldOffset(d), d.Integer()],
        _ => [d.AnyCase("OVERFLOW"), d.Percent(97) ? d.AnyCase(d.Pick("WRAP", "SAT", "FAIL")) : "x"],
    };
}
