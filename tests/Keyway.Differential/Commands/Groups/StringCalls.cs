namespace Keyway.Differential.Commands.Groups;

internal static class StringCalls
{
    public static CommandGroup Group { get; } = new CommandGroup("string", Kind.Text)
    {
        { "SET", 20, d => ["SET", d.Key(Kind.Text), d.Value(), .. SetOptions(d)] },
        { "GET", 20, d => ["GET", d.Key(Kind.Text)] },
        { "GETSET", 8, d => ["GETSET", d.Key(Kind.Text), d.Value()] },
        { "GETDEL", 6, d => ["GETDEL", d.Key(Kind.Text)] },
        { "GETEX", 10, d => ["GETEX", d.Key(Kind.Text), .. d.Percent(90) ? d.OneOf([[], ["PERSIST"], .. Times(d)]) : d.Some([["PERSIST"], ["NX"], .. Times(d)])] },
        { "SETNX", 8, d => ["SETNX", d.Key(Kind.Text), d.Value()] },
        { "SETEX", 6, d => ["SETEX", d.Key(Kind.Text), d.Lifetime(), d.Value()] },
        { "PSETEX", 6, d => ["PSETEX", d.Key(Kind.Text), d.LifetimeMs(), d.Value()] },
        { "MGET", 8, d => ["MGET", .. d.Few(() => d.Key(Kind.Text))] },
        { "MSET", 8, d => ["MSET", .. d.Pairs(() => d.Key(Kind.Text), d.Value, few: true)] },
        { "MSETNX", 8, d => ["MSETNX", .. d.Pairs(() => d.Key(Kind.Text), d.Value, few: true)] },
        { "STRLEN", 8, d => ["STRLEN", d.Key(Kind.Text)] },
        { "APPEND", 12, d => ["APPEND", d.Key(Kind.Text), d.Value()] },
        { "SETRANGE", 12, d => ["SETRANGE", d.Key(Kind.Text), Offset(d), d.Value()] },
        { "GETRANGE", 12, d => ["GETRANGE", d.Key(Kind.Text), d.Index(), d.Index()] },
        { "SUBSTR", 5, d => ["SUBSTR", d.Key(Kind.Text), d.Index(), d.Index()] },
        { "INCR", 10, d => ["INCR", Number(d)] },
        { "DECR", 10, d => ["DECR", Number(d)] },
        { "INCRBY", 10, d => ["INCRBY", Number(d), d.Integer()] },
        { "DECRBY", 10, d => ["DECRBY", Number(d), d.Integer()] },
        { "INCRBYFLOAT", 14, d => ["INCRBYFLOAT", Number(d), d.Real()] },
        { "SET:number", 14, d => ["SET", Number(d), d.Percent(60) ? $"{d.Between(-100, 100)}" : d.Percent(70) ? d.Real() : d.Integer()] },
        { "LCS", 6, d => ["LCS", d.Key(Kind.Text), d.Key(Kind.Text), .. LcsOptions(d)] },
    };

    private static string[] SetOptions(Dice d)
    {
        if (d.OneIn(2)) return [];
        if (d.Percent(8)) return d.Some([["NX"], ["XX"], ["GET"], ["KEEPTTL"], ["EX"], ["foo"], .. Times(d)]);
        return d.Shuffled(d.OneOf([], ["NX"], ["XX"]), d.Often(30, "GET"), d.OneOf([[], ["KEEPTTL"], .. Times(d)]));
    }

    private static string[][] Times(Dice d) => [[d.AnyCase("EX"), d.Lifetime()], ["PX", d.LifetimeMs()], ["EXAT", d.Moment()], [d.AnyCase("PXAT"), d.MomentMs()]];

    private static string[] LcsOptions(Dice d) => d.Percent(10)
        ? d.Some(["IDX"], ["LEN"], ["WITHMATCHLEN"], ["MINMATCHLEN"], ["foo"], ["MINMATCHLEN", d.Integer()])
        : d.OneOf([], ["LEN"], d.Shuffled([d.AnyCase("IDX")], d.Maybe("WITHMATCHLEN"), d.Maybe("MINMATCHLEN", d.Count())));

    // Half a gigabyte is written only by those who mean to.
    private static string Offset(Dice d) => d.Percent(90) ? $"{d.Below(60)}" : d.Pick("-1", "536870912", "9223372036854775807", "x", "4000", "1.5", "536870911999");

    // Numbers live apart, or hardly anything could be incremented.
    private static string Number(Dice d) => d.Percent(85) ? $"str:n{d.Between(1, 3)}" : d.Key(Kind.Text);
}
