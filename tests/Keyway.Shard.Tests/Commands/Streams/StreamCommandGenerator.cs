namespace Keyway.Shard.Tests.Commands.Streams;

/// <summary>Random stream commands from a seed, over few streams, groups, consumers and IDs, so that they meet.</summary>
internal sealed class StreamCommandGenerator(int seed)
{
    private static readonly string[] OddIds =
    [
        "0", "0-0", "-", "+", "$", ">", "x", "", "5-x", "-1", "5--3", "5--03", "007-01", "+3", "18446744073709551615", "18446744073709551615-18446744073709551615",
        "18446744073709551616", "5-18446744073709551615", "(5", "(0-0", "(18446744073709551615-18446744073709551615", "5-*", "5-1-1", " 5",
    ];

    private static readonly string[] Values = ["", "1", "-5", "300", "70000", "12345678901", "abc", "007", new string('v', 70), new string('w', 400), "\0\r\n"];

    // Its last ID lies ahead of every clock, so that "*" goes on from there.
    private const string AheadOfTime = "v";

    private readonly Random _random = new(seed);
    private int _time = 10;
    private bool _hasBegun;

    public string[] Next()
    {
        if (!_hasBegun)
        {
            _hasBegun = true;
            return ["XADD", AheadOfTime, "99999999999999-1", "a", "1"];
        }

        string[] command = Build();
        if (_random.Next(50) == 0) command[_random.Next(1, command.Length)] = Pick("x", "", "5", "-1", "COUNT");
        if (_random.Next(60) == 0 && command.Length > 2) command = command[..^1];
        return command;
    }

    private string[] Build() => _random.Next(60) switch
    {
        < 13 => ["XADD", Key(), .. AddOptions(), NewId(), .. Fields()],
        13 => ["XADD", AheadOfTime, .. AddOptions(), "*", .. Fields()],
        14 => ["XADD", Key(), .. AddOptions(), OddId(), .. Fields()],
        15 or 16 or 17 => ["XRANGE", Key(), Bound(), Bound(), .. Count()],
        18 or 19 => ["XREVRANGE", Key(), Bound(), Bound(), .. Count()],
        20 => ["XLEN", Key()],
        21 or 22 or 23 => ["XDEL", Key(), Id(), Id()],
        24 or 25 => ["XTRIM", Key(), .. Trim()],
        26 or 27 => ["XREAD", .. Count(), "STREAMS", Key(), Key(), Id(), Id()],
        < 34 => ["XREADGROUP", "GROUP", Group(), Consumer(), .. Count(), .. NoAck(), "STREAMS", Key(), ">"],
        34 => ["XREADGROUP", "GROUP", Group(), Consumer(), .. Count(), .. NoAck(), "STREAMS", Key(), Key(), ">", ">"],
        35 or 36 => ["XREADGROUP", "GROUP", Group(), Consumer(), .. Count(), .. NoAck(), "STREAMS", Key(), Id()],
        37 or 38 => ["XGROUP", "CREATE", Key(), Group(), Pick("0", "$", Id(), OddId()), .. GroupOptions()],
        39 => ["XGROUP", "SETID", Key(), Group(), Pick("0", "$", Id(), OddId()), .. EntriesRead()],
        40 => ["XGROUP", Pick("DESTROY", "CREATECONSUMER", "DELCONSUMER"), Key(), Group(), Consumer()],
        41 => ["XGROUP", "DESTROY", Key(), Group()],
        42 => ["XGROUP", Pick("CREATECONSUMER", "DELCONSUMER"), Key(), Group(), Consumer()],
        43 or 44 or 45 => ["XACK", Key(), Group(), Id(), Id()],
        46 => ["XPENDING", Key(), Group()],
        47 or 48 => ["XPENDING", Key(), Group(), .. Idle(), Bound(), Bound(), Pick("10", "1", "0", "-1"), .. MaybeConsumer()],
        49 or 50 or 51 => ["XCLAIM", Key(), Group(), Consumer(), MinIdle(), Id(), Id(), .. ClaimOptions()],
        52 or 53 => ["XAUTOCLAIM", Key(), Group(), Consumer(), MinIdle(), Pick("0", "-", Id(), Bound()), .. AutoClaimOptions()],
        54 => ["XINFO", "STREAM", Key(), .. Full()],
        55 => ["XINFO", "GROUPS", Key()],
        56 => ["XINFO", "CONSUMERS", Key(), Group()],
        57 => ["XSETID", Pick("s", "t", "u"), Pick(Id(), Id(), NewId(), OddId()), .. SetIdOptions()],
        58 => _random.Next(6) == 0 ? ["DEL", Pick("s", "t", "u")] : ["COPY", Key(), Pick("s", "t", "u"), "REPLACE"],
        _ => _random.Next(8) == 0 ? ["SET", Pick("t", "u"), "text"] : ["OBJECT", "ENCODING", Key()],
    };

