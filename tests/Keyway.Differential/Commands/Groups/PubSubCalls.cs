namespace Keyway.Differential.Commands.Groups;

internal static class PubSubCalls
{
    public static CommandGroup Group { get; } = new CommandGroup("pubsub", isExact: true)
        .With("SUBSCRIBE", 12, d => [Listener(d, ["SUBSCRIBE", .. d.Few(() => Channel(d))])])
        .With("UNSUBSCRIBE", 6, d => [Listener(d, ["UNSUBSCRIBE", .. d.OneIn(4) ? [] : d.Few(() => Channel(d))])])
        .With("PSUBSCRIBE", 10, d => [Listener(d, ["PSUBSCRIBE", .. d.Few(() => Pattern(d))])])
        .With("PUNSUBSCRIBE", 5, d => [Listener(d, ["PUNSUBSCRIBE", .. d.OneIn(4) ? [] : d.Few(() => Pattern(d))])])
        .With("SSUBSCRIBE", 8, d => [Listener(d, ["SSUBSCRIBE", .. d.Few(() => Channel(d))])])
        .With("SUNSUBSCRIBE", 4, d => [Listener(d, ["SUNSUBSCRIBE", .. d.OneIn(4) ? [] : d.Few(() => Channel(d))])])
        .With("PUBLISH", 24, d => [new Call(["PUBLISH", Channel(d), d.Value(), .. d.Often(2, "x")], d.OneIn(4) ? d.Below(4) : 0)])
        .With("SPUBLISH", 12, d => [new Call(["SPUBLISH", Channel(d), d.Value()], d.OneIn(4) ? d.Below(4) : 0)])
        .With("PUBSUB CHANNELS", 5, d => [new Call(["PUBSUB", d.AnyCase("CHANNELS"), .. d.Maybe(Pattern(d))])])
        .With("PUBSUB NUMSUB", 5, d => [new Call(["PUBSUB", "NUMSUB", .. d.OneIn(5) ? [] : d.Few(() => Channel(d))])])
        .With("PUBSUB NUMPAT", 4, d => [new Call(["PUBSUB", "NUMPAT", .. d.Often(5, "x")])])
        .With("PUBSUB SHARDCHANNELS", 4, d => [new Call(["PUBSUB", "SHARDCHANNELS", .. d.Maybe(Pattern(d))])])
        .With("PUBSUB SHARDNUMSUB", 4, d => [new Call(["PUBSUB", "SHARDNUMSUB", .. d.Few(() => Channel(d))])])
        .With("PUBSUB HELP", 1, d => [new Call(["PUBSUB", d.Pick("HELP", "foo")])])
        .With("PING", 5, d => [new Call(["PING", .. d.Maybe("hi")], d.Below(4))])
        .With("GET:anywhere", 6, d => [new Call([d.Pick("GET", "TYPE"), "x"], d.Below(4))])
        .With("EXEC:publish", 4, d => [new Call(["MULTI"]), new Call(["PUBLISH", Channel(d), "in"]), new Call(["SPUBLISH", Channel(d), "in"]), new Call(["EXEC"])])
        .With("EXEC:subscribe", 3, d =>
        {
            int listener = d.Between(1, 3);
            return [new Call(["MULTI"], listener), new Call([d.Pick("SUBSCRIBE", "PSUBSCRIBE", "SSUBSCRIBE", "UNSUBSCRIBE"), Channel(d)], listener), new Call(["EXEC"], listener)];
        })
        .With("HELLO", 2, d => [Listener(d, ["HELLO", d.Pick("2", "3")])])
        .With("RESET", 2, d => [Listener(d, ["RESET"])])
        .With("QUIT", 1, d => [Listener(d, ["QUIT"])])
        .With("CLIENT KILL", 1, d => [new Call(["CLIENT", "KILL", "ID", Call.IdOf(d.Between(1, 3))])]);

    private static Call Listener(Dice d, string[] words) => new(words, d.Between(1, 3));

    private static string Channel(Dice d) => d.Pick("a", "b", "ab", "news.art", "news", "", "\r\n\0", Dice.Utf8("канал"));

    private static string Pattern(Dice d) => d.Pick("*", "a*", "?", "news.*", "[ab]", "", "[", "\\*", "*" + Dice.Utf8("л"));
}
