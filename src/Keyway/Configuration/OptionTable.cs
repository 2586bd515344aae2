using static Keyway.Configuration.OptionType;

namespace Keyway.Configuration;

/// <summary>Every key of the map. What is not here is an unknown key to the loader and an error in an editor.</summary>
internal static class OptionTable
{
    public static readonly string[] Hashes =
        ["one_at_a_time", "md5", "crc16", "crc32", "crc32a", "fnv1_64", "fnv1a_64", "fnv1_32", "fnv1a_32", "hsieh", "murmur", "jenkins"];

    public static readonly OptionGroup ShardTls = new("shardTls", "TLS from the gateway to this shard.",
        new Option("ca", OptionType.Path, "Whom to trust: a PEM file. Default: the system's list."),
        new Option("cert", OptionType.Path, "The gateway's own certificate, PEM."),
        new Option("key", OptionType.Path, "The key of `cert`, PEM."),
        new Option("name", Text, "The name that the shard's certificate must carry. Default: the host connected to."));

    public static readonly OptionGroup PoolTls = new("poolTls", "TLS from clients.",
        new Option("cert", OptionType.Path, "The certificate that clients see, PEM."),
        new Option("key", OptionType.Path, "The key of `cert`, PEM."),
        new Option("ca", OptionType.Path, "Clients must show a certificate that this PEM file vouches for. Default: none is asked for."))
    {
        Required = ["cert", "key"],
    };

    public static readonly OptionGroup Sentinel = new("sentinel", "A master that sentinels name.",
        new Option("master", Text, "The master's name in the sentinels' configuration."),
        new Option("nodes", Addresses, "The sentinels, host:port."))
    {
        Required = ["master", "nodes"],
    };

    public static readonly OptionGroup Shard = new("shard",
        "One shard: exactly one of embedded, local, nodes, sentinel, cluster says who holds its keys.",
        new Option("embedded", Port, "One server inside this process, on this port: fastest, nothing is replicated.") { Min = 1, Max = 65535 },
        new Option("local", Ports,
            "Own processes on these ports, supervised: the first starts as master, the rest replicate it.") { Min = 1, Max = 65535 },
        new Option("nodes", Addresses, "Redis, Valkey or `keyway shard`, host:port: a master and its replicas; who is which is discovered."),
        new Option("sentinel", OptionType.Object, "A master that sentinels name.") { Group = Sentinel },
        new Option("cluster", Addresses, "Some nodes of a Redis Cluster, which stands as one shard; its slots stay its own."),
        new Option("user", Text, "The user that the gateway authenticates as (nodes, sentinel, cluster). Default: Redis's `default`."),
        new Option("password", Text, "The password that the gateway authenticates with (nodes, sentinel, cluster)."),
        new Option("password_file", OptionType.Path, "A file that holds the password; one line end after it is ignored."),
        new Option("tls", OptionType.Object, "TLS from the gateway to this shard (nodes, sentinel, cluster).") { Group = ShardTls },
        new Option("timeout", Duration, "How long the shard may stay silent while it owes replies.") { Default = "2s", Min = 1 },
        new Option("private_links", Integer, "Links for big requests, WATCH and blocking commands.") { Default = "1000", Min = 1 },
        new Option("conf", Directives, "redis.conf directives of an included shard (embedded, local)."))
    {
        OneOf = ["embedded", "local", "nodes", "sentinel", "cluster"],
    };

    public static readonly OptionGroup User = new("user", "A user of this pool.",
        new Option("password", Text, "The user's password."),
        new Option("password_file", OptionType.Path, "A file that holds the password; one line end after it is ignored."),
        new Option("allow", Texts, "Commands and @categories that the user may call. Default: all."),
        new Option("keys", Texts, "Prefixes of the keys that the user may touch. Default: all."),
        new Option("shard", OptionType.Shard, "The one shard that the user may reach. Default: all."),
        new Option("pool", Text, "Or the pool by whose rules the user's keys are placed. Default: this one."));

    public static readonly OptionGroup Unit = new("unit", "Where the keys of a database live, whatever the pool's own rules say.",
        new Option("shard", OptionType.Shard, "All of them on one shard."),
        new Option("pool", Text, "By the rules of that pool."))
    {
        OneOf = ["shard", "pool"],
    };

    public static readonly OptionGroup Twemproxy = new("twemproxy", "twemproxy's placement, bit-exact.",
        new Option("hash", Choice, "twemproxy's `hash`.") { Choices = Hashes, Default = "fnv1a_64" },
        new Option("tag", Text, "twemproxy's `hash_tag`: two characters; what stands between them is hashed alone."),
        new Option("servers", Servers,
            "Each shard with its line in twemproxy's `servers`, in that order: host:port:weight, or with a name after a space."))
    {
        Required = ["servers"],
    };

    public static readonly OptionGroup Range = new("range", "One range in the list form.",
        new Option("from", Text, "The first number or text that the range holds. Default: no lower end. `hex:00ff` writes bytes (by: text)."),
        new Option("to", Text,
            "by: number, the last number that the range holds; by: text, the first text that it holds no longer. Default: no upper end."),
        new Option("shard", OptionType.Shard, "The shard that owns the range."))
    {
        Required = ["shard"],
    };