    private string Key() => Pick("s", "s", "s", "s", "t", "t", "u", _random.Next(4) == 0 ? AheadOfTime : "t");

    private string Group() => Pick("g", "g", "g", "h", "i\0j");

    private string Consumer() => Pick("c", "c", "d", "e", "");

    private string Id() => _random.Next(20) == 0 ? OddId() : $"{Math.Max(0, _time - _random.Next(12))}-{_random.Next(3)}";

    private string OddId() => Pick(OddIds);

    private string NewId() => _random.Next(12) switch
    {
        0 => $"{_time++}-*",
        1 => $"{_time++}",
        2 => $"{_time - _random.Next(6)}-{_random.Next(3)}",        // behind an ID that was only once the last
        _ => $"{_time++}-{_random.Next(3)}",
    };

    private string Bound() => _random.Next(6) switch { 0 => "-", 1 => "+", 2 => "(" + Id(), 3 => $"{Math.Max(0, _time - _random.Next(12))}", _ => Id() };

    private string[] Count() => _random.Next(3) == 0 ? ["COUNT", Pick("1", "2", "5", "0", "-1")] : [];

    private string[] NoAck() => _random.Next(5) == 0 ? ["NOACK"] : [];

    private string[] Fields() => _random.Next(6) switch
    {
        0 => ["a", Value(), "b", Value(), "c", Value()],
        1 => ["b", Value(), "a", Value()],
        2 => [Value(), Value()],
        _ => ["a", Value(), "b", Value()],
    };

    private string[] AddOptions() => _random.Next(8) switch { 0 => ["NOMKSTREAM"], 1 => Trim(), 2 => ["NOMKSTREAM", .. Trim()], _ => [] };

    private string[] Trim()
    {
        string mark = Pick("", "=", "~", "~");
        string[] limit = _random.Next(4) == 0 ? ["LIMIT", Pick("0", "1", "3", "10", "-1", "x")] : [];
        string[] threshold = _random.Next(2) == 0
            ? ["MAXLEN", mark, Pick("0", "1", "3", "5", "10", "20", "-1", "x")]
            : ["MINID", mark, _random.Next(8) == 0 ? OddId() : Id()];
        return [.. threshold.Where(word => word.Length > 0), .. limit];
    }

    private string[] GroupOptions() => _random.Next(5) switch { 0 => ["MKSTREAM"], 1 => EntriesRead(), 2 => ["MKSTREAM", .. EntriesRead()], _ => [] };

    private string[] EntriesRead() => _random.Next(3) == 0 ? ["ENTRIESREAD", Pick("0", "1", "5", "-1", "-2", "x", "9223372036854775807")] : [];

    private string[] Idle() => _random.Next(3) == 0 ? ["IDLE", MinIdle()] : [];

    private string[] MaybeConsumer() => _random.Next(2) == 0 ? [Consumer()] : [];

    // Deliveries are either of now or of a thousand seconds ago.
    private string MinIdle() => Pick("0", "0", "0", "500000", "-1", "9223372036854775807", "x");

    private string[] ClaimOptions() => Some(
        "FORCE", "JUSTID", "IDLE 1000000", "IDLE -1000", "IDLE x", "TIME 1000", "TIME -5", "TIME 99999999999999", "RETRYCOUNT 5", "RETRYCOUNT -1", "RETRYCOUNT x",
        $"LASTID {Id()}", "LASTID x", "FOO", "IDLE");

    private string[] AutoClaimOptions() => Some(
        "COUNT 1", "COUNT 3", "COUNT 0", "COUNT x", "COUNT 2305843009213693952", "COUNT 576460752303423487", "COUNT 100000000", "JUSTID", "FOO", "COUNT");

    private string[] Full() => _random.Next(4) switch { 0 => [], 1 => ["FULL"], 2 => ["FULL", "COUNT", Pick("0", "1", "3", "-1", "x")], _ => ["FULL", "COUNT", "0"] };

    private string[] SetIdOptions() => Some(
        "ENTRIESADDED 5", "ENTRIESADDED 1000", "ENTRIESADDED -1", "ENTRIESADDED x", $"MAXDELETEDID {Id()}", "MAXDELETEDID 1-1", "MAXDELETEDID 0-0", "FOO");

    private string Value() => Pick(Values);

    private string[] Some(params string[] options)
    {
        var chosen = new List<string>();
        for (int count = _random.Next(10) switch { < 4 => 0, < 8 => 1, _ => 2 }; count > 0; count--) chosen.AddRange(Pick(options).Split(' '));
        return [.. chosen];
    }

    private string Pick(params string[] choices) => choices[_random.Next(choices.Length)];
}
