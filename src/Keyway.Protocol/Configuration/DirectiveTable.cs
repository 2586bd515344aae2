using static Keyway.Protocol.Configuration.DirectiveKind;

namespace Keyway.Protocol.Configuration;

/// <summary>The directives of Redis 7.0.15, with its defaults and bounds. To give one an effect: mark it, and read it in the shard's settings.</summary>
public static class DirectiveTable
{
    private const int MaxInt = int.MaxValue;

    private static readonly string[] SignalWords = ["default", "save", "nosave", "now", "force"];

    private static readonly Directive[] Rows =
    [
        // What this server heeds.
        Int("port", 6379, 0, 65535) with { HasEffect = true },
        new("bind", Words, "* -::*") { HasEffect = true, WritesEmpty = true },
        Str("unixsocket") with { IsFixed = true, HasEffect = true },
        new("unixsocketperm", Octal, "0") { Maximum = 511, IsFixed = true, HasEffect = true },
        Int("tcp-backlog", 511, 0, MaxInt) with { IsFixed = true, HasEffect = true },
        Int("databases", 16, 1, MaxInt) with { IsFixed = true, HasEffect = true },
        Int("maxclients", 10000, 1, uint.MaxValue) with { HasEffect = true },
        Int("timeout", 0, 0, MaxInt) with { HasEffect = true },
        Str("requirepass") with { IsSensitive = true, HasEffect = true },
        Bool("protected-mode", true) with { HasEffect = true },
        Choice("enable-debug-command", "no", "no", "yes", "local") with { IsFixed = true, HasEffect = true },
        Choice("enable-module-command", "no", "no", "yes", "local") with { IsFixed = true, HasEffect = true },
        Int("hz", 10, 0, MaxInt) with { HasEffect = true },
        Mem("maxmemory", 0, 0, ulong.MaxValue) with { HasEffect = true },
        Choice("maxmemory-policy", "noeviction",
            "volatile-lru", "volatile-lfu", "volatile-random", "volatile-ttl", "allkeys-lru", "allkeys-lfu", "allkeys-random", "noeviction") with { HasEffect = true },
        Int("lfu-log-factor", 10, 0, MaxInt) with { HasEffect = true },
        Int("lfu-decay-time", 1, 0, MaxInt) with { HasEffect = true },
        Bool("lazyfree-lazy-expire", false) with { HasEffect = true },
        Bool("lazyfree-lazy-user-del", false) with { HasEffect = true },
        Bool("lazyfree-lazy-user-flush", false) with { HasEffect = true },
        Mem("proto-max-bulk-len", 512L * 1024 * 1024, 1024 * 1024, long.MaxValue) with { HasEffect = true },
        Mem("client-query-buffer-limit", 1024L * 1024 * 1024, 1024 * 1024, long.MaxValue) with { HasEffect = true },
        Int("hash-max-listpack-entries", 512, 0, long.MaxValue) with { Alias = "hash-max-ziplist-entries", HasEffect = true },
        Mem("hash-max-listpack-value", 64, 0, long.MaxValue) with { Alias = "hash-max-ziplist-value", HasEffect = true },
        Int("zset-max-listpack-entries", 128, 0, long.MaxValue) with { Alias = "zset-max-ziplist-entries", HasEffect = true },
        Mem("zset-max-listpack-value", 64, 0, long.MaxValue) with { Alias = "zset-max-ziplist-value", HasEffect = true },
        Int("list-max-listpack-size", -2, int.MinValue, MaxInt) with { Alias = "list-max-ziplist-size", HasEffect = true },
        Int("list-compress-depth", 0, 0, MaxInt) with { HasEffect = true },
        Int("set-max-intset-entries", 512, 0, long.MaxValue) with { HasEffect = true },
        Mem("stream-node-max-bytes", 4096, 0, long.MaxValue) with { HasEffect = true },
        Int("stream-node-max-entries", 100, 0, long.MaxValue) with { HasEffect = true },
        Mem("hll-sparse-max-bytes", 3000, 0, long.MaxValue) with { HasEffect = true },
        Bool("cluster-enabled", false) with { IsFixed = true, HasEffect = true },
        new("replicaof", MasterAddress, "") { Alias = "slaveof", IsFixed = true, HasEffect = true },

        // Accepted, without effect.
        Choice("loglevel", "notice", "debug", "verbose", "notice", "warning") with { HasEffect = true },
        Str("logfile") with { WritesEmpty = true, IsFixed = true, HasEffect = true },
        Str("dir", ".") with { IsProtected = true, HasEffect = true },
        Str("pidfile") with { IsFixed = true, HasEffect = true },
        Bool("daemonize", false) with { IsFixed = true },
        Choice("supervised", "no", "upstart", "systemd", "auto", "no") with { IsFixed = true },
        Bool("always-show-logo", false) with { IsFixed = true },
        Bool("set-proc-title", true) with { IsFixed = true },
        Str("proc-title-template", "{title} {listen-addr} {server-mode}") with { WritesEmpty = true },
        Bool("syslog-enabled", false) with { IsFixed = true },
        Str("syslog-ident", "redis") with { WritesEmpty = true, IsFixed = true },
        Choice("syslog-facility", "local0", "user", "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7") with { IsFixed = true },
        Bool("crash-log-enabled", true),
        Bool("crash-memcheck-enabled", true),
        Bool("disable-thp", true) with { IsFixed = true },
        Str("ignore-warnings") with { WritesEmpty = true },
        Int("io-threads", 1, 1, 128) with { IsFixed = true },
        Bool("io-threads-do-reads", false) with { IsFixed = true },
        Int("tcp-keepalive", 300, 0, MaxInt) with { HasEffect = true },
        Int("socket-mark-id", 0, 0, uint.MaxValue) with { IsFixed = true },
        Str("bind-source-addr"),
        Bool("dynamic-hz", true) with { HasEffect = true },
        Bool("activerehashing", true),
        Int("active-expire-effort", 1, 1, 10) with { HasEffect = true },
        Int("maxmemory-samples", 5, 1, MaxInt) with { HasEffect = true },
        Int("maxmemory-eviction-tenacity", 10, 0, 100) with { HasEffect = true },
        new("maxmemory-clients", MemoryOrPercent, "0") { HasEffect = true },
        Bool("lazyfree-lazy-eviction", false) with { HasEffect = true },
        Bool("lazyfree-lazy-server-del", false),
        Bool("replica-lazy-flush", false) with { Alias = "slave-lazy-flush" },
        Bool("jemalloc-bg-thread", true),
        Bool("activedefrag", false),
        Mem("active-defrag-ignore-bytes", 104857600, 1, long.MaxValue),
        Int("active-defrag-threshold-lower", 10, 0, 1000),
        Int("active-defrag-threshold-upper", 100, 0, 1000),
        Int("active-defrag-cycle-min", 1, 1, 99),
        Int("active-defrag-cycle-max", 25, 1, 99),
        Int("active-defrag-max-scan-fields", 1000, 1, long.MaxValue),
        new("client-output-buffer-limit", BufferLimits, "normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60") { HasEffect = true },
        new("notify-keyspace-events", EventClasses, "") { HasEffect = true },
        Int("slowlog-log-slower-than", 10000, -1, long.MaxValue) with { HasEffect = true },
        Int("slowlog-max-len", 128, 0, long.MaxValue) with { HasEffect = true },
        Int("latency-monitor-threshold", 0, 0, long.MaxValue) with { HasEffect = true },
        Bool("latency-tracking", true) with { HasEffect = true },
        new("latency-tracking-info-percentiles", Percentiles, "50 99 99.9") { HasEffect = true },
        Int("tracking-table-max-keys", 1000000, 0, long.MaxValue),
        Int("busy-reply-threshold", 5000, 0, long.MaxValue) with { Alias = "lua-time-limit" },
        Str("aclfile") with { IsFixed = true },
        Choice("acl-pubsub-default", "resetchannels", "allchannels", "resetchannels"),
        Int("acllog-max-len", 128, 0, long.MaxValue),
        Bool("enable-protected-configs", false) with { Kind = DirectiveKind.Choice, Choices = ["no", "yes", "local"], IsFixed = true, HasEffect = true },
        Choice("sanitize-dump-payload", "no", "no", "yes", "clients"),
        Choice("propagation-error-behavior", "ignore", "ignore", "panic", "panic-on-replicas"),
        Choice("oom-score-adj", "no", "no", "yes", "relative", "absolute"),
        new("oom-score-adj-values", OomScores, "0 200 800"),
        Str("server_cpulist") with { IsFixed = true },
        Str("bio_cpulist") with { IsFixed = true },
        Str("aof_rewrite_cpulist") with { IsFixed = true },
        Str("bgsave_cpulist") with { IsFixed = true },
        Int("shutdown-timeout", 10, 0, MaxInt) with { HasEffect = true },
        new("shutdown-on-sigint", SignalActions, "default") { Choices = SignalWords, HasEffect = true },
        new("shutdown-on-sigterm", SignalActions, "default") { Choices = SignalWords, HasEffect = true },

        // Persistence and replication.
        new("save", SavePoints, "3600 1 300 100 60 10000") { HasEffect = true },
        Str("dbfilename", "dump.rdb") with { IsProtected = true, WritesEmpty = true, HasEffect = true },
        Bool("rdbcompression", true) with { HasEffect = true },
        Bool("rdbchecksum", true) with { IsFixed = true, HasEffect = true },
        Bool("rdb-del-sync-files", false) with { HasEffect = true },
        Bool("rdb-save-incremental-fsync", true) with { HasEffect = true },
        Bool("stop-writes-on-bgsave-error", true) with { HasEffect = true },
        Bool("appendonly", false) with { HasEffect = true },
        Choice("appendfsync", "everysec", "everysec", "always", "no") with { HasEffect = true },
        Str("appendfilename", "appendonly.aof") with { IsFixed = true, HasEffect = true },
        Str("appenddirname", "appendonlydir") with { IsFixed = true, HasEffect = true },
        Bool("no-appendfsync-on-rewrite", false) with { HasEffect = true },
        Int("auto-aof-rewrite-percentage", 100, 0, MaxInt) with { HasEffect = true },
        Mem("auto-aof-rewrite-min-size", 67108864, 0, long.MaxValue) with { HasEffect = true },
        Bool("aof-load-truncated", true) with { HasEffect = true },
        Bool("aof-use-rdb-preamble", true) with { HasEffect = true },
        Bool("aof-timestamp-enabled", false) with { HasEffect = true },
        Bool("aof-disable-auto-gc", false) with { HasEffect = true },
        Bool("aof-rewrite-incremental-fsync", true) with { HasEffect = true },
        Str("masterauth") with { IsSensitive = true, HasEffect = true },
        Str("masteruser") with { IsSensitive = true, HasEffect = true },
        Bool("replica-serve-stale-data", true) with { Alias = "slave-serve-stale-data", HasEffect = true },
        Bool("replica-read-only", true) with { Alias = "slave-read-only", HasEffect = true },
        Bool("replica-ignore-maxmemory", true) with { Alias = "slave-ignore-maxmemory", HasEffect = true },
        Bool("replica-announced", true) with { HasEffect = true },
        Bool("replica-ignore-disk-write-errors", false) with { HasEffect = true },
        Int("replica-priority", 100, 0, MaxInt) with { Alias = "slave-priority", HasEffect = true },
        Str("replica-announce-ip") with { Alias = "slave-announce-ip", HasEffect = true },
        Int("replica-announce-port", 0, 0, 65535) with { Alias = "slave-announce-port", HasEffect = true },
        Bool("repl-diskless-sync", true) with { HasEffect = true },
        Int("repl-diskless-sync-delay", 5, 0, MaxInt) with { HasEffect = true },
        Int("repl-diskless-sync-max-replicas", 0, 0, MaxInt) with { HasEffect = true },
        Choice("repl-diskless-load", "disabled", "disabled", "on-empty-db", "swapdb") with { HasEffect = true },
        Int("repl-ping-replica-period", 10, 1, MaxInt) with { Alias = "repl-ping-slave-period", HasEffect = true },
        Int("repl-timeout", 60, 1, MaxInt) with { HasEffect = true },
        Bool("repl-disable-tcp-nodelay", false) with { HasEffect = true },
        Mem("repl-backlog-size", 1048576, 1, long.MaxValue) with { HasEffect = true },
        Int("repl-backlog-ttl", 3600, 0, long.MaxValue) with { HasEffect = true },
        Int("min-replicas-to-write", 0, 0, MaxInt) with { Alias = "min-slaves-to-write", HasEffect = true },
        Int("min-replicas-max-lag", 10, 0, MaxInt) with { Alias = "min-slaves-max-lag", HasEffect = true },

        // Cluster and TLS.
        Str("cluster-config-file", "nodes.conf") with { IsFixed = true },
        Int("cluster-node-timeout", 15000, 0, long.MaxValue),
        Int("cluster-port", 0, 0, 65535) with { IsFixed = true },
        Str("cluster-announce-ip"),
        Str("cluster-announce-hostname"),
        Int("cluster-announce-port", 0, 0, 65535),
        Int("cluster-announce-bus-port", 0, 0, 65535),
        Int("cluster-announce-tls-port", 0, 0, 65535),
        Choice("cluster-preferred-endpoint-type", "ip", "ip", "hostname", "unknown-endpoint"),
        Int("cluster-replica-validity-factor", 10, 0, MaxInt) with { Alias = "cluster-slave-validity-factor" },
        Bool("cluster-replica-no-failover", false) with { Alias = "cluster-slave-no-failover" },
        Int("cluster-migration-barrier", 1, 0, MaxInt),
        Bool("cluster-allow-replica-migration", true),
        Bool("cluster-require-full-coverage", true),
        Bool("cluster-allow-reads-when-down", false),
        Bool("cluster-allow-pubsubshard-when-down", true),
        Mem("cluster-link-sendbuf-limit", 0, 0, ulong.MaxValue),
        Int("tls-port", 0, 0, 65535) with { HasEffect = true },
        Bool("tls-cluster", false),
        Bool("tls-replication", false) with { HasEffect = true },
        Choice("tls-auth-clients", "yes", "no", "yes", "optional") with { HasEffect = true },
        Bool("tls-prefer-server-ciphers", false),       // the server's order always counts: .NET asks OpenSSL for that
        Bool("tls-session-caching", true) with { HasEffect = true },
        Int("tls-session-cache-size", 20480, 0, MaxInt),
        Int("tls-session-cache-timeout", 300, 0, MaxInt),
        Str("tls-cert-file") with { NamesFile = true, HasEffect = true },
        Str("tls-key-file") with { NamesFile = true, HasEffect = true },
        Str("tls-key-file-pass") with { IsSensitive = true, HasEffect = true },
        Str("tls-client-cert-file") with { NamesFile = true, HasEffect = true },
        Str("tls-client-key-file") with { NamesFile = true, HasEffect = true },
        Str("tls-client-key-file-pass") with { IsSensitive = true, HasEffect = true },
        Str("tls-dh-params-file") with { NamesFile = true },
        Str("tls-ca-cert-file") with { NamesFile = true, HasEffect = true },
        Str("tls-ca-cert-dir") with { NamesFile = true, HasEffect = true },
        Str("tls-protocols") with { HasEffect = true },
        Str("tls-ciphers") with { HasEffect = true },
        Str("tls-ciphersuites") with { HasEffect = true },

        // What only tests of servers use, and no pattern of CONFIG GET finds.
        Int("rdb-key-save-delay", 0, int.MinValue, MaxInt) with { IsHidden = true, HasEffect = true },
        Int("key-load-delay", 0, int.MinValue, MaxInt) with { IsHidden = true, HasEffect = true },
        Int("watchdog-period", 0, 0, MaxInt) with { IsHidden = true },
        Bool("use-exit-on-panic", false) with { IsHidden = true },
    ];

