namespace Keyway.Differential.Commands.Groups;

/// <summary>A server that becomes a replica and a master again while clients wait, watch, listen, and are in the middle of transactions.</summary>
internal static class RoleCalls
{
    public static CommandGroup Group { get; } = new CommandGroup("roles", isExact: true)
        .With("REPLICAOF:follow", 8, d => [ReplicationCalls.Follow with { Connection = d.Below(4) }])
        .With("REPLICAOF:lead", 10, d => [ReplicationCalls.Lead with { Connection = d.Below(4) }])
        .With("BLPOP:roles", 14, d => [Wait(d, d.Pick("BLPOP", "BRPOP", "BZPOPMIN", "BZPOPMAX"), d.Pick("list:1", "zset:1"), "0")])
        .With("BLMOVE:roles", 4, d => [Wait(d, "BLMOVE", "list:1", "list:2", "LEFT", "RIGHT", "0")])
        .With("XREAD:roles", 4, d => [Wait(d, "XREAD", "BLOCK", "0", "STREAMS", "stream:1", "$")])
        .With("RPUSH:roles", 14, d => [new Call(d.Pick<string[]>([["RPUSH", "list:1", "a"], ["ZADD", "zset:1", "1", "a"], ["XADD", "stream:1", d.NewId(), "f", "v"]]))])
        .With("WATCH:roles", 6, d => [new Call(["WATCH", "list:1", "str:1"], d.Below(4))])
        .With("MULTI:roles", 6, d => [new Call(["MULTI"], d.Below(4))])
        .With("EXEC:roles", 8, d => [new Call([d.Pick("EXEC", "EXEC", "DISCARD")], d.Below(4))])
        .With("SUBSCRIBE:roles", 3, d => [new Call([d.Pick("SUBSCRIBE", "UNSUBSCRIBE", "PSUBSCRIBE"), "a"], 3)])
        .With("PUBLISH:roles", 4, d => [new Call(["PUBLISH", "a", "b"], d.Below(3))])
        .With("ROLE", 3, d => [new Call(["ROLE"], d.Below(4))])
        .With("WAIT:roles", 3, d => [new Call(["WAIT", "0", "0"], d.Below(4))])
        .With("CLIENT LIST", 3, d => [new Call(["CLIENT", "LIST", "TYPE", d.Pick("normal", "pubsub", "replica", "master")])])
        .With("CONFIG SET:roles", 4, d => [new Call(["CONFIG", "SET", d.Pick("replica-read-only", "replica-serve-stale-data"), d.Pick("yes", "yes", "no")])])
        .With("EXEC:inside", 3, d => [new Call(["MULTI"]), d.AnyDataOn(0), d.Pick([ReplicationCalls.Follow, ReplicationCalls.Lead]), d.AnyDataOn(0), new Call(["EXEC"])])
        .With("GET:any", 20, d => [d.AnyDataOn(d.Below(4))]);

    private static Call Wait(Dice d, params string[] words) => new(words, d.Between(1, 3));
}
