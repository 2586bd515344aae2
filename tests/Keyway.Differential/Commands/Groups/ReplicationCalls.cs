namespace Keyway.Differential.Commands.Groups;

/// <summary>What masters and replicas say when they are asked, without another server: a replica whose master cannot be reached, a master that has no replicas.</summary>
internal static class ReplicationCalls
{
    /// <summary>A master that cannot be reached: nobody listens there.</summary>
    public static readonly Call Follow = new(["REPLICAOF", "127.0.0.1", "1"]);

    public static readonly Call Lead = new(["REPLICAOF", "NO", "ONE"]);

    public static CommandGroup Group { get; } = new CommandGroup("replication", isExact: true)
    {
        { "ROLE", 4, d => ["ROLE", .. d.Often(10, "x")] },
        { "WAIT", 4, d => ["WAIT", d.Pick("0", "0", "1", "x", "-1"), d.Pick("1", "2", "x", "-1")] },
        { "REPLICAOF", 4, d => [d.Pick("REPLICAOF", "SLAVEOF"), .. d.OneOf(["NO", "ONE"], ["no", "one"], ["host", "x"], ["host", "-1"], ["host", "65536"], ["NO"], ["no", "two"], ["a", "b", "c"])] },
        { "FAILOVER", 6, d => ["FAILOVER", .. d.OneOf([], ["ABORT"], ["foo"], ["TO"], ["TO", "h", "x"], ["TO", "h", "1"], ["TO", "h", "1", "FORCE"], ["TIMEOUT", "0"], ["TIMEOUT", "5"], ["ABORT", "x"], ["TIMEOUT", "1", "TO", "h", "1", "FORCE"])] },
        { "REPLCONF", 4, d => ["REPLCONF", .. d.OneOf(["foo"], ["foo", "bar"], ["listening-port", "1"], ["listening-port", "x"], ["capa", "eof"], ["capa", "psync2", "foo", "x"], ["ip-address", "1.2.3.4"])] },
        { "INFO", 3, d => ["INFO", "replication"] },
        { "CLIENT LIST", 1, d => ["CLIENT", "LIST", "TYPE", d.Pick("replica", "master", "slave")] },
        { "CONFIG SET:replication", 4, d => ["CONFIG", "SET", d.Pick("min-replicas-max-lag", "repl-backlog-ttl", "replica-priority", "repl-timeout"), d.Pick("0", "1", "10", "x", "-1")] },
        { "CONFIG GET:replication", 3, d => ["CONFIG", "GET", d.Pick("repl-*", "replica-*", "slave*", "min-*", "masteruser", "replicaof")] },
        { "DEBUG CHANGE-REPL-ID", 1, d => ["DEBUG", "CHANGE-REPL-ID"] },
    }
        .With("REPLICAOF:reads", 14, d => [Follow, .. Several(d), Lead])
        .With("REPLICAOF:role", 3, d => [Follow, new Call(["ROLE"]), new Call(["WAIT", "0", "1"]), new Call(["FAILOVER"]), new Call(["FAILOVER", "ABORT"]), new Call(["INFO", "replication"]), Follow, Lead])
        .With("REPLICAOF:strict", 5, d => [Follow, new Call(["CONFIG", "SET", "replica-serve-stale-data", "no"]), .. Several(d), new Call(["PING"]), new Call(["CONFIG", "SET", "replica-serve-stale-data", "yes"]), Lead])
        .With("REPLICAOF:writes", 8, d => [Follow, new Call(["CONFIG", "SET", "replica-read-only", "no"]), .. Writes(d), new Call(["CONFIG", "SET", "replica-read-only", "yes"]), Lead])
        .With("EXEC:replica", 5, d => [Follow, new Call(["MULTI"]), .. Several(d), new Call(["EXEC"]), Lead])
        .With("EXEC:role", 3, d => [new Call(["MULTI"]), new Call(d.Pick<string[]>([["REPLICAOF", "NO", "ONE"], ["ROLE"], ["WAIT", "0", "1"], ["FAILOVER"], ["PSYNC", "?", "-1"], ["SYNC"]])), d.AnyData(), new Call(["EXEC"])])
        .With("CONFIG SET:min-replicas", 6, d => [new Call(["CONFIG", "SET", "min-replicas-to-write", "1"]), .. Several(d), new Call(["CONFIG", "SET", "min-replicas-to-write", "0"])])
        .With("GET:any", 60, d => [d.AnyData()]);

    // A time of death before 1970, which a replica takes and a lifetime beyond all times wraps to, is none for redis-server: such a key never dies there.
    private static Call[] Writes(Dice d) => [.. Several(d).Where(call => !HasTimeBeforeAllTimes(call))];

    private static bool HasTimeBeforeAllTimes(Call call) => call.Words.Length > 2 && (call.Words[2].StartsWith('-') || call.Words[2].StartsWith("92233720368", StringComparison.Ordinal))
        && (call.Name.StartsWith("RESTORE", StringComparison.Ordinal) || call.Name.StartsWith("EXPIRE", StringComparison.Ordinal) || call.Name.StartsWith("PEXPIRE", StringComparison.Ordinal));

    private static Call[] Several(Dice d) => [.. Enumerable.Range(0, d.Between(1, 6)).Select(_ => d.AnyData())];
}