    private static readonly string[] Obsolete = ["list-max-ziplist-entries", "list-max-ziplist-value", "lua-replicate-commands"];

    private static readonly Dictionary<string, Directive> ByName = Index();

    public static IReadOnlyList<Directive> All => Rows;

    /// <summary>Directives of older versions that Redis passes over.</summary>
    public static bool IsObsolete(string name) => Obsolete.Contains(name, StringComparer.OrdinalIgnoreCase);

    public static Directive? Find(string name) => ByName.GetValueOrDefault(name);

    private static Dictionary<string, Directive> Index()
    {
        var index = new Dictionary<string, Directive>(StringComparer.OrdinalIgnoreCase);
        foreach (Directive row in Rows)
        {
            index.Add(row.Name, row);
            if (row.Alias != null) index.Add(row.Alias, row);
        }

        return index;
    }

    private static Directive Str(string name, string standard = "") => new(name, Text, standard);

    private static Directive Bool(string name, bool standard) => new(name, DirectiveKind.Boolean, standard ? "yes" : "no");

    private static Directive Int(string name, long standard, Int128 minimum, Int128 maximum) =>
        new(name, Integer, $"{standard}") { Minimum = minimum, Maximum = maximum };

    private static Directive Mem(string name, long standard, Int128 minimum, Int128 maximum) =>
        new(name, Memory, $"{standard}") { Minimum = minimum, Maximum = maximum };

    private static Directive Choice(string name, string standard, params string[] choices) =>
        new(name, DirectiveKind.Choice, standard) { Choices = choices };
}
