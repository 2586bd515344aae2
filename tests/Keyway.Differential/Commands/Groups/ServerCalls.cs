namespace Keyway.Differential.Commands.Groups;

internal static class ServerCalls
{
    private static readonly string[] Parameters =
    [
        "maxmemory", "maxmemory-policy", "maxmemory-samples", "hash-max-listpack-entries", "hash-max-ziplist-value", "list-max-listpack-size", "list-compress-depth", "set-max-intset-entries",
        "zset-max-listpack-entries", "zset-max-ziplist-value", "hll-sparse-max-bytes", "stream-node-max-bytes", "stream-node-max-entries", "lfu-log-factor", "lfu-decay-time", "notify-keyspace-events",
        "slowlog-log-slower-than", "slowlog-max-len", "latency-monitor-threshold", "timeout", "tcp-keepalive", "hz", "dynamic-hz", "activedefrag", "lazyfree-lazy-eviction", "lazyfree-lazy-expire",
        "lazyfree-lazy-server-del", "lazyfree-lazy-user-del", "lazyfree-lazy-user-flush", "active-expire-effort", "proto-max-bulk-len", "client-query-buffer-limit", "close-on-oom", "appendfsync",
        "repl-backlog-size", "repl-timeout", "min-replicas-max-lag", "replica-priority", "slave-priority", "busy-reply-threshold", "lua-time-limit", "acllog-max-len", "tracking-table-max-keys",
    ];

    private static readonly string[] Settings =
    [
        "100", "0", "-1", "x", "", "1mb", "2GB", "1k", "yes", "no", "YES", "noeviction", "allkeys-lru", "ALLKEYS-lfu", "volatile-ttl", "KEA", "gxE", "q", "10", "64", "512", "1.5", "9223372036854775807",
        "50%", "always", "everysec", "99999999999999999999", "-2", "5",
    ];

    // Settings whose change does not make two servers differ in anything but the reply.
    private static readonly string[] Harmless =
    [
        "maxmemory-samples", "lfu-log-factor", "lfu-decay-time", "timeout", "tcp-keepalive", "dynamic-hz", "lazyfree-lazy-eviction", "lazyfree-lazy-expire", "lazyfree-lazy-server-del",
        "lazyfree-lazy-user-del", "lazyfree-lazy-user-flush", "active-expire-effort", "slowlog-max-len", "repl-timeout", "min-replicas-max-lag", "replica-priority", "acllog-max-len", "appendfsync",
        "busy-reply-threshold", "slave-priority", "repl-backlog-ttl", "maxmemory-eviction-tenacity", "nosuchsetting", "databases", "tracking-table-max-keys", "loglevel",
    ];

