namespace Keyway.Differential.Commands.Groups;

internal static class SortCalls
{
    /// <summary>redis-server refuses to sort what some command before has found too large for a double; a score that it can read makes it forget that.</summary>
    public static Call Forget { get; } = new(["ZADD", "none:sort", "XX", "0", "a"]);

    public static CommandGroup Group { get; } = new CommandGroup("sort", Kind.Numbers)
    {
        { "RPUSH:sort", 10, d => ["RPUSH", d.Own(Kind.Numbers), .. d.Many(() => Element(d))] },
        { "SADD:sort", 10, d => ["SADD", d.Own(Kind.Numbers), .. d.Many(() => Element(d))] },
        { "ZADD:sort", 10, d => ["ZADD", d.Own(Kind.Numbers), .. d.Pairs(d.Score, () => Element(d))] },
        { "DEL:sort", 6, d => ["DEL", d.Own(Kind.Numbers)] },
        { "SET:weight", 14, d => ["SET", $"w:{Element(d)}", d.Percent(85) ? $"{d.Between(-9, 9)}" : d.Value()] },
        { "HSET:weight", 10, d => ["HSET", $"wh:{Element(d)}", "f", d.Percent(85) ? $"{d.Between(-9, 9)}" : d.Value(), "g->x", d.Member()] },
        { "LRANGE:sort", 4, d => ["LRANGE", d.Own(Kind.Numbers), "0", "-1"] },
    }
        .With("SORT", 40, d => [Forget, new Call(["SORT", Key(d), .. Options(d, stores: true)])])
        .With("SORT_RO", 20, d => [Forget, new Call(["SORT_RO", Key(d), .. Options(d, stores: false)])])
        .With("SORT:mangled", 2, d => [Mangling.Mangle(new Call(["SORT", Key(d), .. Options(d, stores: false)]), d)]);

    private static string Key(Dice d) => d.Percent(80) ? d.Own(Kind.Numbers) : d.Pick(d.Key(Kind.List), d.Key(Kind.Set));

    // Texts are compared up to a NUL, and those of a set that are alike so far come in any order.
    private static string Element(Dice d) => d.Percent(85) ? $"{d.Below(14)}" : (d.Percent(70) ? d.Real() : d.Member()).Replace('\0', '~');

    private static string Pattern(Dice d) => d.Pick("w:*", "w:*", "wh:*->f", "wh:*->f", "#", "nosort", "wh:*->g->x", "wh:*->", "*", "->f", "w:", "*->*", "wh:*->none", "none*");

    private static string[] Options(Dice d, bool stores)
    {
        // Texts that weigh the same come in any order, and what is stored would then differ.
        bool hasStore = stores && d.Percent(25);
        string[] by = d.Often(35, d.AnyCase("BY"), Pattern(d));
        string[] alpha = hasStore && by.Length > 0 ? [] : d.Often(55, d.AnyCase("ALPHA"));
        return d.Shuffled(
            by,
            alpha,
            d.Often(40, d.AnyCase("LIMIT"), d.Percent(85) ? $"{d.Below(5)}" : d.Index(), d.Percent(85) ? $"{d.Between(-1, 8)}" : d.Index()),
            [.. d.Percent(40) ? d.Few(() => "").SelectMany(_ => new[] { d.AnyCase("GET"), Pattern(d) }) : []],
            d.OneOf([], [], [d.AnyCase("ASC")], [d.AnyCase("DESC")]),
            hasStore ? [d.AnyCase("STORE"), d.Key(Kind.Numbers)] : d.Often(stores ? 0 : 2, "STORE", d.Key(Kind.Numbers)),
            d.Often(1, "foo"));
    }
}
