namespace Keyway.Differential.Commands;

/// <summary>The settings that say when a small encoding ends: low ones let short sequences cross them.</summary>
internal static class Thresholds
{
    /// <summary>What each sequence begins with, whatever the last one has changed.</summary>
    public static readonly (string Name, string Default)[] Defaults =
    [
        ("hash-max-listpack-entries", "128"), ("hash-max-listpack-value", "64"), ("list-max-listpack-size", "-2"), ("list-compress-depth", "0"), ("set-max-intset-entries", "512"),
        ("zset-max-listpack-entries", "128"), ("zset-max-listpack-value", "64"), ("hll-sparse-max-bytes", "3000"), ("stream-node-max-bytes", "4096"), ("stream-node-max-entries", "100"),
        ("maxmemory", "0"), ("maxmemory-policy", "noeviction"), ("maxmemory-samples", "5"), ("notify-keyspace-events", ""), ("slowlog-log-slower-than", "10000000"), ("slowlog-max-len", "128"),
        ("latency-monitor-threshold", "0"), ("timeout", "0"), ("tcp-keepalive", "300"), ("dynamic-hz", "yes"), ("lazyfree-lazy-eviction", "no"), ("lazyfree-lazy-expire", "no"),
        ("lazyfree-lazy-server-del", "no"), ("lazyfree-lazy-user-del", "no"), ("lazyfree-lazy-user-flush", "no"), ("active-expire-effort", "1"), ("lfu-log-factor", "10"), ("lfu-decay-time", "1"),
        ("repl-timeout", "60"), ("min-replicas-max-lag", "10"), ("replica-priority", "100"), ("acllog-max-len", "128"), ("appendfsync", "everysec"), ("busy-reply-threshold", "5000"),
        ("repl-backlog-ttl", "3600"), ("maxmemory-eviction-tenacity", "10"), ("tracking-table-max-keys", "1000000"), ("loglevel", "notice"), ("save", ""),
        ("replica-serve-stale-data", "yes"), ("replica-read-only", "yes"), ("min-replicas-to-write", "0"), ("rdbcompression", "yes"), ("rdbchecksum", "yes"), ("sanitize-dump-payload", "no"),
    ];

    /// <summary>CONFIG SET of one of them while there are no keys.</summary>
    public static string[] Begin(Dice d) => d.OneIn(8) ? ["CONFIG", "SET", "stream-node-max-bytes", d.Pick("0", "50", "200", "4096")] : Change(d);

    /// <summary>CONFIG SET of one of them. Not of the bytes of streams' nodes: redis-server spoils a stream, and dies of it, when they become less while it is there.</summary>
    public static string[] Change(Dice d) => ["CONFIG", "SET", .. d.OneOf(
        ["hash-max-listpack-entries", d.Pick("0", "2", "8", "128", "512")], ["hash-max-ziplist-entries", d.Pick("4", "128")], ["hash-max-listpack-value", d.Pick("0", "4", "64")],
        ["list-max-listpack-size", d.Pick("-1", "-2", "-5", "1", "3", "4", "16", "0")], ["list-compress-depth", d.Pick("0", "0", "1", "2")], ["set-max-intset-entries", d.Pick("0", "3", "8", "512")],
        ["zset-max-listpack-entries", d.Pick("0", "2", "8", "128")], ["zset-max-ziplist-value", d.Pick("0", "4", "64")], ["hll-sparse-max-bytes", d.Pick("0", "50", "300", "3000", "16000")],
        ["stream-node-max-entries", d.Pick("0", "1", "3", "10", "100")])];
}
