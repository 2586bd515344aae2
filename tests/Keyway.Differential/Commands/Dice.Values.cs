namespace Keyway.Differential.Commands;

/// <summary>The words at which things break: edges of numbers, sizes at which encodings change, bytes that are no text.</summary>
internal sealed partial class Dice
{
    private static readonly string[] Texts =
    [
        "", "a", "b", "c", "hello world", "\0\x01\xff", "\r\n", new('x', 44), new('y', 45), new('v', 64), new('w', 65), new('z', 300), "ohmytext", "mynewtext", " 1", "1 ", "x", "foo", "bar",
        Utf8("значение"), "-", "+", "007", "+5", "-0",
    ];

    private static readonly string[] Integers =
    [
        "0", "1", "-1", "2", "3", "5", "7", "10", "99", "100", "-100", "127", "128", "-128", "-129", "255", "256", "4095", "4096", "-4096", "-4097", "9999", "10000", "32767", "32768", "-32768",
        "-32769", "65535", "65536", "8388607", "8388608", "-8388608", "-8388609", "2147483647", "2147483648", "-2147483648", "-2147483649", "4294967295", "4294967296", "9007199254740993",
        "9223372036854775807", "-9223372036854775808",
    ];

    private static readonly string[] NoIntegers = ["x", "", "1.5", "01", "+1", " 1", "1 ", "9223372036854775808", "-9223372036854775809", "99999999999999999999999", "0x10", "-", "1e3", "\0"];

    private static readonly string[] Reals =
    [
        "0", "1", "-1", "2", "3", "1.5", "-3.25", "0.1", "0.2", "0.30000000000000004", "1e3", "-2.5e-3", "3.0", "5.0e3", "1e17", "123456789012345678", "1e100", "-1e308", "1.7976931348623157e308",
        "2.2250738585072014e-308", "5e-324", "4.9e-324", "0x1p4", "1e-10", "3.14159265358979323846", "9007199254740993", "9223372036854775807", "-0", "1.", ".5", "+3", "100",
    ];

    private static readonly string[] NoReals = ["x", "", "nan", "NaN", "-nan", "1e400", "1,5", "1 ", " 1", "0x", "--1", "1e", "infinit", "1e309", "-1e309", "\0", "1\0"];

    private static readonly string[] Moments = ["9999999999", "5000000000", "1", "1000", "4102444800"];

    private static readonly string[] BadMoments = ["0", "-1", "9223372036854775807", "x", "9223372036854776", "-9223372036854775808", "1.5", ""];

    private static readonly string[] BadLifetimes = ["0", "-1", "9223372036854775807", "9223372036854775", "x", "-9223372036854775808", "1.0", ""];

    /// <summary>A value of a string: text or a number.</summary>
    public string Value() => _random.Next(10) switch
    {
        < 3 => Pick(Texts),
        < 5 => Pick(Integers),
        < 6 => Pick(Reals),
        < 9 => $"{Between(-20, 100)}",
        _ => OneIn(20) ? new string((char)Between('a', 'z'), Between(1000, 5000)) : RandomBytes(Between(1, 80)),
    };

    /// <summary>An element, a member or a field: often one that is there already.</summary>
    public string Member() => _random.Next(20) switch
    {
        < 9 => Pick("a", "b", "c", "d", "e", "f", "g", "h"),
        < 13 => $"{Below(20)}",
        < 15 => Pick(Texts),
        < 17 => Pick(Integers),
        < 19 => $"m:{Below(1500)}",
        _ => Value(),
    };

    /// <summary>Members of one sort, which a set keeps as numbers, or as names.</summary>
    public Func<string> Members()
    {
        int sort = _random.Next(10);
        int width = Pick([20, 300, 70_000, 2_000_000_000]);
        return sort switch
        {
            < 3 => () => $"{_random.Next(20)}",
            < 5 => () => $"{_random.Next(-width, width)}",
            < 6 => () => $"{_random.NextInt64() - _random.NextInt64()}",
            < 8 => () => $"m:{_random.Next(1500)}",
            _ => Member,
        };
    }

    /// <summary>An integer, mostly a small one; seldom none.</summary>
    public string Integer() => _random.Next(100) switch
    {
        < 75 => $"{Between(-20, 100)}",
        < 90 => Pick(Integers),
        < 97 => $"{_random.NextInt64() >> Below(63)}",
        _ => Pick(NoIntegers),
    };

    /// <summary>An index into something short.</summary>
    public string Index() => _random.Next(100) switch
    {
        < 85 => $"{Between(-6, 12)}",
        < 92 => $"{Between(-600, 600)}",
        < 97 => Pick("9223372036854775807", "-9223372036854775808", "2147483648", "-2147483649"),
        _ => Pick(NoIntegers),
    };

    /// <summary>How many of something; mostly a few.</summary>
    public string Count() => _random.Next(100) switch
    {
        < 80 => $"{Between(1, 8)}",
        < 88 => "0",
        < 93 => $"{Between(9, 700)}",
        < 95 => Pick("9223372036854775807", "2147483648"),
        < 97 => "-1",
        _ => Pick(NoIntegers),
    };

