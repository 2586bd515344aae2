namespace Keyway.Differential.Commands.Groups;

internal static class ListCalls
{
    public static CommandGroup Group { get; } = new CommandGroup("list", Kind.List)
    {
        { "RPUSH", 24, d => ["RPUSH", d.Key(Kind.List), .. d.Many(Element(d))] },
        { "LPUSH", 16, d => ["LPUSH", d.Key(Kind.List), .. d.Many(Element(d))] },
        { "RPUSHX", 8, d => ["RPUSHX", d.Key(Kind.List), .. d.Few(Element(d))] },
        { "LPUSHX", 8, d => ["LPUSHX", d.Key(Kind.List), .. d.Few(Element(d))] },
        { "LPOP", 8, d => ["LPOP", d.Key(Kind.List), .. d.Maybe(d.Count())] },
        { "RPOP", 8, d => ["RPOP", d.Key(Kind.List), .. d.Maybe(d.Count())] },
        { "LLEN", 8, d => ["LLEN", d.Key(Kind.List)] },
        { "LINDEX", 10, d => ["LINDEX", d.Key(Kind.List), d.Index()] },
        { "LINSERT", 12, d => ["LINSERT", d.Key(Kind.List), d.Percent(96) ? d.AnyCase(d.Pick("BEFORE", "AFTER")) : "x", d.Member(), d.Member()] },
        { "LSET", 10, d => ["LSET", d.Key(Kind.List), d.Percent(70) ? $"{d.Between(-2, 1)}" : d.Index(), d.Member()] },
        { "LRANGE", 14, d => ["LRANGE", d.Key(Kind.List), d.Index(), d.Index()] },
        { "LRANGE:all", 8, d => ["LRANGE", d.Key(Kind.List), "0", "-1"] },
        { "LREM", 10, d => ["LREM", d.Key(Kind.List), d.Index(), d.Member()] },
        { "LTRIM", 6, d => ["LTRIM", d.Key(Kind.List), d.Percent(60) ? $"{d.Below(3)}" : d.Index(), d.Percent(60) ? $"{-d.Between(1, 3)}" : d.Index()] },
        { "LPOS", 14, d => ["LPOS", d.Key(Kind.List), d.Member(), .. d.Shuffled(d.Maybe(d.AnyCase("RANK"), d.Index()), d.Maybe("COUNT", d.Count()), d.Maybe("MAXLEN", d.Count()), d.Often(2, "foo"))] },
        { "LMOVE", 12, d => ["LMOVE", d.Key(Kind.List), d.Key(Kind.List), End(d), End(d)] },
        { "RPOPLPUSH", 10, d => ["RPOPLPUSH", d.Key(Kind.List), d.Key(Kind.List)] },
        { "LMPOP", 12, d => ["LMPOP", .. d.Counted(() => d.Key(Kind.List)), End(d), .. d.Maybe("COUNT", d.Count()), .. d.Often(2, "foo")] },
        { "OBJECT ENCODING", 3, d => ["OBJECT", "ENCODING", d.Key(Kind.List)] },
        { "RPUSH:long", 1, d => ["RPUSH", d.Key(Kind.List), new string((char)d.Between('a', 'z'), d.Pick([4000, 8192, 9000, 20_000])), d.Member()] },
    };

    private static Func<string> Element(Dice d) => d.OneIn(3) ? d.Members() : d.Member;

    private static string End(Dice d) => d.Percent(97) ? d.AnyCase(d.Pick("LEFT", "RIGHT")) : d.Pick("x", "", "LEFTY");
}
