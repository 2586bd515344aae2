namespace Keyway.Shard.Rehearsals;

/// <summary>What is asked for: each command as applications use it, the costly ones (INFO, COMMAND, CLIENT LIST …) above all.</summary>
internal static class RehearsalScript
{
    private const int Rounds = 3;          // what a first call of many only prepares is compiled by then

    /// <summary>Follows the server until it is cut.</summary>
    public static IReadOnlyList<string> OfReplica { get; } = ["PING", "REPLCONF listening-port 1", "REPLCONF capa eof capa psync2", "PSYNC ? -1"];

    /// <summary>One list for each client.</summary>
    public static IReadOnlyList<IReadOnlyList<string>> OfClients { get; } =
    [
        ["SUBSCRIBE channel", "PSUBSCRIBE ch*", "SSUBSCRIBE channel", "PING", "UNSUBSCRIBE", "PUNSUBSCRIBE", "SUNSUBSCRIBE", "QUIT"],
        ["HELLO 3", .. Everything, "INFO everything", "COMMAND", "CONFIG GET *", "CLIENT LIST", "QUIT"],
        [.. Enumerable.Repeat(Everything, Rounds).SelectMany(lines => lines), .. Large, .. Last, "QUIT"],
    ];

    private static IReadOnlyList<string> Everything =>
    [
        "CLIENT SETNAME rehearsal", "CLIENT ID", "CLIENT INFO", "CLIENT LIST", "CLIENT GETNAME", "CLIENT NO-EVICT off", "CLIENT REPLY ON", "CLIENT KILL ID 999999", "CLIENT UNBLOCK 0",
        "CLIENT PAUSE 0", "CLIENT UNPAUSE", "CLIENT TRACKINGINFO", "INFO", "INFO everything", "INFO replication", "INFO keyway", "INFO commandstats latencystats", "TIME", "LASTSAVE", "ROLE", "ECHO x",
        "COMMAND COUNT", "COMMAND INFO get set", "COMMAND DOCS get", "COMMAND GETKEYS SET k v", "COMMAND LIST FILTERBY PATTERN x*", "CONFIG GET max*", "CONFIG SET timeout 0",
        "CONFIG RESETSTAT", "SELECT 1", "SELECT 0", "NOSUCH a b", "GET", "LPUSH", "SLOWLOG GET 1", "SLOWLOG LEN", "LATENCY LATEST", "LATENCY HISTOGRAM get", "MEMORY STATS", "MEMORY DOCTOR", "LOLWUT",
        "SET s value EX 1000", "SET s value", "SET n 10", "SETNX s x", "SETEX s 1000 v", "PSETEX s 100000 v", "GET s", "GETSET s v", "GETDEL gone", "GETEX s PERSIST", "MSET a 1 b 2 c 3", "MGET a b c",
        "MSETNX a 1 d 2", "APPEND s more", "STRLEN s", "SETRANGE s 2 x", "GETRANGE s 0 -1", "SUBSTR s 0 1", "INCR n", "DECR n", "INCRBY n 2", "DECRBY n 2", "INCRBYFLOAT n 1.5", "DEL n", "LCS a b",
        "SETBIT bits 7 1", "GETBIT bits 7", "BITCOUNT bits", "BITPOS bits 1", "BITOP AND other bits bits", "BITFIELD bits SET u8 0 5 GET u8 0 INCRBY i5 0 1", "BITFIELD_RO bits GET u8 0",
        "PFADD hll a b c", "PFADD hll2 d", "PFCOUNT hll hll2", "PFMERGE hll3 hll hll2", "EXISTS a b", "TYPE a", "TTL a", "PTTL a", "EXPIRE a 1000", "PEXPIRE a 1000000", "EXPIREAT a 9999999999",
        "PEXPIREAT a 9999999999999", "EXPIRETIME a", "PEXPIRETIME a", "PERSIST a", "SET soon x PX 1", "TOUCH a", "OBJECT ENCODING a", "OBJECT IDLETIME a", "OBJECT REFCOUNT a", "MEMORY USAGE a", "DUMP a",
        "RENAME a a2", "RENAMENX a2 a", "COPY a copied REPLACE", "MOVE copied 1", "RANDOMKEY", "KEYS *", "SCAN 0 COUNT 100", "SCAN 0 MATCH s* TYPE string", "DBSIZE", "UNLINK copied", "SORT l ALPHA", "SORT l BY w_* GET # STORE sorted",
        "DEL l", "RPUSH l a b c d", "LPUSH l z", "RPUSHX l e", "LPUSHX l y", "LRANGE l 0 -1", "LLEN l", "LINDEX l 1", "LSET l 0 q", "LINSERT l BEFORE a p", "LREM l 1 p", "LPOS l a", "LTRIM l 0 10", "LPOP l", "RPOP l 1",
        "LMOVE l l2 LEFT RIGHT", "RPOPLPUSH l l2", "LMPOP 1 l LEFT COUNT 1", "BLPOP l l2 1", "BRPOP l l2 1", "BLMOVE l2 l LEFT LEFT 1", "RPUSH l 3 1 2 a b c", "BLMPOP 1 1 l LEFT",
        "HSET h f v g 5", "HSETNX h x y", "HMSET h a b", "HGET h f", "HMGET h f g", "HGETALL h", "HKEYS h", "HVALS h", "HLEN h", "HEXISTS h f", "HSTRLEN h f", "HINCRBY h g 1", "HINCRBYFLOAT h g 0.5",
        "HRANDFIELD h 2 WITHVALUES", "HSCAN h 0", "HDEL h f", "SADD set 1 2 3", "SADD set a b c", "SADD set2 b c d", "SISMEMBER set a", "SMISMEMBER set a z", "SMEMBERS set", "SCARD set", "SRANDMEMBER set 2",
        "SINTER set set2", "SINTERCARD 2 set set2", "SINTERSTORE out set set2", "SUNION set set2", "SUNIONSTORE out set set2", "SDIFF set set2", "SDIFFSTORE out set set2", "SMOVE set set2 a", "SSCAN set 0", "SPOP set", "SREM set b",
        "ZADD z 1 a 2 b 3 c", "ZADD z GT CH 5 a", "ZADD z2 1 b 9 d", "ZINCRBY z 2 a", "ZSCORE z a", "ZMSCORE z a b", "ZCARD z", "ZCOUNT z -inf +inf", "ZLEXCOUNT z - +", "ZRANK z a", "ZREVRANK z a", "ZRANGE z 0 -1 WITHSCORES",
        "ZRANGE z 1 9 BYSCORE LIMIT 0 2", "ZRANGE z - + BYLEX REV", "ZREVRANGE z 0 -1", "ZRANGEBYSCORE z 1 (5", "ZREVRANGEBYSCORE z 5 1", "ZRANGEBYLEX z - +", "ZRANGESTORE out z 0 -1", "ZUNION 2 z z2 WITHSCORES", "ZINTER 2 z z2",
        "ZDIFF 2 z z2", "ZUNIONSTORE out 2 z z2 WEIGHTS 1 2", "ZINTERSTORE out 2 z z2", "ZDIFFSTORE out 2 z z2", "ZINTERCARD 2 z z2", "ZRANDMEMBER z 2 WITHSCORES", "ZSCAN z 0", "ZMPOP 1 z MIN", "ZPOPMIN z", "ZPOPMAX z", "ZADD z 1 a 2 b",
        "BZPOPMIN z 1", "BZPOPMAX z 1", "ZADD z 1 a 2 b", "BZMPOP 1 1 z MIN", "ZREM z b", "ZADD z 1 a 2 b", "ZREMRANGEBYRANK z 0 0", "ZREMRANGEBYSCORE z 5 6", "ZREMRANGEBYLEX z [x [y",
        "GEOADD geo 13.361389 38.115556 Palermo 15.087269 37.502669 Catania", "GEODIST geo Palermo Catania km", "GEOPOS geo Palermo", "GEOHASH geo Palermo", "GEOSEARCH geo FROMLONLAT 15 37 BYRADIUS 200 km ASC WITHDIST",
        "GEOSEARCHSTORE out geo FROMMEMBER Palermo BYBOX 400 400 km", "GEORADIUS geo 15 37 200 km",
        "XADD x * f v", "XADD x * f v g w", "XLEN x", "XRANGE x - + COUNT 1", "XREVRANGE x + -", "XREAD COUNT 1 STREAMS x 0", "XGROUP CREATE x grp 0 MKSTREAM", "XREADGROUP GROUP grp c COUNT 1 STREAMS x >", "XPENDING x grp",
        "XPENDING x grp - + 5", "XCLAIM x grp d 0 0-1", "XAUTOCLAIM x grp d 0 0", "XINFO STREAM x FULL", "XINFO GROUPS x", "XINFO CONSUMERS x grp", "XACK x grp 0-1", "XGROUP DESTROY x grp", "XTRIM x MAXLEN 5", "XDEL x 0-1",
        "XSETID x 99999999999999-0", "DEL x", "MULTI", "SET t 1", "INCR t", "LPUSH t x", "EXEC", "MULTI", "DISCARD", "WATCH t", "MULTI", "GET t", "EXEC", "UNWATCH", "PUBLISH channel message", "SPUBLISH channel message",
        "PUBSUB CHANNELS", "PUBSUB NUMSUB channel", "PUBSUB NUMPAT", "WAIT 0 0", "OBJECT FREQ t", "DEBUG OBJECT t", "SWAPDB 0 1", "SWAPDB 0 1", "RESET", "ACL WHOAMI", "ACL LIST", "REPLCONF ACK 1",
    ];

