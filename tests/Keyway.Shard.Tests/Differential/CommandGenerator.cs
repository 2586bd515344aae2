using System.Text;

namespace Keyway.Shard.Tests.Differential;

/// <summary>Random commands from a seed: mostly valid, over few keys, with the values at which things break.</summary>
internal sealed class CommandGenerator(int seed)
{
    private static readonly string[] Keys = ["a", "b", "c", "key:1", "key:2", "", "\0\r\n", "ключ", "long" + new string('k', 300)];

    private static readonly string[] Values =
    [
        "", "0", "1", "-1", "007", "-0", "+5", "10", "9999", "10000", "9223372036854775807", "-9223372036854775808", "9223372036854775808", "1.5", "-3.25e2", "1e400",
        "inf", "nan", "0x1p4", " 1", "abc", "hello world", "\0\x01\xff", new string('x', 44), new string('y', 45), new string('z', 5000), "ohmytext", "mynewtext",
    ];

    private static readonly string[] Numbers =
    [
        "0", "1", "-1", "2", "5", "-5", "100", "-100", "4294967296", "9223372036854775807", "-9223372036854775808", "9223372036854775808", "x", "", "1.5", "01",
        "536870911", "536870912", "-2", "3",
    ];

    private static readonly string[] OddLifetimes = ["0", "-1", "9223372036854775807", "9223372036854775", "x", "-9223372036854775808", "1.0"];

    private static readonly string[] Moments = ["9999999999", "9999999999999", "1", "0", "-1", "1000", "9223372036854775807", "x"];

    private static readonly string[] Databases = ["0", "1", "2", "3", "15", "16", "-1", "x", "99999999999"];

    private readonly Random _random = new(seed);
    private int _lifetimes;

    public string[] Next()
    {
        string[] command = Build();
        if (_random.Next(40) == 0) command = Mangle(command);
        if (_random.Next(8) == 0) command[0] = command[0].ToLowerInvariant();
        return [.. command.Select(Latin)];
    }

    private string[] Build() => _random.Next(58) switch
    {
        0 or 1 or 2 => ["SET", Key(), Value()],
        3 or 4 => ["SET", Key(), Value(), .. SetOptions()],
        5 or 6 => ["GET", Key()],
        7 => ["GETSET", Key(), Value()],
        8 => ["GETDEL", Key()],
        9 => ["GETEX", Key(), .. GetExOptions()],
        10 => ["SETNX", Key(), Value()],
        11 => ["SETEX", Key(), Lifetime(), Value()],
        12 => ["PSETEX", Key(), Lifetime() + "000", Value()],
        13 => ["MGET", Key(), Key(), Key()],
        14 => ["MSET", Key(), Value(), Key(), Value()],
        15 => ["MSETNX", Key(), Value(), Key(), Value()],
        16 => ["STRLEN", Key()],
        17 or 18 => ["APPEND", Key(), Value()],
        19 or 20 => ["SETRANGE", Key(), SmallOffset(), Value()],
        21 => ["GETRANGE", Key(), Pick(Numbers), Pick(Numbers)],
        22 => ["SUBSTR", Key(), Pick(Numbers), Pick(Numbers)],
        23 => ["INCR", Key()],
        24 => ["DECR", Key()],
        25 => ["INCRBY", Key(), Pick(Numbers)],
        26 => ["DECRBY", Key(), Pick(Numbers)],
        27 or 28 => ["INCRBYFLOAT", Key(), Value()],
        29 => ["LCS", Key(), Key(), .. LcsOptions()],
        30 => ["DEL", Key(), Key()],
        31 => ["UNLINK", Key()],
        32 => ["EXISTS", Key(), Key(), Key()],
        33 => ["TOUCH", Key(), Key()],
        34 => ["TYPE", Key()],
        35 => ["EXPIRE", Key(), Lifetime(), .. Conditions()],
        36 => ["PEXPIRE", Key(), Lifetime() + "000", .. Conditions()],
        37 => ["EXPIREAT", Key(), Pick(Moments), .. Conditions()],
        38 => ["PEXPIREAT", Key(), Pick(Moments), .. Conditions()],
        39 => [Pick("TTL", "PTTL", "EXPIRETIME", "PEXPIRETIME"), Key()],
        40 => ["PERSIST", Key()],
        41 => ["RENAME", Key(), Key()],
        42 => ["RENAMENX", Key(), Key()],
        43 => ["COPY", Key(), Key(), .. CopyOptions()],
        44 => ["MOVE", Key(), Pick(Databases)],
        45 => ["KEYS", Pick("*", "key:?", "[ab]", "k*", "[^a-c]*", "\\a", "", "long*k", "**", "[", "key:[1")],
        46 => ["OBJECT", "ENCODING", Key()],
        47 => ["OBJECT", "REFCOUNT", Key()],
        48 => ["OBJECT", Pick("FREQ", "HELP", "encoding", "nothing"), Key()],
        49 => ["DBSIZE"],
        50 => _random.Next(6) == 0 ? ["FLUSHDB", Pick("SYNC", "ASYNC", "x")] : ["DBSIZE"],
        51 => ["SWAPDB", Pick(Databases), Pick(Databases)],
        52 or 53 => ["SELECT", Pick(Databases)],
        54 => ["SCAN", Pick("x", "-", "0", "0", "99999999999999999999999"), "COUNT", "1000", .. Some("MATCH k*", "TYPE string", "TYPE list", "TYPE STRING", "MATCH", "foo bar")],
        55 => [Pick("SCAN", "SCAN"), "0", "COUNT", Pick("0", "-1", "x")],
        56 => [Pick("PING", "PING", "WAIT"), Pick("0", "x"), Value()],
        _ => [Pick("ECHO", "CONFIG", "CLIENT", "NOSUCH", "LASTSAVES"), Pick("COUNTS", "GET", "0", "REPLY", Value()), Pick("maxclients", "0", "x", Value())],
    };

