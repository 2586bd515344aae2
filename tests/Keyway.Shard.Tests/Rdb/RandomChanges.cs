namespace Keyway.Shard.Tests.Rdb;

/// <summary>Commands that change values of all kinds, small ones and such as no slice has room for, from a seed.</summary>
internal sealed class RandomChanges(int seed)
{
    private const int LargeElements = 1400;

    private readonly Random _random = new(seed);

    /// <summary>Values that are larger than one slice.</summary>
    public IEnumerable<string[]> Large()
    {
        for (int copy = 0; copy < 2; copy++)
        {
            int first = _random.Next(100);
            yield return ["HSET", $"h{copy}", .. Enumerable.Range(first, LargeElements).SelectMany(i => new[] { $"e{i}", $"v{i}" })];
            yield return ["SADD", $"s{copy}", .. Enumerable.Range(first, LargeElements).Select(i => $"e{i}")];
            yield return ["ZADD", $"z{copy}", .. Enumerable.Range(first, LargeElements).SelectMany(i => new[] { $"{_random.Next(300)}", $"e{i}" })];
            yield return ["RPUSH", $"l{copy}", .. Enumerable.Range(first, LargeElements).Select(i => $"e{i}{new string('.', 80)}")];
            yield return ["SETRANGE", $"b{copy}", $"{600_000 + _random.Next(100_000)}", "end"];
            for (int i = 0; i < 2800; i++) yield return ["XADD", $"x{copy}", $"{i + 1}-0", i % 7 == 0 ? "other" : "field", $"value{i}"];
            yield return ["XGROUP", "CREATE", $"x{copy}", "group", "0"];
            yield return ["XREADGROUP", "GROUP", "group", "reader", "COUNT", "50", "STREAMS", $"x{copy}", ">"];
        }
    }

    public string[] Next()
    {
        string copy = $"{_random.Next(2)}";
        string element = $"e{_random.Next(LargeElements + 150)}";
        return _random.Next(40) switch
        {
            // Tables grow and shrink while they are walked.
            34 when _random.Next(6) == 0 => ["HSET", $"h{copy}", .. Enumerable.Range(_random.Next(9) * 1000, 2500).SelectMany(i => new[] { $"m{i}", "v" })],
            35 when _random.Next(4) == 0 => ["HDEL", $"h{copy}", .. Enumerable.Range(_random.Next(9) * 1000, 4000).Select(i => $"{"me"[_random.Next(2)]}{i}")],
            36 when _random.Next(6) == 0 => ["SADD", $"s{copy}", .. Enumerable.Range(_random.Next(9) * 1000, 2500).Select(i => $"m{i}")],
            37 when _random.Next(4) == 0 => ["SREM", $"s{copy}", .. Enumerable.Range(_random.Next(9) * 1000, 4000).Select(i => $"{"me"[_random.Next(2)]}{i}")],
            38 when _random.Next(6) == 0 => ["ZADD", $"z{copy}", .. Enumerable.Range(_random.Next(9) * 1000, 1500).SelectMany(i => new[] { $"{i % 77}", $"m{i}" })],
            39 when _random.Next(4) == 0 => ["ZREMRANGEBYRANK", $"z{copy}", "5", $"{_random.Next(3000)}"],
            0 or 1 => ["HSET", $"h{copy}", element, $"new{_random.Next()}"],
            2 or 3 => ["HDEL", $"h{copy}", element],
            4 => ["HINCRBY", $"h{copy}", $"n{_random.Next(5)}", "1"],
            5 or 6 => ["SADD", $"s{copy}", element],
            7 => ["SREM", $"s{copy}", element],
            8 => ["SPOP", $"s{copy}", $"{_random.Next(4)}"],
            9 or 10 => ["ZADD", $"z{copy}", $"{_random.Next(300)}", element],
            11 => ["ZINCRBY", $"z{copy}", $"{_random.Next(-50, 50)}", element],
            12 => ["ZREM", $"z{copy}", element],
            13 => ["ZREMRANGEBYRANK", $"z{copy}", $"{_random.Next(200)}", $"{_random.Next(210)}"],
            14 => [_random.Next(2) == 0 ? "LPUSH" : "RPUSH", $"l{copy}", element],
            15 => [_random.Next(2) == 0 ? "LPOP" : "RPOP", $"l{copy}", $"{_random.Next(1, 60)}"],
            16 => ["LSET", $"l{copy}", $"{_random.Next(500)}", element],
            17 => ["LINSERT", $"l{copy}", "BEFORE", $"e{_random.Next(200)}{new string('.', 80)}", new string('i', _random.Next(3000))],
            18 => ["LREM", $"l{copy}", "1", $"e{_random.Next(200)}{new string('.', 80)}"],
            19 => ["LTRIM", $"l{copy}", "3", "-4"],
            20 or 21 => ["XADD", $"x{copy}", "*", "field", element],
            22 => ["XDEL", $"x{copy}", $"{_random.Next(2800)}-0", $"{_random.Next(2800)}-0"],
            23 => ["XTRIM", $"x{copy}", "MAXLEN", $"{2500 - _random.Next(500)}"],
            24 => ["XREADGROUP", "GROUP", "group", "reader", "COUNT", "3", "STREAMS", $"x{copy}", ">"],
            25 => ["XACK", $"x{copy}", "group", $"{_random.Next(50)}-0"],
            26 => ["SETRANGE", $"b{copy}", $"{_random.Next(600_000)}", element],
            27 => ["SETBIT", $"b{copy}", $"{_random.Next(4_000_000)}", "1"],
            28 => ["BITFIELD", $"b{copy}", "SET", "u16", $"{_random.Next(4_000_000)}", "77", "INCRBY", "i40", $"{_random.Next(4_000_000)}", "5"],
            29 => ["APPEND", $"b{copy}", element],
            30 => ["SET", $"k{_random.Next(200)}", element],
            31 => ["DEL", $"k{_random.Next(200)}"],
            32 => ["PEXPIRE", AnyLarge(), "100000000"],
            33 => ["PERSIST", AnyLarge()],
            _ => Rare(),
        };
    }

    private string AnyLarge() => $"{"hszlxb"[_random.Next(6)]}{_random.Next(2)}";

    // What takes a whole value away, or the key from it.
    private string[] Rare() => _random.Next(60) switch
    {
        0 => ["DEL", AnyLarge()],
        1 => ["UNLINK", AnyLarge()],
        2 => ["RENAME", AnyLarge(), $"k{_random.Next(200)}"],
        3 => ["SET", AnyLarge(), "gone"],
        4 => ["COPY", AnyLarge(), $"k{_random.Next(200)}", "REPLACE"],
        5 => ["MOVE", AnyLarge(), "1"],
        6 => ["SWAPDB", "0", "1"],
        7 => ["FLUSHDB"],
        8 => ["FLUSHALL", "ASYNC"],
        9 => ["SUNIONSTORE", "s0", "s1"],
        _ => ["INCR", $"n{_random.Next(100)}"],
    };
}