    public static readonly OptionGroup Rule = new("rule",
        "Which keys the rule holds (by prefix), and by exactly one of by, shard, slots, ketama, modula how it divides them.",
        new Option("name", Text, "The rule's name in errors and `keyway explain`. Default: the prefix, or \"rest\"."),
        new Option("prefix", Text, "Keys that begin so. The longest prefix wins; one rule of a pool has none and catches the rest."),
        new Option("by", Choice,
            "With `ranges`: number reads the decimal digits after the prefix, text compares the bytes after it.") { Choices = ["number", "text"] },
        new Option("ranges", Ranges,
            "by: number, `1-20000: s1`, both ends included, `20001-` and `-0` are open; by: text, `a..m: s1`, from included, to excluded."),
        new Option("otherwise", Otherwise, "What no range holds: `next` is the next shorter prefix, else a shard. Default: an error to the client."),
        new Option("shard", OptionType.Shard, "All of it on one shard."),
        new Option("slots", Slots, "CRC16 mod 16384 with Redis's hash tags: `0-5460: s1`; together exactly 0-16383."),
        new Option("ketama", OptionType.Object, "twemproxy's ketama, bit-exact.") { Group = Twemproxy },
        new Option("modula", OptionType.Object, "twemproxy's modula, bit-exact.") { Group = Twemproxy })
    {
        OneOf = ["by", "shard", "slots", "ketama", "modula"],
    };

    public static readonly OptionGroup Pool = new("pool", "One endpoint for clients and the map behind it.",
        new Option("listen", Addresses, "Where clients connect: address:port or unix:/path, one or a list."),
        new Option("password", Text, "What clients must AUTH with."),
        new Option("password_file", OptionType.Path, "A file that holds the password; one line end after it is ignored."),
        new Option("users", Objects, "Users with rights of their own.") { Group = User },
        new Option("tls", OptionType.Object, "TLS from clients.") { Group = PoolTls },
        new Option("max_clients", Integer, "Connections at a time.") { Default = "10000", Min = 1 },
        new Option("max_pipeline", Integer,
            "Requests one client may have in flight before its socket is read no further.") { Default = "1024", Min = 1 },
        new Option("max_collected", Size,
            "What one client's unfinished request may collect before its owner is known.") { Default = "64mb", Min = 65536, Max = long.MaxValue },
        new Option("buffers", Size, "The same for all clients together.") { Default = "512mb", Min = 65536, Max = long.MaxValue },
        new Option("max_key", Size, "The longest key that a request may name; a longer one is an error.") { Default = "512mb", Min = 1, Max = 512L << 20 },
        new Option("max_value", Size, "The longest argument of a request; a longer one closes the connection, as Redis's proto-max-bulk-len.")
            { Default = "512mb", Min = 1024, Max = 512L << 20 },
        new Option("max_transaction", Size, "What one transaction may queue.") { Default = "1mb", Min = 1, Max = long.MaxValue },
        new Option("idle", Duration, "When a silent client is closed; 0 is never.") { Default = "0" },
        new Option("databases", Integer, "How many databases SELECT offers.") { Default = "16", Min = 1 },
        new Option("dbs", Objects, "Databases whose keys live elsewhere, by number: `3: { shard: s1 }`.") { Group = Unit },
        new Option("commands", Choice,
            "Commands that Keyway does not know: learn them from the masters, or refuse them.") { Default = "learn", Choices = ["learn", "known"] },
        new Option("reads", Choice, "Who answers reads.") { Default = "master", Choices = ["master", "prefer-replica", "replica"] },
        new Option("max_lag", Duration, "How far behind a replica may be that answers reads. Default: any distance.") { Min = 1 },
        new Option("hold", Duration, "How long requests wait, unsent, for a shard that has no master.") { Default = "5s" },
        new Option("moves", Choice,
            "A reload that gives keys another owner: refuse it, or abandon the keys (a cache: they stay behind, unreachable).")
            { Default = "refuse", Choices = ["refuse", "abandon"] },
        new Option("protected", Flag, "Refuse to listen off loopback without password or users.") { Default = "yes" },
        new Option("shard", OptionType.Shard, "All of the pool on one shard, instead of `partitions`."),
        new Option("partitions", List,
            "The rules. The longest prefix wins, their order does not matter, one of them has no prefix.") { Group = Rule })
    {
        Required = ["listen"],
        OneOf = ["shard", "partitions"],
    };

    public static readonly OptionGroup Root = new("map", "Keyway's map: the shards, and the pools through which clients reach them.",
        new Option("admin", OptionType.Address, "/metrics, /healthz, /readyz and the status page.") { Default = "127.0.0.1:9380" },
        new Option("loops", Integer, "Gateway threads. Default: one a core.") { Min = 1, Max = 1024 },
        new Option("data", OptionType.Path,
            "Where included shards keep their files, and Keyway the map last served; relative to the working directory.") { Default = "data" },
        new Option("shards", Objects, "The shards by name.") { Group = Shard },
        new Option("pools", Objects, "The pools by name.") { Group = Pool })
    {
        Required = ["shards", "pools"],
    };

    /// <summary>Every group, for the schema.</summary>
    public static readonly OptionGroup[] Groups = [Shard, Sentinel, ShardTls, Pool, PoolTls, User, Unit, Rule, Range, Twemproxy];
}
