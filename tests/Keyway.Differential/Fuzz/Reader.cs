namespace Keyway.Differential.Fuzz;

/// <summary>Everything that can be asked of a value, and some of what can be done to it: whatever was restored has to bear it.</summary>
internal static class Reader
{
    public static string[][] Reads(string type, string key) => type switch
    {
        "string" => [["GET", key], ["STRLEN", key], ["GETRANGE", key, "0", "-1"], ["BITCOUNT", key], ["BITPOS", key, "1"], ["PFCOUNT", key], .. General(key)],
        "list" => [["LRANGE", key, "0", "-1"], ["LLEN", key], ["LINDEX", key, "0"], ["LINDEX", key, "-1"], ["LPOS", key, "a", "COUNT", "0"], ["SORT_RO", key, "ALPHA"], .. General(key)],
        "hash" => [["HGETALL", key], ["HKEYS", key], ["HVALS", key], ["HLEN", key], ["HGET", key, "a"], ["HEXISTS", key, "b"], ["HSTRLEN", key, "a"], ["HRANDFIELD", key, "-5", "WITHVALUES"], ["HSCAN", key, "0"], .. General(key)],
        "set" => [["SMEMBERS", key], ["SCARD", key], ["SISMEMBER", key, "1"], ["SMISMEMBER", key, "a", "5"], ["SRANDMEMBER", key, "-5"], ["SSCAN", key, "0"], ["SUNION", key, key], ["SINTER", key, key], .. General(key)],
        "zset" =>
        [
            ["ZRANGE", key, "0", "-1", "WITHSCORES"], ["ZREVRANGE", key, "0", "-1"], ["ZRANGEBYSCORE", key, "-inf", "+inf"], ["ZRANGEBYLEX", key, "-", "+"], ["ZCARD", key], ["ZSCORE", key, "a"], ["ZRANK", key, "b"],
            ["ZCOUNT", key, "0", "(5"], ["ZRANDMEMBER", key, "-5", "WITHSCORES"], ["ZSCAN", key, "0"], ["ZUNION", "2", key, key], ["GEOPOS", key, "a"], .. General(key),
        ],
        "stream" => [["XRANGE", key, "-", "+"], ["XREVRANGE", key, "+", "-"], ["XLEN", key], ["XINFO", "STREAM", key], ["XINFO", "STREAM", key, "FULL"], ["XINFO", "GROUPS", key], ["XINFO", "CONSUMERS", key, "g1"],
            ["XPENDING", key, "g1"], ["XPENDING", key, "g1", "-", "+", "10"], ["XREAD", "STREAMS", key, "0"], .. General(key)],
        _ => General(key),
    };

    public static string[][] Writes(string type, string key) => type switch
    {
        "string" => [["APPEND", key, "x"], ["SETRANGE", key, "3", "y"], ["SETBIT", key, "20", "1"], ["PFADD", key, "a", "b"]],
        "list" => [["RPUSH", key, "x"], ["LPUSH", key, "y"], ["LINSERT", key, "BEFORE", "x", "z"], ["LSET", key, "0", "w"], ["LREM", key, "0", "a"], ["LPOP", key, "3"], ["RPOP", key], ["LTRIM", key, "1", "-2"]],
        "hash" => [["HSET", key, "a", "1", "new", "2"], ["HINCRBY", key, "n0", "5"], ["HDEL", key, "a", "b", "c", "1"]],
        "set" => [["SADD", key, "x", "70000", "9223372036854775807"], ["SREM", key, "a", "1", "5"], ["SPOP", key], ["SPOP", key, "4"]],
        "zset" => [["ZADD", key, "5", "x", "1", "a"], ["ZINCRBY", key, "1.5", "b"], ["ZREM", key, "c", "1"], ["ZPOPMIN", key], ["ZPOPMAX", key, "2"], ["ZREMRANGEBYRANK", key, "0", "1"]],
        "stream" => [["XADD", key, "*", "f", "v"], ["XREADGROUP", "GROUP", "g1", "Alice", "STREAMS", key, ">"], ["XREADGROUP", "GROUP", "g1", "Alice", "STREAMS", key, "0"], ["XAUTOCLAIM", key, "g1", "Bob", "0", "0"],
            ["XACK", key, "g1", "1-1"], ["XDEL", key, "1001-0", "1001"], ["XTRIM", key, "MAXLEN", "3"], ["XGROUP", "DESTROY", key, "g1"]],
        _ => [],
    };

    private static string[][] General(string key) => [["TYPE", key], ["OBJECT", "ENCODING", key], ["DEBUG", "DIGEST-VALUE", key], ["DUMP", key], ["MEMORY", "USAGE", key], ["COPY", key, "copy", "REPLACE"], ["DEBUG", "DIGEST-VALUE", "copy"]];
}