    public static CommandGroup Group { get; } = new CommandGroup("server", isExact: true)
    {
        { "CONFIG GET", 12, d => ["CONFIG", d.AnyCase("GET"), .. d.Few(() => d.AnyCase(d.Pick(Parameters)))] },
        { "CONFIG GET:pattern", 5, d => ["CONFIG", "GET", d.Pick("*-max-listpack-*", "*ziplist*", "lazyfree*", "maxmemory*", "zset*", "nosuch", "[", "lfu-*", "\\hz", "slowlog-*", "stream-*", "h?")] },
        { "CONFIG SET", 14, d => ["CONFIG", "SET", d.Pick(Harmless), d.Pick(Settings), .. d.Often(25, d.Pick(Harmless), d.Pick(Settings)), .. d.Often(3, "x")] },
        { "CONFIG SET:thresholds", 8, Thresholds.Change },
        { "CONFIG RESETSTAT", 1, d => ["CONFIG", "RESETSTAT"] },
        { "CONFIG HELP", 1, d => ["CONFIG", d.Pick("HELP", "foo")] },
        { "INFO", 4, d => ["INFO", .. d.Some([d.Pick("server", "clients", "memory", "persistence", "stats", "replication", "cpu", "keyspace", "commandstats", "errorstats", "latencystats", "modules", "cluster", "all", "default", "everything", "nosuch")], ["keyspace"])] },
        { "MEMORY USAGE", 6, d => ["MEMORY", "USAGE", d.AnyKey(), .. d.OneOf([], ["SAMPLES", d.Integer()], ["foo"], ["SAMPLES"])] },
        { "MEMORY DOCTOR", 1, d => ["MEMORY", "DOCTOR"] },
        { "MEMORY STATS", 1, d => ["MEMORY", "STATS"] },
        { "MEMORY MALLOC-STATS", 1, d => ["MEMORY", "MALLOC-STATS"] },
        { "MEMORY PURGE", 1, d => ["MEMORY", "PURGE"] },
        { "MEMORY HELP", 1, d => ["MEMORY", d.Pick("HELP", "foo")] },
        { "SLOWLOG GET", 3, d => ["SLOWLOG", "GET", .. d.Maybe(d.Pick("-1", "0", "5", "x", "-2", "100"))] },
        { "SLOWLOG LEN", 1, d => ["SLOWLOG", "LEN"] },
        { "SLOWLOG RESET", 1, d => ["SLOWLOG", "RESET"] },
        { "SLOWLOG HELP", 1, d => ["SLOWLOG", d.Pick("HELP", "foo")] },
        { "LATENCY LATEST", 1, d => ["LATENCY", "LATEST"] },
        { "LATENCY HISTORY", 1, d => ["LATENCY", "HISTORY", d.Pick("command", "fork", "x")] },
        { "LATENCY RESET", 1, d => ["LATENCY", "RESET", .. d.Maybe("command")] },
        { "LATENCY GRAPH", 1, d => ["LATENCY", "GRAPH", "nosuch"] },
        { "LATENCY DOCTOR", 1, d => ["LATENCY", "DOCTOR"] },
        { "LATENCY HISTOGRAM", 1, d => ["LATENCY", "HISTOGRAM", .. d.OneOf(["nosuch"], ["get"], ["set", "config"], [])] },
        { "LATENCY HELP", 1, d => ["LATENCY", d.Pick("HELP", "foo")] },
        { "TIME", 1, d => ["TIME", .. d.Often(10, "x")] },
        { "ROLE", 1, d => ["ROLE"] },
        { "LASTSAVE", 1, d => ["LASTSAVE"] },
        { "MODULE LIST", 1, d => ["MODULE", d.Pick("LIST", "HELP")] },
        { "DBSIZE", 2, d => ["DBSIZE"] },
        { "DEBUG OBJECT", 4, d => ["DEBUG", "OBJECT", d.AnyKey()] },
        { "DEBUG DIGEST", 2, d => ["DEBUG", "DIGEST"] },
        { "DEBUG DIGEST-VALUE", 4, d => ["DEBUG", "DIGEST-VALUE", .. d.Few(d.AnyKey)] },
        { "DEBUG SLEEP", 1, d => ["DEBUG", "SLEEP", "0"] },
        { "DEBUG JMAP", 1, d => ["DEBUG", "JMAP", .. d.Often(10, "x")] },
        { "DEBUG STRINGMATCH-LEN", 1, d => ["DEBUG", "STRINGMATCH-LEN", "20", "*a*"] },
        { "DEBUG ERROR", 2, d => ["DEBUG", "ERROR", d.Pick("ERR foo", "FOO bar", "x\r\ny", "-x", "")] },
        { "DEBUG PROTOCOL", 8, d => ["DEBUG", "PROTOCOL", d.Pick("string", "integer", "double", "null", "array", "set", "map", "bignum", "true", "false", "verbatim", "foo")] },
        { "DEBUG POPULATE", 1, d => ["DEBUG", "POPULATE", $"{d.Below(12)}", .. d.OneOf([], ["pop"], ["pop", $"{d.Below(40)}"])] },
        { "DEBUG QUICKLIST-PACKED-THRESHOLD", 1, d => ["DEBUG", "QUICKLIST-PACKED-THRESHOLD", d.Pick("100b", "1k", "0", "x")] },
        { "DEBUG HTSTATS-KEY", 1, d => ["DEBUG", "HTSTATS-KEY", d.AnyKey()] },
        { "DEBUG CHANGE-REPL-ID", 1, d => ["DEBUG", "CHANGE-REPL-ID"] },
        { "DEBUG SET-ACTIVE-EXPIRE", 1, d => ["DEBUG", "SET-ACTIVE-EXPIRE", "0"] },
        { "DEBUG:unknown", 1, d => ["DEBUG", d.Pick("foo", "")] },
        { "PFSELFTEST", 1, d => ["PFSELFTEST", "x"] },
        { "CONFIG REWRITE", 1, d => ["CONFIG", "REWRITE"] },
        { "SHUTDOWN", 1, d => ["SHUTDOWN", .. d.OneOf(["ABORT"], ["foo"], ["NOSAVE", "SAVE"], ["ABORT", "NOW"])] },
        { "FAILOVER", 1, d => ["FAILOVER", .. d.OneOf(["ABORT"], ["foo"], ["TO"])] },
        { "REPLICAOF", 1, d => [d.Pick("REPLICAOF", "SLAVEOF"), .. d.OneOf(["NO", "ONE"], ["no", "one"], ["host", "x"])] },
        { "REPLCONF", 1, d => ["REPLCONF", .. d.OneOf(["foo"], ["foo", "bar"])] },
        { "ACL WHOAMI", 1, d => ["ACL", "WHOAMI"] },
    }
        // With a limit of one byte, what needs memory is refused.
        .With("CONFIG SET:full", 2, d =>
        [
            new Call(["CONFIG", "SET", "maxmemory", "1"]), new Call(["SET", d.AnyKey(), "x"]), new Call(["LPUSH", d.Key(Kind.List), "x"]), new Call(["GET", d.Key(Kind.Text)]),
            new Call(["DEL", d.AnyKey()]), new Call(["CONFIG", "SET", "maxmemory", "0"]),
        ])
        .With("SLOWLOG GET:all", 2, d =>
        [
            new Call(["SLOWLOG", "RESET"]), new Call(["CONFIG", "SET", "slowlog-log-slower-than", "0"]), new Call(["GET", d.AnyKey()]), new Call(["RPUSH", d.Own(Kind.List), .. d.Many(d.Value)]),
            new Call(["CONFIG", "SET", "slowlog-log-slower-than", "10000000"]), new Call(["SLOWLOG", "LEN"]), new Call(["SLOWLOG", "GET", d.Pick("1", "2", "-1")]), new Call(["SLOWLOG", "RESET"]),
        ]);
}
