namespace Keyway.Differential.Commands.Groups;

/// <summary>What clients do to each other: pausing, killing, listing, listening in.</summary>
internal static class ClientCalls
{
    public static CommandGroup Group { get; } = new CommandGroup("clients", isExact: true)
        .With("MONITOR", 3, d => [new Call(["MONITOR"], 3)])
        .With("RESET", 2, d => [new Call(["RESET"], d.Below(4))])
        .With("QUIT", 1, d => [new Call(["QUIT", .. d.Often(10, "x")], d.Below(4))])
        .With("HELLO", 3, d => [new Call(["HELLO", d.Pick("2", "3"), .. d.Maybe("SETNAME", d.Pick("me", "you"))], d.Below(4))])
        .With("SELECT", 3, d => [new Call(["SELECT", d.Pick("0", "1", "2")], d.Below(4))])
        .With("CLIENT SETNAME", 5, d => [new Call(["CLIENT", "SETNAME", d.Pick("me", "you", "")], d.Below(4))])
        .With("CLIENT GETNAME", 3, d => [new Call(["CLIENT", "GETNAME"], d.Below(4))])
        .With("CLIENT ID", 1, d => [new Call(["CLIENT", "ID"], d.Below(4))])
        .With("CLIENT INFO", 5, d => [new Call(["CLIENT", "INFO"], d.Below(4))])
        .With("CLIENT LIST", 6, d => [new Call(["CLIENT", "LIST", .. d.OneOf([], ["TYPE", d.Pick("normal", "pubsub", "replica", "NORMAL")], ["ID", .. d.Few(() => Id(d))])], d.Below(4))])
        .With("CLIENT KILL", 3, d => [new Call(["CLIENT", "KILL", .. d.OneOf(["ID", Id(d)], ["ID", Id(d), "SKIPME", d.Pick("yes", "no")], ["TYPE", d.Pick("pubsub", "master", "SLAVE", "replica")], ["ID", Id(d), "USER", "default"], ["USER", "default", "ID", Id(d), "TYPE", "normal"])], d.Below(4))])
        .With("CLIENT NO-EVICT", 2, d => [new Call(["CLIENT", "NO-EVICT", d.Pick("on", "off")], d.Below(4))])
        .With("CLIENT UNBLOCK", 2, d => [new Call(["CLIENT", "UNBLOCK", Id(d)], d.Below(3))])
        .With("CLIENT REPLY", 5, Mute)
        .With("CLIENT PAUSE", 4, Pause)
        .With("CLIENT PAUSE:all", 1, d => [new Call(["CLIENT", "PAUSE", "15", .. d.Maybe("ALL")], d.Below(3))])
        .With("CLIENT TRACKINGINFO", 1, d => [new Call(["CLIENT", "TRACKINGINFO"], d.Below(4))])
        .With("SUBSCRIBE", 3, d => [new Call([d.Pick("SUBSCRIBE", "PSUBSCRIBE"), "a"], d.Between(1, 2))])
        .With("MULTI", 3, d => [new Call([d.Pick("MULTI", "EXEC", "DISCARD")], d.Below(3))])
        .With("WATCH", 2, d => [new Call(["WATCH", "a"], d.Below(3))])
        .With("BLPOP:client", 3, d => [new Call(["BLPOP", "nothing", "0"], d.Between(1, 2))])
        .With("DEBUG SLEEP", 1, d => [new Call(["DEBUG", "SLEEP", "0"], 0)])
        .With("GET:any", 20, d => [d.AnyDataOn(d.Below(3))]);

    private static string Id(Dice d) => Call.IdOf(d.Below(4));

    private static Call[] Mute(Dice d)
    {
        int connection = d.Below(3);
        Call quiet = new(["CLIENT", "REPLY", d.Pick("OFF", "SKIP")], connection);
        return [new Call(["DISCARD"], connection), quiet, .. Enumerable.Range(0, d.Between(1, 3)).Select(_ => new Call([d.Pick("PING", "GET", "FOO"), "a"], connection)), new Call(["CLIENT", "REPLY", "ON"], connection), new Call(["PING"], connection)];
    }

    // Long enough that nothing wakes by itself.
    private static Call[] Pause(Dice d)
    {
        int waiting = d.Between(1, 3);
        return
        [
            new Call(["DISCARD"], waiting), new Call(["DISCARD"]), new Call(["CLIENT", "PAUSE", "100000", "WRITE"]), new Call(["GET", "a"], waiting), new Call(d.Pick<string[]>([["SET", "a", "1"], ["PUBLISH", "a", "b"], ["INCR", "a"], ["GETEX", "a"]]), waiting),
            new Call(["GET", "a"]), new Call(["CLIENT", "UNPAUSE"]), new Call(["GET", "a"], waiting),
        ];
    }
}