    private string[] SetOptions() => Some(
        "NX", "XX", "GET", "KEEPTTL", $"EX {Lifetime()}", $"PX {Lifetime()}000", $"EXAT {Pick(Moments)}", $"PXAT {Pick(Moments)}", "px", "foo");

    private string[] GetExOptions() => Some("PERSIST", $"EX {Lifetime()}", $"PX {Lifetime()}000", $"EXAT {Pick(Moments)}", $"PXAT {Pick(Moments)}", "NX");

    private string[] LcsOptions() => Some("IDX", "LEN", "WITHMATCHLEN", $"MINMATCHLEN {Pick(Numbers)}", "IDX", "foo");

    private string[] Conditions() => _random.Next(2) == 0 ? [] : Some("NX", "XX", "GT", "LT", "gt", "foo");

    private string[] CopyOptions() => Some("REPLACE", $"DB {Pick(Databases)}", "DB", "foo");

    private string[] Some(params string[] options)
    {
        var chosen = new List<string>();
        for (int count = _random.Next(10) switch { 0 => 0, < 7 => 1, < 9 => 2, _ => 3 }; count > 0; count--) chosen.AddRange(Pick(options).Split(' '));
        return [.. chosen];
    }

    // Half a gigabyte is written only by those who mean to.
    private string SmallOffset() => Pick("0", "1", "5", "44", "100", "-1", "536870912", "9223372036854775807", "x", "4000");

    private string[] Mangle(string[] command) => _random.Next(3) switch
    {
        0 => command[..^1] is { Length: > 0 } shorter ? shorter : command,
        1 => [.. command, "extra"],
        _ => [command[0]],
    };

    // Far from now, and no two alike: two servers with two clocks never disagree on whether the time has come, or on which one is later.
    private string Lifetime() => _random.Next(3) == 0 ? Pick(OddLifetimes) : $"{100_000 + (100 * ++_lifetimes)}";

    private string Key() => Pick(Keys);

    private string Value() => Pick(Values);

    private string Pick(params string[] from) => from[_random.Next(from.Length)];

    private static string Latin(string text) => text.Any(c => c > 255) ? Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text)) : text;
}