    /// <summary>A count for commands that repeat elements when it is negative: nothing that would fill the memory.</summary>
    public string Repetitions() => _random.Next(100) switch
    {
        < 60 => $"{Between(1, 8)}",
        < 80 => $"{-Between(1, 20)}",
        < 88 => "0",
        < 95 => $"{Between(9, 1000)}",
        < 97 => Pick("9223372036854775807", "4611686018427387904", "-9223372036854775808"),
        _ => Pick(NoIntegers),
    };

    /// <summary>A floating-point number, seldom none.</summary>
    public string Real() => _random.Next(100) switch
    {
        < 40 => $"{Between(-20, 100)}",
        < 60 => $"{Between(-500, 500) / 4.0:0.##}",
        < 90 => Pick(Reals),
        < 94 => Pick("inf", "-inf", "+inf", "Infinity"),
        _ => Pick(NoReals),
    };

    /// <summary>Like <see cref="Real"/>, mostly such that many members share it.</summary>
    /// <summary>Not smaller than normal numbers are: see <see cref="Kind.Tiny"/>.</summary>
    public string Score() => _random.Next(100) switch
    {
        < 60 => $"{Below(12)}",
        < 75 => $"{Between(-20, 40) / 4.0:0.##}",
        < 93 => Pick(Reals) is var real && real.Contains("e-3", StringComparison.Ordinal) ? "1" : real,
        < 98 => Pick("inf", "-inf", "+inf"),
        _ => Pick(NoReals),
    };

    public string ScoreBound() => _random.Next(100) switch
    {
        < 15 => "-inf",
        < 30 => "+inf",
        < 60 => $"{Between(-2, 14)}",
        < 80 => $"({Between(-2, 14)}",
        < 90 => Pick(Reals),
        < 97 => "(" + Pick(Reals),
        _ => Pick("x", "(", "", "nan", "[1", "(inf", "1 "),
    };

    public string LexBound() => _random.Next(100) switch
    {
        < 15 => "-",
        < 30 => "+",
        < 62 => "[" + Pick("a", "b", "c", "d", "m:", "m:5", "", "z"),
        < 94 => "(" + Pick("a", "b", "c", "d", "m:", "m:5", "", "z"),
        < 97 => "[" + Member(),
        _ => Pick("a", "", "x", "-x", "+1"),
    };

    /// <summary>Far from now, and no two alike: two servers with two clocks never disagree on whether the time has come, or on which one is later.</summary>
    public string Lifetime() => Percent(6) ? Pick(BadLifetimes) : $"{100_000 + (100 * ++_lifetimes)}";

    public string LifetimeMs() => Percent(6) ? Pick(BadLifetimes) : $"{100_000 + (100 * ++_lifetimes)}000";

    public string Moment() => Percent(6) ? Pick(BadMoments) : Pick(Moments);

    public string MomentMs() => Percent(6) ? Pick(BadMoments) : Pick(Moments) + "000";

    public string Database() => Percent(4) ? Pick("16", "-1", "x", "99999999999", "") : Pick("0", "0", "0", "1", "2", "15");

    /// <summary>An id that is later than most that came before.</summary>
    public string NewId()
    {
        return _random.Next(100) switch
        {
            < 55 => $"{_streamMs += Between(1, 3)}-{Below(4)}",
            < 72 => $"{++_streamMs}",
            < 90 => $"{_streamMs}-*",
            < 94 => $"{_streamMs}-{Below(9)}",
            < 98 => $"{Below((int)_streamMs + 2)}-{Below(3)}",
            _ => Pick("0-0", "0", "x", "1-x", "-1", "1-2-3", "-", "+", "18446744073709551615-18446744073709551615", "18446744073709551616-0", "", "1-", "0-1", "$", "0-*"),
        };
    }

    /// <summary>An id among those that came before.</summary>
    public string OldId() => _random.Next(100) switch
    {
        < 75 => $"{Between((int)Math.Max(0, _streamMs - 60), (int)_streamMs + 1)}-{Below(4)}",
        < 85 => $"{Between((int)Math.Max(0, _streamMs - 60), (int)_streamMs + 1)}",
        < 92 => Pick("0", "0-0", "0-1", "18446744073709551615-18446744073709551615"),
        < 97 => $"{Below((int)_streamMs)}-{Below(3)}",
        _ => Pick("x", "1-x", "", "-1", "18446744073709551616", "1-2-3"),
    };

    public string RangeId(bool isStart) => _random.Next(100) switch
    {
        < 30 => isStart ? "-" : "+",
        < 45 => "(" + OldId(),
        < 97 => OldId(),
        _ => Pick("-", "+", "(-", "(+", "(18446744073709551615-18446744073709551615", "(0-0", "("),
    };

    public string RandomBytes(int length)
    {
        char[] bytes = new char[length];
        for (int i = 0; i < length; i++) bytes[i] = (char)_random.Next(256);
        return new string(bytes);
    }
}
