namespace Keyway.Differential.Commands.Groups;

/// <summary>MULTI, EXEC and what watches.</summary>
internal static class TransactionCalls
{
    public static CommandGroup Group { get; } = new CommandGroup("transactions", isExact: true)
        .With("MULTI", 3, d => [On(d, ["MULTI", .. d.Often(5, "x")])])
        .With("EXEC", 3, d => [On(d, ["EXEC", .. d.Often(5, "x")])])
        .With("DISCARD", 2, d => [On(d, ["DISCARD", .. d.Often(5, "x")])])
        .With("WATCH", 4, d => [On(d, ["WATCH", .. d.Few(d.AnyKey)])])
        .With("UNWATCH", 2, d => [On(d, "UNWATCH")])
        .With("RESET", 1, d => [On(d, "RESET")])
        .With("EXEC:whole", 20, Whole)
        .With("EXEC:watched", 10, Watched)
        .With("SELECT", 2, d => [On(d, "SELECT", d.Pick("0", "0", "1"))])
        .With("SWAPDB", 1, d => [On(d, "SWAPDB", "0", "1")])
        .With("FLUSHALL", 1, d => [On(d, d.Pick("FLUSHALL", "FLUSHDB"))])
        .With("GET:any", 20, d => [d.AnyDataOn(d.Below(4))]);

    private static Call On(Dice d, params string[] words) => new(words, d.Below(4));

    private static Call[] Whole(Dice d)
    {
        int connection = d.Below(4);
        return [new Call(["MULTI"], connection), .. Body(d, connection), new Call([d.Percent(90) ? "EXEC" : "DISCARD"], connection)];
    }

    private static Call[] Watched(Dice d)
    {
        int watcher = d.Below(4);
        int other = d.Below(4);
        Call touch = d.AnyDataOn(other);
        string[] keys = touch.Words.Length > 1 && d.OneIn(2) ? [touch.Words[1]] : d.Few(d.AnyKey);
        return
        [
            new Call(["WATCH", .. keys], watcher), .. d.OneIn(2) ? [touch] : Array.Empty<Call>(), new Call(["MULTI"], watcher), .. Body(d, watcher),
            .. d.OneIn(3) ? [d.AnyDataOn((watcher + 1) % 4)] : Array.Empty<Call>(), new Call(["EXEC"], watcher),
        ];
    }

    private static Call[] Body(Dice d, int connection) => [.. Enumerable.Range(0, d.Below(6)).Select(_ => d.Below(40) switch
    {
        0 => new Call(["FOO", "bar"], connection),
        1 => new Call(["GET"], connection),
        2 => new Call(["WATCH", "a"], connection),
        3 => new Call(["MULTI"], connection),
        4 => new Call(["SELECT", "1"], connection),
        5 => new Call(["BLPOP", d.Own(Kind.List), "0"], connection),
        6 => new Call(["SUBSCRIBE", "x"], connection),
        7 => new Call(["UNSUBSCRIBE", "x"], connection),
        8 => new Call(["BZPOPMIN", d.Own(Kind.SortedSet), "0"], connection),
        9 => new Call(["XREAD", "BLOCK", "0", "STREAMS", d.Own(Kind.Stream), "$"], connection),
        10 => new Call(["UNWATCH"], connection),
        11 => new Call(["SWAPDB", "0", "1"], connection),
        12 => new Call(["FLUSHDB"], connection),
        _ => d.AnyDataOn(connection),
    })];
}