    // Values beyond the compact forms.
    private static IEnumerable<string> Large
    {
        get
        {
            for (int i = 0; i < 300; i++)
            {
                yield return $"HSET large:h field:{i} {new string('v', 80)}";
                yield return $"SADD large:s member:{i}";
                yield return $"ZADD large:z {i} member:{i}";
                yield return $"RPUSH large:l {new string('e', 60)}{i}";
                yield return $"XADD large:x * field {i}";
            }

            foreach (string line in (string[])
            [
                "HGETALL large:h", "HSCAN large:h 0", "HDEL large:h field:1", "SMEMBERS large:s", "SREM large:s member:1", "SPOP large:s 3", "ZRANGE large:z 0 -1", "ZRANGEBYSCORE large:z 5 9", "ZINCRBY large:z 500 member:3", "ZREM large:z member:4",
                "ZUNIONSTORE large:out 2 large:z large:s", "SUNIONSTORE large:out large:s set", "LRANGE large:l 0 -1", "LINSERT large:l BEFORE nothing x", "LREM large:l 0 nothing", "LPOP large:l 5", "XRANGE large:x - +", "SORT large:s ALPHA LIMIT 0 5",
                "DUMP large:z", "COPY large:h large:copy", "RENAME large:copy large:other", "MEMORY USAGE large:z", "DEL large:h large:s", "UNLINK large:z large:l",
            ]) yield return line;
        }
    }

    private static IReadOnlyList<string> Last => ["SAVE", "BGSAVE", "BGREWRITEAOF", "INFO everything", "COMMAND", "COMMAND DOCS", "COMMAND LIST", "CONFIG GET *", "WAIT 1 10", "FLUSHDB", "FLUSHALL"];
}
