namespace Keyway.Differential.Commands.Groups;

/// <summary>Connection 3 hears of every event of the keyspace, in its order, while connection 0 works.</summary>
internal static class EventCalls
{
    public static CommandGroup Group { get; } = new CommandGroup("events", isExact: true)
        .With("PSUBSCRIBE:events", 4, d => [new Call(["CONFIG", "SET", "notify-keyspace-events", Classes(d)]), new Call(["PSUBSCRIBE", "__key*__:*"], 3)])
        .With("CONFIG SET:events", 2, d => [new Call(["CONFIG", "SET", "notify-keyspace-events", Classes(d)]), new Call(["CONFIG", "GET", "notify-keyspace-events"])])
        .With("SELECT", 2, d => [new Call(["SELECT", d.Pick("0", "0", "1")])])
        .With("EXEC:events", 5, d => [new Call(["MULTI"]), .. Enumerable.Range(0, d.Below(5)).Select(_ => d.AnyDataOn(0)), new Call(["EXEC"])])
        .With("BLPOP:events", 5, d => [new Call([d.Pick("BLPOP", "BRPOP"), d.Own(Kind.List), "0"], 1)])
        .With("BLMOVE:events", 5, d => [new Call(["BLMOVE", d.Own(Kind.List), d.Own(Kind.List), d.Pick("LEFT", "RIGHT"), d.Pick("LEFT", "RIGHT"), "0"], 1)])
        .With("BZPOPMIN:events", 5, d => [new Call([d.Pick("BZPOPMIN", "BZPOPMAX"), d.Own(Kind.SortedSet), "0"], 2)])
        .With("SORT:events", 3, d => [SortCalls.Forget, new Call(["SORT", d.AnyKey(), "STORE", d.Own(Kind.Numbers)])])
        .With("FLUSHALL", 1, d => [new Call([d.Pick("FLUSHALL", "FLUSHDB")])])
        .With("SET:events", 140, d => [d.AnyDataOn(0)]);

    private static string Classes(Dice d) => d.Percent(75) ? d.Pick("KEA", "KEAm", "KEAmn", "AKEn") : d.Pick("K$", "Elg", "KEx", "KEz$", "Ets", "", "KEh", "KEdg");
}
